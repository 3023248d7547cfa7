// Text with a drawn cross: many fonts lack ✗, and the letter that stands in for it reads like a variable.

import { icon } from "./icons.js";

// The text is data like any other: it goes in as text nodes, and only the sign itself becomes a picture.
export function setMarkedText(node, text) {
  if (node.dataset.text === text) return;
  node.dataset.text = text;
  node.replaceChildren(...text.split("✗").flatMap((part, at) => (at ? [cross(), part] : [part])));
}

export function cross() {
  return icon("cross", 12);
}
