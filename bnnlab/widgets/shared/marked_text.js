// Text with signs that many fonts lack or draw badly: a cross, as the letter that stands in for it reads like a variable,
// and small letters below the line, as rᵢ reads like n.

import { element } from "./dom.js";
import { icon } from "./icons.js";

const DRAWN = /([✗ᵢₒ])/;

// The text is data like any other: it goes in as text nodes, and only the signs themselves become pictures.
export function setMarkedText(node, text) {
  if (node.dataset.text === text) return;
  node.dataset.text = text;
  node.replaceChildren(...text.split(DRAWN).filter(Boolean).map((part) => DRAWINGS[part]?.() ?? part));
}

export function cross() {
  return icon("cross", 12);
}

function lowered(letter) {
  return element("sub", { class: "lowered" }, letter);
}

const DRAWINGS = { "✗": cross, "ᵢ": () => lowered("i"), "ₒ": () => lowered("o") };
