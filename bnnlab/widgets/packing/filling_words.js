// Words as they fill up, one line per packed row or column. Of many it shows the page around the one at hand.

import { bitRow } from "../shared/bits.js";
import { element, setText } from "../shared/dom.js";
import { wordToDecimal, wordToHex } from "../shared/words.js";

const MAX_LINES = 8;
const MAX_CELLS = 384; // long rows show fewer lines, so that the page stays short
const LINE_NAME_PX = 66;
const WORD_GAP_PX = 12;
const BYTE_PX = 107; // eight cells of 12 pixels, the space between them and behind them

export function fillingWords(onKey) {
  const title = element("div", { class: "note" });
  const box = element("div", { class: "filling-lines" });
  const stepped = { class: "filling", role: "application", tabindex: 0, "aria-label": LABEL_OF_FILLING_WORDS };
  const node = element("div", stepped, title, box);
  node.addEventListener("keydown", onKey);
  let side = null;
  let lines = [];

  function load(recorded) {
    side = recorded;
    const { wordsEach, wordBits, vectors } = side;
    const fitting = Math.max(2, Math.floor(MAX_CELLS / (wordsEach * wordBits)));
    const count = Math.min(MAX_LINES, fitting, vectors);
    if (lines.length !== count || lines[0].words !== wordsEach || lines[0].bits !== wordBits) {
      lines = Array.from({ length: count }, () => wordLine(wordsEach, wordBits));
      box.replaceChildren(...lines.map((line) => line.node));
    }
  }

  // The words after step `at`. `looked` is the step whose bit is framed, or null; `live` whether the last bit is.
  function show(at, looked, live) {
    const { vectors, vectorName, wordBits } = side;
    const current = looked?.vector ?? (live ? side.step(at).vector : 0);
    const top = Math.min(vectors - lines.length, Math.floor(current / lines.length) * lines.length);
    const page = lines.length < vectors ? `, ${vectorName}s ${top} to ${top + lines.length - 1} of ${vectors}` : "";
    setText(title, `Words of ${wordBits} bits, lowest bit first${page}`);
    lines.forEach((line, index) => line.show(side, top + index, at, looked, live));
  }

  return { node, load, show };
}

// How wide the words of a row or column are beside each other.
export function wordsPixels({ wordsEach, wordBits }) {
  return LINE_NAME_PX + wordsEach * ((wordBits / 8) * BYTE_PX + WORD_GAP_PX);
}

function wordLine(wordsEach, wordBits) {
  const name = element("div", { class: "filling-name" });
  const words = Array.from({ length: wordsEach }, (_, index) => {
    const bits = bitRow("xnor", wordBits);
    const caption = element("div", { class: "filling-caption mono" });
    const style = `width: ${(wordBits / 8) * BYTE_PX}px`;
    return { node: element("div", { class: "filling-word", style }, caption, bits.node), bits, caption, index };
  });
  const wordNodes = element("div", { class: "filling-words" }, ...words.map((word) => word.node));
  const node = element("div", { class: "filling-line" }, name, wordNodes);

  function show(side, vector, at, looked, live) {
    setText(name, `${side.vectorName} ${vector}`);
    for (const { bits, caption, index } of words) {
      const { word, valid, filled, now } = side.wordAfter(vector, index, at);
      bits.show(word, valid, filled, live ? now : -1);
      bits.mark(looked?.vector === vector && looked.word === index && looked.bit < filled ? looked.bit : null);
      const value = `${wordToHex(word, wordBits)} = ${wordToDecimal(word)}`;
      setText(caption, filled > 0 ? value : " ");
    }
  }
  return { node, show, words: wordsEach, bits: wordBits };
}

const LABEL_OF_FILLING_WORDS =
  "The words being filled. Left and right arrow: one number. Up and down arrow: previous or next finished word. " +
  "Home and End: first and last number. Space: play or pause.";

export const FILLING_WORDS_STYLE = `
.bnnlab .filling {
  display: flex; flex-direction: column; gap: 4px; min-width: 0; flex: 1 1 0;
  .filling-lines { display: flex; flex-direction: column; gap: 4px; }
  .filling-line { display: grid; grid-template-columns: 58px minmax(0, 1fr); gap: 8px; }
  .filling-name { color: var(--faint); line-height: 18px; padding-top: 15px; white-space: nowrap; font-size: calc(13px * var(--letters, 1)); }
  .filling-words { display: flex; flex-wrap: wrap; gap: 4px 12px; }
  .filling-word { max-width: 100%; }
  .filling-caption { font-size: calc(11px * var(--letters, 1)); line-height: 15px; white-space: pre; overflow: hidden; text-overflow: ellipsis; }
  .bits { grid-template-columns: repeat(auto-fill, 103px); gap: 3px 4px; }
  .bits .bit { height: 18px; line-height: 18px; }
  .bits .b0:not(.pad) { --cell: var(--minus); --letter: var(--paper); --rim: transparent; }
  .bits .b1:not(.pad) { --cell: var(--plus); --letter: var(--on-plus); --rim: transparent; }
}
`;
