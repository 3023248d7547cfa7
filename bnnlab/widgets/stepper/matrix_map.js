// A matrix of packed words as a small map: one dot per bit, the active word outlined.

import { element, setText } from "../shared/dom.js";
import { toRgb } from "../shared/palette.js";
import { bitOf } from "../shared/words.js";

const MAP_LIMIT = { width: 256, height: 76 }; // CSS pixels

export class MatrixMap {
  // `axis` is "rows" (A: word k of row m covers 64 columns) or "columns" (B: word k of column n covers 64 rows).
  constructor(axis) {
    this.axis = axis;
    this.title = element("h3");
    this.canvas = element("canvas", { class: "map-bits", "aria-hidden": "true" });
    this.frame = element("div", { class: "map-frame" });
    this.where = element("p", { class: "note" });
    const picture = element("div", { class: "map-picture" }, this.canvas, this.frame);
    this.node = element("div", { class: "map" }, this.title, picture, this.where);
  }

  // vectors: rows of A or columns of B; `wordAt(vector, k)`; depth: bits of each that are no padding.
  // The title names the matrix, `what` says how large it is and what it holds.
  load({ title, what, vectors, words, depth, wordAt }) {
    setText(this.title, title);
    this.what = what;
    Object.assign(this, { vectors, words, depth, wordAt });
    const long = words * 64;
    const [across, down] = this.axis === "rows" ? [long, vectors] : [vectors, long];
    this.size = {
      width: Math.min(MAP_LIMIT.width, Math.max(14, across * 12)),
      height: Math.min(MAP_LIMIT.height, Math.max(14, down * 12)),
    };
    this.canvas.style.width = `${this.size.width}px`;
    this.canvas.style.height = `${this.size.height}px`;
  }

  paint(palette) {
    const image = this.bitImage(palette);
    const scale = window.devicePixelRatio || 1;
    this.canvas.width = Math.round(this.size.width * scale);
    this.canvas.height = Math.round(this.size.height * scale);
    const context = this.canvas.getContext("2d");
    // Smooth only where several bits share a pixel; larger bits keep their edges.
    context.imageSmoothingEnabled = image.width > this.canvas.width || image.height > this.canvas.height;
    context.drawImage(image, 0, 0, this.canvas.width, this.canvas.height);
  }

  outline(vector, k) {
    const { width, height } = this.size;
    const along = this.axis === "rows" ? [width, height] : [height, width];
    const start = (along[0] * k) / this.words;
    const length = along[0] / this.words;
    const offset = (along[1] * vector) / this.vectors;
    const thickness = along[1] / this.vectors;
    const box = this.axis === "rows" ? [start, offset, length, thickness] : [offset, start, thickness, length];
    const [left, top, wide, high] = box.map((edge) => `${edge}px`);
    Object.assign(this.frame.style, { left, top, width: wide, height: high });
    const name = this.axis === "rows" ? "row" : "column";
    setText(this.where, `${this.what} · ${name} ${vector}, word ${k}`);
  }

  bitImage(palette) {
    const colours = [palette.minus, palette.plus, palette.grid].map(pixelOf);
    const long = this.words * 64;
    const [width, height] = this.axis === "rows" ? [long, this.vectors] : [this.vectors, long];
    const image = new ImageData(width, height);
    const pixels = new Uint32Array(image.data.buffer);
    for (let vector = 0; vector < this.vectors; vector += 1) {
      for (let bit = 0; bit < long; bit += 1) {
        const value = bit < this.depth ? bitOf(this.wordAt(vector, bit >> 6), bit & 63) : 2;
        const at = this.axis === "rows" ? vector * width + bit : bit * width + vector;
        pixels[at] = colours[value];
      }
    }
    const canvas = element("canvas", { width, height });
    canvas.getContext("2d").putImageData(image, 0, 0);
    return canvas;
  }
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
