// Text and attributes that are written once all pictures of a frame are drawn. A canvas that prints text after the page
// has changed makes the browser recalculate styles first; with eight canvases in turn that costs more than the drawing
// itself.

import { setText } from "./dom.js";

const TEXTS = new Map(); // node -> text
const ATTRIBUTES = new Map(); // node -> { name: value }

export function writeText(node, text) {
  waitForTheRest();
  TEXTS.set(node, text);
}

// Writing the same value again would cost a recalculation of styles, and a screen reader would speak it again.
export function writeAttribute(node, name, value) {
  waitForTheRest();
  if (!ATTRIBUTES.has(node)) ATTRIBUTES.set(node, {});
  ATTRIBUTES.get(node)[name] = value;
}

function waitForTheRest() {
  if (!TEXTS.size && !ATTRIBUTES.size) queueMicrotask(writeAll);
}

function writeAll() {
  for (const [node, text] of TEXTS) setText(node, text);
  for (const [node, attributes] of ATTRIBUTES) {
    for (const [name, value] of Object.entries(attributes)) {
      if (node.getAttribute(name) !== String(value)) node.setAttribute(name, value);
    }
  }
  TEXTS.clear();
  ATTRIBUTES.clear();
}
