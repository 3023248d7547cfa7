// The recorded packing as the pictures read it: which number became which bit, and each word at every moment.

import { wordFromHex } from "../shared/words.js";

export class PackingTrace {
  constructor(data) {
    const { axis, rows, columns, depth, padding, texts, signs, memory } = data;
    Object.assign(this, { id: data.id, axis, rows, columns, depth, padding, texts, signs, memory });
    this.wordBits = data.word_bits;
    this.vectors = axis === "rows" ? rows : columns;
    this.vectorName = axis === "rows" ? "row" : "column";
    this.wordsEach = Math.ceil(depth / this.wordBits);
    this.after = data.after.map(wordFromHex);
    this.steps = texts.length;
  }

  // Vector by vector, lowest bit first.
  step(at) {
    const { depth, wordBits, axis, texts, signs, vectorName } = this;
    const vector = Math.floor(at / depth);
    const place = at % depth;
    const [row, column] = axis === "rows" ? [vector, place] : [place, vector];
    return {
      at, vector, vectorName, row, column, text: texts[at], sign: signs[at],
      word: Math.floor(place / wordBits), bit: place % wordBits,
    };
  }

  // One word as it stood after step `at`: `filled` of its bits were written, `now` is the one just written or -1.
  wordAfter(vector, index, at) {
    const { depth, wordBits } = this;
    const start = vector * depth + index * wordBits;
    const valid = Math.min(wordBits, depth - index * wordBits);
    const filled = Math.max(0, Math.min(valid, at - start + 1));
    const now = at >= start && at < start + valid ? at - start : -1;
    return { word: filled ? this.after[start + filled - 1] : NOTHING_YET, valid, filled, now };
  }

  // The next or previous step that fills a word.
  filling(at, direction) {
    const fills = (step) => {
      const place = step % this.depth;
      return place % this.wordBits === this.wordBits - 1 || place === this.depth - 1;
    };
    let next = at + direction;
    while (next > 0 && next < this.steps - 1 && !fills(next)) next += direction;
    return next;
  }
}

const NOTHING_YET = { low: 0, high: 0 };
