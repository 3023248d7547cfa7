// Text that is written once all pictures of a frame are drawn. A canvas that prints text after the page has changed
// makes the browser recalculate styles first; with eight canvases in turn that costs more than the drawing itself.

import { setText } from "./dom.js";

const WAITING = new Map(); // node -> text

export function writeText(node, text) {
  if (!WAITING.size) queueMicrotask(writeAll);
  WAITING.set(node, text);
}

function writeAll() {
  for (const [node, text] of WAITING) setText(node, text);
  WAITING.clear();
}
