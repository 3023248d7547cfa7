// Pictures say what they show, for whoever listens on the page: the tour's card checks by that whether a task is done.

export const ANNOUNCED = "bnnlab-state";

// `detail`: plain values; they are handed over as they are, so whoever listens must not change them.
export function announce(host, picture, detail) {
  host.dispatchEvent(new CustomEvent(ANNOUNCED, { bubbles: true, composed: true, detail: { picture, ...detail } }));
}
