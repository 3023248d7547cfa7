// Recorded packings as the pictures read them: which number became which bit, and each word at every moment.

import { wordFromHex } from "../shared/words.js";

export function packingData(data) {
  const { id, axis, depth, padding, memory, product, turned } = data;
  const wordBits = data.word_bits;
  const sides = data.sides.map((side) => packedSide(side, { wordBits, depth, padding }));
  return {
    id, axis, depth, padding, memory, product, wordBits, sides,
    base: data.base ?? null, // without it nothing can be changed: no kernel would answer
    answered: data.answered ?? 0,
    wrong: data.wrong === true,
    turned: turned ?? {},
    stepped: sides.find((side) => side.axis === axis),
  };
}

// One matrix. `index` counts its numbers as they are packed, `cell` along its rows.
function packedSide({ name, axis, walk, rows, columns, texts, signs, after }, { wordBits, depth, padding }) {
  const vectors = texts.length / depth;
  // Packed the wrong way, what the kernel takes for a column is none.
  const vectorName = walk !== axis ? `“${NAME_OF_VECTOR[axis]}”` : NAME_OF_VECTOR[axis];
  const wordsEach = Math.ceil(depth / wordBits);
  const words = after.map(wordFromHex);
  const steps = texts.length;
  const byRow = walk === "rows";

  function cellOf(index) {
    return byRow ? index : (index % rows) * columns + Math.floor(index / rows);
  }

  function indexOf(cell) {
    return byRow ? cell : (cell % columns) * rows + Math.floor(cell / columns);
  }

  // Vector by vector, lowest bit first.
  function step(index) {
    const cell = cellOf(index);
    const place = index % depth;
    return {
      index, cell, name, vectorName, text: texts[index], sign: signs[index],
      row: Math.floor(cell / columns), column: cell % columns,
      vector: Math.floor(index / depth), word: Math.floor(place / wordBits), bit: place % wordBits,
    };
  }

  // One word as it stood after step `at`: `filled` of its bits were written, `now` is the one just written or -1.
  function wordAfter(vector, word, at) {
    const start = vector * depth + word * wordBits;
    const valid = Math.min(wordBits, depth - word * wordBits);
    const filled = Math.max(0, Math.min(valid, at - start + 1));
    const now = at >= start && at < start + valid ? at - start : -1;
    return { word: filled ? words[start + filled - 1] : NOTHING_YET, valid, filled, now };
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
    name, axis, walk, rows, columns, texts, signs, depth, padding, wordBits, vectors, vectorName, wordsEach, steps,
    cellOf, indexOf, step, wordAfter, filling,
  };
}

const NAME_OF_VECTOR = { rows: "row", columns: "column" };
const NOTHING_YET = { low: 0, high: 0 };
