// One picture of a weight matrix: pixels scaled up to cells, with axes, glyphs where they fit, and a cursor.

import { sharpCanvas } from "../shared/canvas.js";
import { element } from "../shared/dom.js";
import { grouped } from "../shared/numbers.js";

const GLYPH_CELL = 12; // CSS pixels from which a cell can hold a glyph
const LARGEST_CELL = 40;
const FLAT = 4; // a layer this much longer than wide gets stretched cells,
const STRETCH = 6; // at most this much;
const TINY_STRETCH = 2; // cells too small to have a visible shape may be stretched a little
const SMALL_CELL = 3; // CSS pixels below which a single mark is lost among the others
const CROWDED = 0.05; // share of the weights that enlarged marks may cover
const MARGIN = { left: 22, top: 20, right: 2, bottom: 2 };

// `move(cell | null)` is called when the pointer or the arrow keys choose a cell { row, column }.
export function weightMap(caption, move) {
  let shown = null; // { layer, cursor, palette, glyphs, place }
  const pixels = element("canvas", { class: "pixels", "aria-hidden": "true" });
  const marks = element("canvas", { class: "pixels", "aria-hidden": "true" });
  const canvas = sharpCanvas(0, () => shown && arrange(), { class: "drawing above" });
  const stack = element("div", { class: "map-stack" }, pixels, marks, canvas.node);
  const node = element("figure", { class: "weight-map" }, element("figcaption", {}, caption), stack);

  canvas.node.addEventListener("pointermove", ({ offsetX, offsetY }) => {
    if (shown) move(cellAt(shown, offsetX, offsetY));
  });
  canvas.node.addEventListener("pointerleave", () => move(null));
  canvas.node.addEventListener("blur", () => move(null));
  canvas.node.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    if (!by || !shown) return;
    event.preventDefault();
    const { layer, cursor } = shown;
    const from = cursor ?? { row: 0, column: -by[1] || 0 };
    move({
      row: clamp(cursor ? from.row + by[0] : 0, layer.rows),
      column: clamp(cursor ? from.column + by[1] : 0, layer.columns),
    });
  });

  // glyphs: (row, column) -> [text, colour], or null.
  function draw(layer, palette, cursor, glyphs) {
    const before = shown;
    shown = { ...before, layer, palette, cursor, glyphs };
    if (before?.layer.rows !== layer.rows || before.layer.columns !== layer.columns) arrange();
    else if (before.palette !== palette || before.cursor !== cursor || hasGlyphs()) annotate();
  }

  function arrange() {
    shown.place = placeFor(shown.layer, stack.clientWidth, stack.clientHeight);
    const { left, top, width, height, cell } = shown.place;
    for (const under of [pixels, marks]) {
      Object.assign(under.style, {
        left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px`,
        imageRendering: cell.width >= 1 && cell.height >= 1 ? "pixelated" : "auto",
      });
    }
    annotate();
  }

  function annotate() {
    const { ctx, width } = canvas.begin();
    if (!width) return;
    const { layer, palette, cursor, glyphs, place } = shown;
    ctx.strokeStyle = palette.grid;
    ctx.strokeRect(place.left - 0.5, place.top - 0.5, place.width + 1, place.height + 1);
    drawMapAxes(ctx, layer, place, palette);
    if (hasGlyphs()) drawGlyphs(ctx, layer, place, glyphs);
    if (cursor) drawCursor(ctx, cursor, place, palette);
  }

  function hasGlyphs() {
    const { glyphs, place } = shown;
    return Boolean(glyphs) && Math.min(place.cell.width, place.cell.height) >= GLYPH_CELL;
  }

  // How many neighbours a mark covers to each side: a few flips in a large layer would be too small to see. Many have
  // their own size, or the picture would show several times as much as flipped; `covered` is the share that is still
  // covered by earlier ones.
  function spread({ flips, weights }, covered) {
    const small = shown?.place && Math.min(shown.place.cell.width, shown.place.cell.height) < SMALL_CELL;
    return small && covered + markedShare(flips.length, weights, 1) < CROWDED ? 1 : 0;
  }

  return { node, pixels, marks, draw, spread, focus: canvas.node, stop: canvas.stop };
}

// The share of the weights that this many marks cover.
export function markedShare(flips, weights, spread) {
  return (flips * (1 + 2 * spread) ** 2) / weights;
}

// The largest cells that fit: square, or stretched where the layer is so flat that it would be a thread.
export function placeFor({ rows, columns }, width, height) {
  const fit = {
    width: (width - MARGIN.left - MARGIN.right) / columns,
    height: (height - MARGIN.top - MARGIN.bottom) / rows,
  };
  const side = Math.min(fit.width, fit.height);
  const stretch = Math.max(rows / columns, columns / rows) > FLAT ? STRETCH : side < 3 ? TINY_STRETCH : 1;
  const most = Math.min(LARGEST_CELL, side * stretch);
  const cell = {
    width: wholePixels(Math.min(fit.width, most)), height: wholePixels(Math.min(fit.height, most)),
  };
  return { left: MARGIN.left, top: MARGIN.top, width: cell.width * columns, height: cell.height * rows, cell };
}

// Cells of whole pixels look even; where they are small, the loss in size would show more than the unevenness.
function wholePixels(size) {
  return size >= 6 ? Math.floor(size) : size;
}

function clamp(index, size) {
  return Math.max(0, Math.min(size - 1, index));
}

function cellAt({ layer, place }, x, y) {
  const column = Math.floor((x - place.left) / place.cell.width);
  const row = Math.floor((y - place.top) / place.cell.height);
  return row >= 0 && row < layer.rows && column >= 0 && column < layer.columns ? { row, column } : null;
}

function drawMapAxes(ctx, { rows, columns }, { left, top, width, height }, palette) {
  ctx.fillStyle = palette.faint;
  ctx.textBaseline = "alphabetic";
  ctx.textAlign = "left";
  ctx.fillText(sideText(columns, "input", width, ctx), left, top - 6);
  ctx.save();
  ctx.translate(left - 7, top);
  ctx.rotate(-Math.PI / 2);
  ctx.textAlign = "right";
  ctx.fillText(sideText(rows, "output", height, ctx), 0, 0);
  ctx.restore();
}

// "784 inputs →", or what of it fits along that side.
function sideText(count, noun, room, ctx) {
  const full = `${grouped(count)} ${noun}${count === 1 ? "" : "s"}`;
  return ctx.measureText(full).width <= Math.max(room, 70) ? full : grouped(count);
}

function drawGlyphs(ctx, { rows, columns }, { left, top, cell }, glyphs) {
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const [text, colour] = glyphs(row, column);
      ctx.fillStyle = colour;
      ctx.fillText(text, left + (column + 0.5) * cell.width, top + (row + 0.5) * cell.height + 1);
    }
  }
}

function drawCursor(ctx, { row, column }, { left, top, cell }, palette) {
  const [width, height] = [Math.max(9, cell.width), Math.max(9, cell.height)];
  const x = left + (column + 0.5) * cell.width - width / 2;
  const y = top + (row + 0.5) * cell.height - height / 2;
  ctx.lineWidth = 4;
  ctx.strokeStyle = palette.paper;
  ctx.strokeRect(x, y, width, height);
  ctx.lineWidth = 2;
  ctx.strokeStyle = palette.ink;
  ctx.strokeRect(x, y, width, height);
  ctx.lineWidth = 1;
}
