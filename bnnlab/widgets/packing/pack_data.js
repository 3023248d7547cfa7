// The recorded packing as the pictures read it: which number became which bit, and each word at every moment.

import { wordFromHex } from "../shared/words.js";

export function packingTrace(data) {
  const { axis, rows, columns, depth, padding, texts, signs, memory } = data;
  const wordBits = data.word_bits;
  const vectors = axis === "rows" ? rows : columns;
  const vectorName = axis === "rows" ? "row" : "column";
  const wordsEach = Math.ceil(depth / wordBits);
  const after = data.after.map(wordFromHex);
  const steps = texts.length;

  // Vector by vector, lowest bit first.
  function step(at) {
    const vector = Math.floor(at / depth);
    const place = at % depth;
    const [row, column] = axis === "rows" ? [vector, place] : [place, vector];
    return {
      at, vector, vectorName, row, column, text: texts[at], sign: signs[at],
      word: Math.floor(place / wordBits), bit: place % wordBits,
    };
  }

  // One word as it stood after step `at`: `filled` of its bits were written, `now` is the one just written or -1.
  function wordAfter(vector, index, at) {
    const start = vector * depth + index * wordBits;
    const valid = Math.min(wordBits, depth - index * wordBits);
    const filled = Math.max(0, Math.min(valid, at - start + 1));
    const now = at >= start && at < start + valid ? at - start : -1;
    return { word: filled ? after[start + filled - 1] : NOTHING_YET, valid, filled, now };
  }

  // The next or previous step that fills a word.
  function filling(at, direction) {
    const fills = (candidate) => {
      const place = candidate % depth;
      return place % wordBits === wordBits - 1 || place === depth - 1;
    };
    let next = at + direction;
    while (next > 0 && next < steps - 1 && !fills(next)) next += direction;
    return next;
  }

  return {
    id: data.id, axis, rows, columns, depth, padding, texts, signs, memory, wordBits, vectors, vectorName, wordsEach,
    steps, step, wordAfter, filling,
  };
}

const NOTHING_YET = { low: 0, high: 0 };
