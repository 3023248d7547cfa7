// The recorded product as the stepper reads it: which step stood where, and what it saw.

import { notWord, popcountOf, sameWord, wordFromHex, xorWords } from "../shared/words.js";

export class ProductTrace {
  constructor(data) {
    Object.assign(this, data);
    this.aWords = data.a.map(wordFromHex);
    this.bWords = data.b.map(wordFromHex);
    this.xnorWords = data.xnor && data.xnor.map(wordFromHex);
    this.steps = data.popcount.length;
  }

  // The loop runs m, then k (which word), then n innermost.
  step(at) {
    const { words, columns, depth } = this;
    const n = at % columns;
    const k = Math.floor(at / columns) % words;
    const m = Math.floor(at / (columns * words));
    const a = this.aWords[m * words + k];
    const b = this.bWords[k * columns + n];
    const acc = this.acc[at];
    const popcount = this.popcount[at];
    const finished = k === words - 1;
    return {
      at, m, k, n, a, b, acc, popcount, finished,
      xor: xorWords(a, b),
      xnor: this.xnorWords ? this.xnorWords[at] : notWord(xorWords(a, b)),
      before: acc - popcount,
      valid: finished ? depth - 64 * k : 64,
      cell: m * columns + n,
      mark: this.mark && this.mark.step === at ? this.mark.bit : null, // the bit of the weight that is looked at
    };
  }

  // The step that last wrote to a cell, up to and including step `at`; -1 where none has yet.
  lastWrite(m, n, at) {
    const { words, columns } = this;
    const start = m * words * columns + n;
    if (at < start) return -1;
    return start + columns * Math.min(words - 1, Math.floor((at - start) / columns));
  }

  // The next or previous step that finishes an output cell.
  finishing(at, direction) {
    let next = at + direction;
    while (next > 0 && next < this.steps - 1 && !this.step(next).finished) next += direction;
    return next;
  }

  // The compiled loop recorded both the words and what it made of them. They are checked against each other,
  // so that a picture of a broken trace says so instead of looking right. Null, or the first step that fails.
  firstContradiction() {
    for (let at = 0; at < this.steps; at += 1) {
      const { a, b, xnor, popcount, before, k, m, n } = this.step(at);
      const expected = notWord(xorWords(a, b));
      const previous = k === 0 ? 0 : this.acc[this.lastWrite(m, n, at - 1)];
      const agrees =
        sameWord(xnor, expected) &&
        popcount === popcountOf(expected) &&
        before === previous;
      if (!agrees) return at;
    }
    return null;
  }
}
