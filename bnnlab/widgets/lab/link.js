// The picture's line to its run: frames in, commands out, over a WebSocket of the lab. A frame is acknowledged from the
// animation frame that drew it, and only then the next one is sent: a slow page gets fewer frames, a hidden one none.

const FIRST_WAIT = 400; // ms before the first attempt to connect again
const LONGEST_WAIT = 5000;
const MAX_FAILURES = 3; // attempts that never opened, after which another way is taken

// `receive(bytes)` gets each frame; `change(online)` hears whether the line stands; `giveUp()` is called where no
// WebSocket can be had at all.
export function openLink({ path, token }, receive, change, giveUp) {
  let socket = null;
  let failures = 0;
  let everOpened = false;
  let wait = FIRST_WAIT;
  let timer = 0;
  let closed = false;
  const waiting = []; // commands given while the line was down

  function connect() {
    const address = new URL(path, location.href);
    address.protocol = address.protocol.replace("http", "ws");
    address.searchParams.set("token", token);
    socket = new WebSocket(address);
    socket.binaryType = "arraybuffer";
    socket.addEventListener("open", () => {
      [failures, wait, everOpened] = [0, FIRST_WAIT, true];
      change(true);
      for (const message of waiting.splice(0)) socket.send(message);
    });
    socket.addEventListener("message", ({ data }) => {
      if (data instanceof ArrayBuffer) receive(new Uint8Array(data));
    });
    socket.addEventListener("close", lost);
  }

  function lost() {
    if (closed) return;
    failures += 1;
    change(false);
    if (!everOpened && failures >= MAX_FAILURES) return giveUp();
    timer = setTimeout(connect, wait);
    wait = Math.min(LONGEST_WAIT, wait * 2);
  }

  function send(value) {
    const message = JSON.stringify(value);
    if (socket?.readyState === WebSocket.OPEN) socket.send(message);
    else if (waiting.length < 20 && !("ack" in value)) waiting.push(message);
  }

  // A page that comes back from sleep does not wait for the next attempt.
  function wake() {
    if (document.hidden || closed || socket?.readyState !== WebSocket.CLOSED) return;
    clearTimeout(timer);
    connect();
  }

  function close() {
    closed = true;
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", wake);
    socket?.close();
  }

  document.addEventListener("visibilitychange", wake);
  connect();
  return { send, close };
}
