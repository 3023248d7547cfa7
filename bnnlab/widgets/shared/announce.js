// Pictures say what they show, for whoever listens on the page: the tour's card checks by that whether a task is done. Who
// comes later, or wants to know how it stands now, asks.

export const ANNOUNCED = "bnnlab-state";
const ASKED = "bnnlab-ask";

const announced = new WeakMap(); // host -> what it last said

// `detail`: plain values; they are handed over as they are, so whoever listens must not change them.
export function announce(host, picture, detail) {
  if (!announced.has(host)) answerFor(host);
  announced.set(host, { picture, ...detail });
  say(host);
}

// Every picture on the page announces itself once more.
export function askPictures() {
  document.dispatchEvent(new CustomEvent(ASKED));
}

function answerFor(host) {
  document.addEventListener(ASKED, function answer() {
    if (host.isConnected) say(host);
    else document.removeEventListener(ASKED, answer);
  });
}

function say(host) {
  host.dispatchEvent(new CustomEvent(ANNOUNCED, { bubbles: true, composed: true, detail: announced.get(host) }));
}
