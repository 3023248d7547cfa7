// A canvas as wide as its place and as sharp as the screen, which can be named and focused.

import { element } from "./dom.js";

// `redraw()` is called when the size changed; start every drawing with `begin()`.
export function sharpCanvas(height, redraw, attributes = {}) {
  const node = element("canvas", { class: "drawing", role: "img", tabindex: "0", ...attributes });
  if (height) node.style.height = `${height}px`;
  const ctx = node.getContext("2d");
  let family = "";
  // Asking the node for its size would force a layout in the middle of each drawing.
  let size = { width: 0, height: 0 };
  const observer = new ResizeObserver(([entry]) => {
    size = entry.contentRect;
    redraw();
  });
  observer.observe(node);

  // Clears the canvas; what follows is drawn in CSS pixels. Whoever changes the font restores it.
  function begin() {
    const ratio = window.devicePixelRatio || 1;
    const [across, down] = [Math.round(size.width * ratio), Math.round(size.height * ratio)];
    if (node.width !== across || node.height !== down) {
      // A new size resets all that was set. Setting the font for each drawing would recalculate styles each time.
      [node.width, node.height] = [across, down];
      ctx.scale(ratio, ratio);
      family = getComputedStyle(node).fontFamily;
      ctx.font = `12px ${family}`;
    }
    ctx.clearRect(0, 0, size.width, size.height);
    return { ctx, width: size.width, height: size.height, family };
  }

  return { node, begin, stop: () => observer.disconnect() };
}

// Accessible names change with the data; writing the same one again would make a screen reader repeat it.
export function nameCanvas(node, name) {
  if (node.getAttribute("aria-label") !== name) node.setAttribute("aria-label", name);
}

const TILES = new Map(); // one tile of hatching for each colour

// Diagonal hatching marks what does not count, whatever its colour.
export function hatching(ctx, colour) {
  if (!TILES.has(colour)) TILES.set(colour, hatchTile(colour));
  return ctx.createPattern(TILES.get(colour), "repeat");
}

function hatchTile(colour) {
  const tile = new OffscreenCanvas(6, 6);
  const pen = tile.getContext("2d");
  pen.strokeStyle = colour;
  pen.beginPath();
  for (const shift of [-6, 0, 6]) {
    pen.moveTo(shift, 6);
    pen.lineTo(shift + 6, 0);
  }
  pen.stroke();
  return tile;
}
