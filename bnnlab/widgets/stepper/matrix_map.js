// A matrix of packed words as a small map: one dot per bit, the active word outlined.

import { element, setText } from "../shared/dom.js";
import { toRgb } from "../shared/palette.js";
import { bitOf } from "../shared/words.js";

const MAP_LIMIT = { width: 256, height: 76 }; // CSS pixels

// `axis` is "rows" (A: word k of row m covers some columns) or "columns" (B: word k of column n covers some rows).
export function matrixMap(axis) {
  const heading = element("h3");
  const canvas = element("canvas", { class: "map-bits", "aria-hidden": "true" });
  const frame = element("div", { class: "map-frame" });
  const where = element("p", { class: "note" });
  const node = element("div", { class: "map" }, heading, element("div", { class: "map-picture" }, canvas, frame), where);
  let matrix = null;
  let size = { width: 0, height: 0 };

  // bits: of a word; vectors: rows of A or columns of B; `wordAt(vector, k)`; depth: bits of each that are no padding.
  // The title names the matrix, `what` says how large it is and what it holds.
  function load({ title, what, bits, vectors, words, depth, wordAt }) {
    setText(heading, title);
    matrix = { what, bits, vectors, words, depth, wordAt };
    const long = words * bits;
    const [across, down] = axis === "rows" ? [long, vectors] : [vectors, long];
    size = {
      width: Math.min(MAP_LIMIT.width, Math.max(14, across * 12)),
      height: Math.min(MAP_LIMIT.height, Math.max(14, down * 12)),
    };
    canvas.style.width = `${size.width}px`;
    canvas.style.height = `${size.height}px`;
  }

  function paint(palette) {
    const image = bitImage(axis, matrix, palette);
    const scale = window.devicePixelRatio || 1;
    canvas.width = Math.round(size.width * scale);
    canvas.height = Math.round(size.height * scale);
    const context = canvas.getContext("2d");
    // Smooth only where several bits share a pixel; larger bits keep their edges.
    context.imageSmoothingEnabled = image.width > canvas.width || image.height > canvas.height;
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
  }

  function outline(vector, k) {
    const { width, height } = size;
    const along = axis === "rows" ? [width, height] : [height, width];
    const start = (along[0] * k) / matrix.words;
    const length = along[0] / matrix.words;
    const offset = (along[1] * vector) / matrix.vectors;
    const thickness = along[1] / matrix.vectors;
    const box = axis === "rows" ? [start, offset, length, thickness] : [offset, start, thickness, length];
    const [left, top, wide, high] = box.map((edge) => `${edge}px`);
    Object.assign(frame.style, { left, top, width: wide, height: high });
    const name = axis === "rows" ? "row" : "column";
    setText(where, `${matrix.what} · ${name} ${vector}, word ${k}`);
  }

  return { node, load, paint, outline };
}

function bitImage(axis, { bits, vectors, words, depth, wordAt }, palette) {
  const colours = [palette.minus, palette.plus, palette.grid].map(pixelOf);
  const long = words * bits;
  const [width, height] = axis === "rows" ? [long, vectors] : [vectors, long];
  const image = new ImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  for (let vector = 0; vector < vectors; vector += 1) {
    for (let bit = 0; bit < long; bit += 1) {
      const value = bit < depth ? bitOf(wordAt(vector, Math.floor(bit / bits)), bit % bits) : 2;
      const at = axis === "rows" ? vector * width + bit : bit * width + vector;
      pixels[at] = colours[value];
    }
  }
  const canvas = element("canvas", { width, height });
  canvas.getContext("2d").putImageData(image, 0, 0);
  return canvas;
}

// One opaque pixel; the bytes of a canvas stand in memory as red, green, blue, alpha.
function pixelOf(colour) {
  const [red, green, blue] = toRgb(colour);
  return new Uint32Array(new Uint8Array([red, green, blue, 255]).buffer)[0];
}

export const MATRIX_MAP_STYLE = `
.bnnlab .map {
  display: flex; flex-direction: column; gap: 6px; min-width: 0;
  .map-picture { position: relative; align-self: flex-start; line-height: 0; }
  .map-bits { border-radius: 2px; }
  .map-frame {
    position: absolute; border-radius: 2px; pointer-events: none;
    outline: 2px solid var(--ink); box-shadow: 0 0 0 4px var(--paper);
  }
}
`;
