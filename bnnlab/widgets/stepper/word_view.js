// One inner iteration, bit by bit: a, b, where they differ, where they agree, and the same products in float.

import { bitRuler, BitRow } from "../shared/bits.js";
import { bitOf, wordToHex } from "../shared/words.js";
import { countText, element, setText } from "../shared/dom.js";

export class WordView {
  // onKey(event) gets the keys that are pressed while the view has the focus.
  constructor(onKey) {
    this.rows = {
      a: labelledRow("a", "sign"),
      b: labelledRow("b", "sign"),
      xor: labelledRow("a ^ b", "xor"),
      xnor: labelledRow("~(a ^ b)", "xnor"),
      product: labelledRow("a · b", "product"),
    };
    const { a, b, xor, xnor, product } = this.rows;
    this.ruler = labelledRuler();
    this.popcount = element("p", { class: "word-result" });
    this.bitSentence = element("p", { class: "note" });
    this.node = element(
      "div",
      { class: "word-view panel", role: "application", tabindex: 0, "aria-roledescription": "bit stepper" },
      this.ruler, a.node, b.node, xor.node, xnor.node, this.popcount, product.node, this.bitSentence,
    );
    this.node.setAttribute("aria-label", LABEL_OF_WORD_VIEW);
    this.node.addEventListener("keydown", onKey);
    this.node.addEventListener("pointermove", (event) => this.point(event));
    this.node.addEventListener("pointerleave", () => this.pointAt(null));
    this.pointed = null;
  }

  show(step) {
    this.step = step;
    const { a, b, xor, xnor, valid, m, k, n, popcount } = step;
    this.rows.a.show(a, valid, `row ${m} of A, word ${k}`, wordToHex(a));
    this.rows.b.show(b, valid, `column ${n} of B, word ${k}`, wordToHex(b));
    this.rows.xor.show(xor, valid, "XOR: 1 where different", wordToHex(xor));
    this.rows.xnor.show(xnor, valid, "XNOR: 1 where equal", wordToHex(xnor));
    const sum = 2 * (popcount - (64 - valid)) - valid;
    this.rows.product.show(xnor, valid, `${countText(valid, "float product")}`, `sum ${sum}`.replace("-", "−"));
    setText(this.popcount, `popcount(~(a ^ b)) = ${popcount}`);
    for (const { bits } of Object.values(this.rows)) bits.mark(step.mark);
    this.describeBit();
  }

  point(event) {
    const cell = event.target.closest?.(".bit");
    const row = Object.values(this.rows).find(({ bits }) => bits.cells.includes(cell));
    this.pointAt(row ? row.bits.cells.indexOf(cell) : null);
  }

  pointAt(index) {
    if (index === this.pointed) return;
    for (const { bits } of Object.values(this.rows)) {
      bits.cells[this.pointed]?.removeAttribute("data-pointed");
      bits.cells[index]?.setAttribute("data-pointed", "");
    }
    this.pointed = index;
    this.describeBit();
  }

  describeBit() {
    const index = this.pointed;
    if (index === null) {
      setText(this.bitSentence, HOW_TO_READ_BITS);
    } else if (index >= this.step.valid) {
      setText(this.bitSentence, `Bit ${index} is padding: 0 in both words, so XNOR makes it a 1 that stands for no number.`);
    } else {
      const [a, b] = [this.step.a, this.step.b].map((word) => (bitOf(word, index) ? "+1" : "−1"));
      const [relation, product] = a === b ? ["they agree", "+1"] : ["they differ", "−1"];
      setText(this.bitSentence, `Bit ${index}: a is ${a}, b is ${b}; ${relation}, and so ${a} · ${b} = ${product}.`);
    }
  }
}

const LABEL_OF_WORD_VIEW =
  "One step of the loop, bit by bit. Left and right arrow: one step. Up and down arrow: previous or next " +
  "finished cell. Home and End: first and last step. Space: play or pause.";

const HOW_TO_READ_BITS =
  "Each + is +1 and stored as bit 1, each − is −1 and stored as bit 0. Point at a bit to read its column.";

function labelledRow(name, kind) {
  const bits = new BitRow(kind);
  const meaning = element("span", { class: "note" });
  const hex = element("span", { class: "word-hex mono" });
  const label = element("div", { class: "word-name" }, element("span", { class: "mono" }, name), meaning);
  const node = element("div", { class: "word-row" }, label, bits.node, hex);
  function show(word, valid, what, value) {
    bits.show(word, valid);
    setText(meaning, what);
    setText(hex, value);
  }
  return { node, bits, show };
}

function labelledRuler() {
  const label = element("div", { class: "word-name note" }, "bit");
  return element("div", { class: "word-row word-ruler" }, label, bitRuler(), element("span", { class: "word-hex" }));
}

export const WORD_VIEW_STYLE = `
.bnnlab .word-view {
  display: flex; flex-direction: column; gap: 6px;
  .word-row { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 2px 12px; align-items: center; }
  .word-name { display: flex; align-items: baseline; gap: 10px; line-height: 18px; }
  .word-name .mono { font-weight: 700; }
  .word-hex { text-align: right; font-size: 12px; white-space: nowrap; }
  .word-row .bits { grid-column: 1 / -1; grid-row: 2; }
  .word-ruler .word-name { display: none; }
  .word-result { font-weight: 600; }
  .bit[data-pointed] { outline: 2px solid var(--ink); outline-offset: 0; }
}
@container (min-width: 1120px) {
  .bnnlab .word-view {
    .word-row { grid-template-columns: 176px minmax(0, 1fr) 140px; }
    .word-row .bits { grid-column: 2; grid-row: 1; }
    .word-name { flex-direction: column; gap: 0; line-height: 16px; }
    .word-ruler .word-name { display: flex; }
    .word-result { padding-left: 188px; }
  }
}
`;
