// The recorded product as the stepper reads it: which step stood where, and what it saw.

import { notWord, popcountOf, sameWord, wordFromHex, xorWords } from "../shared/words.js";

export function productTrace(data) {
  const { rows, columns, words, depth, mark, word_bits: bits } = data;
  const aWords = data.a.map(wordFromHex);
  const bWords = data.b.map(wordFromHex);
  const xnorWords = data.xnor && data.xnor.map(wordFromHex);
  const steps = data.popcount.length;

  // The loop runs m, then k (which word), then n innermost.
  function step(at) {
    const n = at % columns;
    const k = Math.floor(at / columns) % words;
    const m = Math.floor(at / (columns * words));
    const a = aWords[m * words + k];
    const b = bWords[k * columns + n];
    const acc = data.acc[at];
    const popcount = data.popcount[at];
    const finished = k === words - 1;
    return {
      at, m, k, n, a, b, acc, popcount, finished,
      xor: xorWords(a, b),
      xnor: xnorWords ? xnorWords[at] : notWord(xorWords(a, b), bits),
      before: acc - popcount,
      bits,
      valid: finished ? depth - bits * k : bits,
      cell: m * columns + n,
      mark: mark && mark.step === at ? mark.bit : null, // the bit of the weight that is looked at
    };
  }

  // The step that last wrote to a cell, up to and including step `at`; -1 where none has yet.
  function lastWrite(m, n, at) {
    const start = m * words * columns + n;
    if (at < start) return -1;
    return start + columns * Math.min(words - 1, Math.floor((at - start) / columns));
  }

  // The next or previous step that finishes an output cell.
  function finishing(at, direction) {
    let next = at + direction;
    while (next > 0 && next < steps - 1 && !step(next).finished) next += direction;
    return next;
  }

  // The compiled loop recorded both the words and what it made of them. They are checked against each other,
  // so that a picture of a broken trace says so instead of looking right. Null, or the first step that fails.
  function firstContradiction() {
    for (let at = 0; at < steps; at += 1) {
      const { a, b, xnor, popcount, before, k, m, n } = step(at);
      const expected = notWord(xorWords(a, b), bits);
      const previous = k === 0 ? 0 : data.acc[lastWrite(m, n, at - 1)];
      const agrees =
        sameWord(xnor, expected) &&
        popcount === popcountOf(expected) &&
        before === previous;
      if (!agrees) return at;
    }
    return null;
  }

  const matrixA = { bits, vectors: rows, words, depth, wordAt: (row, k) => aWords[row * words + k] };
  const matrixB = { bits, vectors: columns, words, depth, wordAt: (column, k) => bWords[k * columns + column] };
  return { ...data, steps, matrixA, matrixB, step, lastWrite, finishing, firstContradiction };
}
