// One inner iteration, bit by bit: a, b, where they differ, where they agree, and the same products in float.

import { bitRow, bitRuler } from "../shared/bits.js";
import { bitOf, turnedWord, wordToHex } from "../shared/words.js";
import { element, setText } from "../shared/dom.js";
import { countText, numberText } from "../shared/numbers.js";

// onKey(event) gets the keys that are pressed while the view has the focus, onTurn("a" or "b", index) is called for a sign
// that is clicked where it can be turned; `bits` is the width of a word.
export function wordView(onKey, onTurn, bits) {
  const rows = {
    a: labelledRow("a", "sign", bits),
    b: labelledRow("b", "sign", bits),
    xor: labelledRow("a ^ b", "xor", bits),
    xnor: labelledRow("~(a ^ b)", "xnor", bits),
    product: labelledRow("a · b", "product", bits),
  };
  for (const row of [rows.xnor, rows.product]) row.node.classList.add("spoiler"); // they give the count away
  const bitRows = Object.values(rows).map((row) => row.bits);
  const count = element("b");
  const counting = element("p", { class: "word-result spoiler" }, "popcount(~(a ^ b)) = ", count);
  const bitSentence = element("p", { class: "note" });
  const stepper = { class: "word-view panel", role: "application", tabindex: 0, "aria-roledescription": "bit stepper" };
  const node = element(
    "div", { ...stepper, "data-bits": bits, "aria-label": LABEL_OF_WORD_VIEW },
    labelledRuler(bits), rows.a.node, rows.b.node, rows.xor.node, rows.xnor.node, counting, rows.product.node, bitSentence,
  );
  let step = null;
  let pointed = null;
  let turnable = false;
  node.addEventListener("keydown", onKey);
  node.addEventListener("pointermove", ({ target }) => pointAt(placeOf(target.closest?.(".bit"))));
  node.addEventListener("pointerleave", () => pointAt(null));
  node.addEventListener("click", ({ target }) => {
    const name = ["a", "b"].find((each) => rows[each].bits.cells.includes(target));
    const index = placeOf(target);
    if (!turnable || !name || index >= step.valid) return;
    // Shown at once; what follows from it comes when the loop has run anew.
    step = { ...step, [name]: turnedWord(step[name], index) };
    showOperand(name);
    onTurn(name, index);
  });

  function load({ edit }) {
    turnable = edit !== null;
    node.classList.toggle("turnable", turnable);
  }

  function show(shown) {
    step = shown;
    const { xor, xnor, valid, popcount } = step;
    for (const name of ["a", "b"]) showOperand(name);
    rows.xor.show(xor, valid, "XOR: 1 where different", wordToHex(xor, bits));
    rows.xnor.show(xnor, valid, "XNOR: 1 where equal", wordToHex(xnor, bits));
    const sum = 2 * (popcount - (bits - valid)) - valid;
    rows.product.show(xnor, valid, `${countText(valid, "float product")}`, `sum ${numberText(sum)}`);
    setText(count, String(popcount));
    for (const row of bitRows) row.mark(step.mark);
    describeBit();
  }

  function showOperand(name) {
    const { valid, m, k, n } = step;
    const what = name === "a" ? `row ${m} of A, word ${k}` : `column ${n} of B, word ${k}`;
    rows[name].show(step[name], valid, what, wordToHex(step[name], bits));
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
      setText(bitSentence, turnable ? `${HOW_TO_READ_BITS} ${HOW_TO_TURN}` : HOW_TO_READ_BITS);
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

  return { node, load, show, stages };
}

const LABEL_OF_WORD_VIEW =
  "One step of the loop, bit by bit. Left and right arrow: one step. Up and down arrow: previous or next " +
  "finished cell. Home and End: first and last step. Space: play or pause.";

const HOW_TO_READ_BITS = "+ is stored as 1, − as 0. Point at a bit to read its column.";
const HOW_TO_TURN = "Click one of a or b to turn it.";

function labelledRow(name, kind, width) {
  const bits = bitRow(kind, width);
  const meaning = element("span", { class: "note" });
  const hex = element("span", { class: "word-hex mono" });
  const label = element("div", { class: "word-name" }, element("span", { class: "mono" }, name), meaning);
  const node = element("div", { class: `word-row ${kind}-row` }, label, bits.node, hex);
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

const IN_ONE_LINE = `
  .word-row { grid-template-columns: 150px minmax(0, 1fr) auto; }
  .word-row .bits { grid-column: 2; grid-row: 1; }
  .word-row .word-hex { grid-column: 3; min-width: 6ch; }
  .word-name { flex-direction: column; gap: 0; line-height: 1.2; }
  .word-ruler .word-name { display: flex; }
  .word-result { padding-left: 162px; }
`;

export const WORD_VIEW_STYLE = `
.bnnlab .word-view {
  display: flex; flex-direction: column; gap: 6px;
  .word-row { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 2px 12px; align-items: center; }
  .word-name { display: flex; align-items: baseline; gap: 10px; line-height: 18px; }
  .word-name .mono { font-weight: 700; }
  .word-hex { text-align: right; font-size: calc(12px * var(--letters, 1)); white-space: nowrap; }
  .word-row .bits { grid-column: 1 / -1; grid-row: 2; }
  .word-ruler .word-name { display: none; }
  .word-row .bits { max-width: calc(var(--bytes) * 26em); }
  .word-result { font-weight: 600; }
  .bit[data-pointed] { outline: 2px solid var(--ink); outline-offset: 0; }
}
.bnnlab .turnable .sign-row .bit:not(.pad) { cursor: pointer; }
.bnnlab .turnable .sign-row .bit:not(.pad):hover { outline: 2px solid var(--control); outline-offset: 0; }
/* Name, bits and word in one line, where they have room. */
@container (min-width: 420px) { .bnnlab .word-view[data-bits="8"] { ${IN_ONE_LINE} } }
@container (min-width: 540px) { .bnnlab .word-view[data-bits="16"] { ${IN_ONE_LINE} } }
@container (min-width: 1120px) { .bnnlab .word-view { ${IN_ONE_LINE} } }
`;
