// One inner iteration, bit by bit: a, b, where they differ, where they agree, and the same products in float.

import { bitRow, bitRuler } from "../shared/bits.js";
import { bitOf, wordToHex } from "../shared/words.js";
import { element, setText } from "../shared/dom.js";
import { countText, numberText } from "../shared/numbers.js";

// onKey(event) gets the keys that are pressed while the view has the focus; `bits` is the width of a word.
export function wordView(onKey, bits) {
  const rows = {
    a: labelledRow("a", "sign", bits),
    b: labelledRow("b", "sign", bits),
    xor: labelledRow("a ^ b", "xor", bits),
    xnor: labelledRow("~(a ^ b)", "xnor", bits),
    product: labelledRow("a · b", "product", bits),
  };
  for (const row of [rows.xnor, rows.product]) row.node.classList.add("spoiler"); // they give the count away
  const bitRows = Object.values(rows).map((row) => row.bits);
  const count = element("p", { class: "word-result spoiler" });
  const bitSentence = element("p", { class: "note" });
  const stepper = { class: "word-view panel", role: "application", tabindex: 0, "aria-roledescription": "bit stepper" };
  const node = element(
    "div", { ...stepper, "aria-label": LABEL_OF_WORD_VIEW },
    labelledRuler(bits), rows.a.node, rows.b.node, rows.xor.node, rows.xnor.node, count, rows.product.node, bitSentence,
  );
  let step = null;
  let pointed = null;
  node.addEventListener("keydown", onKey);
  node.addEventListener("pointermove", ({ target }) => pointAt(placeOf(target.closest?.(".bit"))));
  node.addEventListener("pointerleave", () => pointAt(null));

  function show(shown) {
    step = shown;
    const { a, b, xor, xnor, valid, m, k, n, popcount } = step;
    rows.a.show(a, valid, `row ${m} of A, word ${k}`, wordToHex(a, bits));
    rows.b.show(b, valid, `column ${n} of B, word ${k}`, wordToHex(b, bits));
    rows.xor.show(xor, valid, "XOR: 1 where different", wordToHex(xor, bits));
    rows.xnor.show(xnor, valid, "XNOR: 1 where equal", wordToHex(xnor, bits));
    const sum = 2 * (popcount - (bits - valid)) - valid;
    rows.product.show(xnor, valid, `${countText(valid, "float product")}`, `sum ${numberText(sum)}`);
    setText(count, `popcount(~(a ^ b)) = ${popcount}`);
    for (const row of bitRows) row.mark(step.mark);
    describeBit();
  }

  function placeOf(cell) {
    const row = bitRows.find(({ cells }) => cells.includes(cell));
    return row ? row.cells.indexOf(cell) : null;
  }

  function pointAt(index) {
    if (index === pointed) return;
    for (const { cells } of bitRows) {
      cells[pointed]?.removeAttribute("data-pointed");
      cells[index]?.setAttribute("data-pointed", "");
    }
    pointed = index;
    describeBit();
  }

  function describeBit() {
    if (pointed === null) {
      setText(bitSentence, HOW_TO_READ_BITS);
    } else if (pointed >= step.valid) {
      setText(bitSentence, `Bit ${pointed} is padding: 0 in both words, so XNOR makes it a 1 that stands for no number.`);
    } else {
      const [a, b] = [step.a, step.b].map((word) => (bitOf(word, pointed) ? "+1" : "−1"));
      const [relation, product] = a === b ? ["they agree", "+1"] : ["they differ", "−1"];
      setText(bitSentence, `Bit ${pointed}: a is ${a}, b is ${b}; ${relation}, and so ${a} · ${b} = ${product}.`);
    }
  }

  // What comes one after the other, from the words to their count, to be shown moving.
  const stages = { a: rows.a.bits, b: rows.b.bits, xor: rows.xor.bits, xnor: rows.xnor.bits, count };

  return { node, show, stages };
}

const LABEL_OF_WORD_VIEW =
  "One step of the loop, bit by bit. Left and right arrow: one step. Up and down arrow: previous or next " +
  "finished cell. Home and End: first and last step. Space: play or pause.";

const HOW_TO_READ_BITS =
  "Each + is +1 and stored as bit 1, each − is −1 and stored as bit 0. Point at a bit to read its column.";

function labelledRow(name, kind, width) {
  const bits = bitRow(kind, width);
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

function labelledRuler(bits) {
  const label = element("div", { class: "word-name note" }, "bit");
  return element("div", { class: "word-row word-ruler" }, label, bitRuler(bits), element("span", { class: "word-hex" }));
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
  .word-row .bits { max-width: calc(var(--bytes) * 26em); }
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
