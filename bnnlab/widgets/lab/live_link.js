// The cockpit's way to its run: frames in, commands out. By a socket of its own, each frame acknowledged once it is on
// the screen; where no socket can be had, by the page, which then hands over frames and takes commands ("fragments").
//
// The page's own frame says in `meta.connect` how to connect: { path, token }. The token is also the run's name: the tab
// keeps it, and after a reload or a cut offers it to the page ("resume!"), which gives the run back if it is still there.

const RUN_KEY = "bnnlab.run"; // in sessionStorage
const OFFERS_AFTER_MS = [0, 1000, 3000, 10000]; // the server may not have noticed yet that the old page has gone
const LAST_ANSWER_MS = 5000;
const RETRY_MS = [250, 500, 1000, 2000, 5000, 10000];
const FIRST_FRAME_MS = 5000;
const MAX_FAILURES = 2; // sockets that brought nothing, before the page has to do without
const LOOKS = ["backward", "example", "select"]; // they leave the run as it is
const RESEND_MS = 1000;
const MAX_QUEUED = 100;

let leaving = null; // the click that leads to another page; it outlives the picture, which may be mounted anew meanwhile

// `onFrame(bytes)` gets what comes by the socket; `send(name, value)` tells the page (see adapter.js).
export function liveLink({ onFrame, send }) {
  let connect = null; // { path, token, kept } of the run that is shown
  let socket = null;
  let worked = false; // whether a socket has ever brought a frame
  let failures = 0;
  let timer = 0;
  let transport = "socket";
  let received = 0; // serial of the frame to acknowledge, or 0
  let queue = []; // commands for a socket that is not open yet
  let numbered = []; // commands that the page has not confirmed yet, as [number, command]
  let number = Date.now(); // grows over reloads too
  let resend = 0;
  let offers = 0;
  let offering = 0;
  let stored = returns() ? load() : null; // the run that the tab had before, until it is back or given up

  // A frame that came by the page. Returns whether it is about another run than the one before.
  function page(meta) {
    if (!meta.connect) return false;
    numbered = numbered.filter(([at]) => at > meta.obeyed);
    const other = connect?.token !== meta.connect.token;
    if (connect) connect.polls = meta.connect.polls;
    const { token, kept = true } = meta.connect;
    const expected = stored ?? (connect?.kept ? connect.token : null);
    if (kept && expected && expected !== token) offer(expected);
    else if (kept) settle(token); // any other is there for the moment only, as on the tour: the tab's own rests meanwhile
    if (leaving && !meta.connect.polls) {
      go();
    } else if (other) {
      connect = meta.connect;
      if (connect.path) open();
      else useFragments();
    }
    return other;
  }

  function command(order) {
    if (!connect) return;
    if (!LOOKS.includes(order.do)) giveUpOffer(); // who steers this run wants no other
    if (transport !== "socket") {
      numbered.push([(number += 1), order]);
      tellPage();
    } else if (socket?.readyState === WebSocket.OPEN) {
      socket.send(JSON.stringify(order));
    } else if (queue.length < MAX_QUEUED) {
      queue.push(order);
    }
  }

  // Asks for another page, as soon as this one asks for no more frames by itself: a request that was on its way while pages
  // change would bring the page that is left back, and empty the new one.
  function leave(click) {
    leaving = click;
    if (transport === "fragments" && connect?.polls) send("transport", "leaving");
    else go();
  }

  function go() {
    send("step_through!", leaving);
    leaving = null;
  }

  // The frame with this serial is on the screen: from the animation frame that drew it.
  function shown(serial) {
    if (!serial || serial !== received || socket?.readyState !== WebSocket.OPEN) return;
    received = 0;
    socket.send(JSON.stringify({ ack: serial }));
  }

  // The serial of a frame that came by the socket, to be acknowledged.
  function expectShown(serial) {
    received = serial;
  }

  function open() {
    close();
    if (!connect?.path || transport !== "socket") return;
    const address = new URL(connect.path, location.href);
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    address.search = new URLSearchParams({ token: connect.token });
    const opened = new WebSocket(address);
    opened.binaryType = "arraybuffer";
    let brought = false;
    const patience = setTimeout(() => opened.close(), FIRST_FRAME_MS);
    opened.onopen = () => {
      for (const order of queue.splice(0)) opened.send(JSON.stringify(order));
    };
    opened.onmessage = ({ data }) => {
      if (opened !== socket) return;
      clearTimeout(patience);
      brought = worked = true;
      try {
        onFrame(new Uint8Array(data));
        failures = 0;
      } catch { // a frame cut short on the way; the next socket begins with a complete one
        failures += 1;
        opened.close();
      }
    };
    opened.onclose = () => {
      clearTimeout(patience);
      if (opened !== socket) return;
      socket = null;
      received = 0;
      if (!brought) failures += 1;
      if (!worked && failures >= MAX_FAILURES) useFragments();
      else timer = setTimeout(open, RETRY_MS[Math.min(failures, RETRY_MS.length - 1)]);
    };
    socket = opened;
  }

  function close() {
    clearTimeout(timer);
    const closing = socket;
    socket = null;
    received = 0;
    closing?.close();
  }

  function useFragments() {
    close();
    transport = "fragments";
    numbered.push(...queue.splice(0).map((order) => [(number += 1), order]));
    document.addEventListener("visibilitychange", tellTransport);
    tellTransport();
    if (numbered.length) tellPage();
  }

  // A page that nobody sees is not asked for frames.
  function tellTransport() {
    send("transport", document.hidden ? "hidden" : "fragments");
  }

  function tellPage() {
    clearTimeout(resend);
    if (!numbered.length) return;
    send("command!", numbered);
    resend = setTimeout(tellPage, RESEND_MS);
  }

  // The page answers an offer with a frame of the run that it then has.
  function offer(token) {
    if (stored === token && offering) return;
    stored = token;
    const last = offers === OFFERS_AFTER_MS.length;
    offering = setTimeout(() => {
      offering = 0;
      if (last) return giveUpOffer();
      send("resume!", token);
      offer(token);
    }, last ? LAST_ANSWER_MS : OFFERS_AFTER_MS[offers]);
    offers += 1;
  }

  function giveUpOffer() {
    if (connect) settle(connect.token);
  }

  function settle(token) {
    clearTimeout(offering);
    offers = offering = 0;
    stored = null;
    save(token);
  }

  function stop() {
    close();
    clearTimeout(offering);
    clearTimeout(resend);
    document.removeEventListener("visibilitychange", tellTransport);
  }

  return { page, command, shown, expectShown, leave, stop };
}

// Whether this page comes back to a run; a link that was followed asks for a new one.
function returns() {
  const [navigation] = performance.getEntriesByType("navigation");
  return Boolean(document.wasDiscarded) || (navigation && navigation.type !== "navigate");
}

// Browsers that forbid storage lose their run with a reload, and nothing else.
function load() {
  try {
    return sessionStorage.getItem(RUN_KEY);
  } catch {
    return null;
  }
}

function save(token) {
  try {
    sessionStorage.setItem(RUN_KEY, token);
  } catch {
    // see load
  }
}
