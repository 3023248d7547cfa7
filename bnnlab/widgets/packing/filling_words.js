// Words as they fill up, one line per packed row or column. Of many it shows the page around the one at hand.

import { bitRow } from "../shared/bits.js";
import { element, setHidden, setText } from "../shared/dom.js";
import { countText } from "../shared/numbers.js";
import { wordToDecimal, wordToHex } from "../shared/words.js";

const MAX_LINES = 8;
const MAX_CELLS = 384; // long rows show fewer lines, so that the page stays short
const LINE_NAME_PX = 82;
const WORD_GAP_PX = 14;

export function fillingWords(onKey) {
  const title = element("h3");
  const box = element("div", { class: "filling-lines" });
  const padding = element("p", { class: "note" });
  const stepped = { class: "panel filling", role: "application", tabindex: 0, "aria-label": LABEL_OF_FILLING_WORDS };
  const node = element("section", stepped, title, box, padding);
  node.addEventListener("keydown", onKey);
  let packing = null;
  let lines = [];

  function load(recorded) {
    packing = recorded;
    const { wordsEach, wordBits, vectors } = packing;
    const fitting = Math.max(2, Math.floor(MAX_CELLS / (wordsEach * wordBits)));
    lines = Array.from({ length: Math.min(MAX_LINES, fitting, vectors) }, () => wordLine(packing));
    box.style.setProperty("--line", `${LINE_NAME_PX + wordsEach * (wordPixels(wordBits) + WORD_GAP_PX)}px`);
    box.replaceChildren(...lines.map((line) => line.node));
    setText(padding, paddingReason(packing));
    setHidden(padding, packing.padding === 0);
  }

  function show(at) {
    const { vectors, vectorName, wordBits } = packing;
    const current = packing.step(at).vector;
    const top = Math.min(vectors - lines.length, Math.floor(current / lines.length) * lines.length);
    const last = top + lines.length - 1;
    const page = lines.length < vectors ? `, ${vectorName}s ${top} to ${last} of ${vectors}` : "";
    setText(title, `Words of ${wordBits} bits${page}: lowest bit first, bit k is worth 2^k`);
    lines.forEach((line, index) => line.show(top + index, at));
  }

  return { node, load, show };
}

function wordLine(packing) {
  const name = element("div", { class: "filling-name" });
  const words = Array.from({ length: packing.wordsEach }, (_, index) => {
    const bits = bitRow("xnor", packing.wordBits);
    const caption = element("div", { class: "filling-caption mono" });
    const style = `width: ${wordPixels(packing.wordBits)}px`;
    const node = element("div", { class: "filling-word", style }, caption, bits.node);
    return { node, bits, caption, index };
  });
  const wordNodes = element("div", { class: "filling-words" }, ...words.map((word) => word.node));
  const node = element("div", { class: "filling-line" }, name, wordNodes);

  function show(vector, at) {
    setText(name, `${packing.vectorName} ${vector}`);
    for (const { bits, caption, index } of words) {
      const { word, valid, filled, now } = packing.wordAfter(vector, index, at);
      bits.show(word, valid, filled, now);
      const value = `${wordToHex(word, packing.wordBits)} = ${wordToDecimal(word)}`;
      setText(caption, filled > 0 ? value : " ");
    }
  }
  return { node, show };
}

// Cells of 13 pixels, and 3 between bytes.
function wordPixels(bits) {
  return bits * 13 + (bits / 8 - 1) * 3;
}

function paddingReason({ depth, wordBits, wordsEach, padding, vectorName }) {
  return (
    `Hatched: ${countText(depth, "bit")} in each ${vectorName} need ${countText(wordsEach, "word")} of ${wordBits}, so ` +
    `${countText(padding, "bit")} at the end of each ${vectorName} stand for no number. They are padding, and always 0.`
  );
}

const LABEL_OF_FILLING_WORDS =
  "The words being filled. Left and right arrow: one number. Up and down arrow: previous or next finished word. " +
  "Home and End: first and last number. Space: play or pause.";

export const FILLING_WORDS_STYLE = `
.bnnlab .filling {
  display: flex; flex-direction: column; gap: 10px;
  /* Short lines stand side by side. */
  .filling-lines {
    display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, var(--line)), 1fr)); gap: 8px 20px;
  }
  .filling-line { display: grid; grid-template-columns: 74px minmax(0, 1fr); gap: 8px; }
  .filling-name { color: var(--faint); line-height: 20px; padding-top: 17px; white-space: nowrap; }
  .filling-words { display: flex; flex-wrap: wrap; gap: 6px 14px; }
  .filling-word { max-width: 100%; }
  .filling-caption { font-size: 12px; line-height: 17px; white-space: pre; }
  .bits { gap: 3px; }
  .bits .b0:not(.pad) { --cell: var(--minus); --letter: var(--paper); --rim: transparent; }
  .bits .b1:not(.pad) { --cell: var(--plus); --letter: var(--on-plus); --rim: transparent; }
}
`;
