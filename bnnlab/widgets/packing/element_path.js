// The way of one number in a line: value, sign, bit, and its place in a word.

import { element, setText } from "../shared/dom.js";
import { numberText, signedText } from "../shared/numbers.js";
import { bitOf, wordToDecimal } from "../shared/words.js";

const MAX_BITS_ADDED = 8;

export function elementPath() {
  const stations = ["number", "its sign", "as a bit", "kept in"].map(station);
  const reason = element("span", { class: "note" });
  const node = element("section", { class: "element-path" }, ...stations.map(({ node: one }) => one), reason);

  // `kept` is the word that the number's bit stands in, as far as it is written.
  function show({ name, row, column, text, sign, vector, vectorName, word, bit }, kept, wordBits) {
    const positive = sign > 0;
    const texts = [
      `${name}[${row}, ${column}] = ${text}`,
      signedText(sign),
      positive ? "1" : "0",
      `bit ${bit} of word ${word}, ${vectorName} ${vector}`,
    ];
    stations.forEach((one, index) => setText(one.value, texts[index]));
    setText(reason, reasonFor(text) || sumOfBits(kept, wordBits));
  }

  return { node, show };
}

function station(name) {
  const value = element("b");
  return { node: element("span", { class: "station" }, element("span", { class: "note" }, name), value), value };
}

// What needs a word of explanation.
function reasonFor(text) {
  if (text === "True" || text === "False") return "A truth value is a bit already: True stands for +1, False for −1.";
  if (text === "NaN") return "NaN is not a number: it is not ≥ 0, and so it counts as −1.";
  if (text === "0" || text === numberText(-0)) return "Zero has no sign of its own: 0 and −0 count as +1.";
  return "";
}

// A word is the sum of its bits, each times its power of two: written out where it stays short.
function sumOfBits(word, wordBits) {
  if (wordBits > MAX_BITS_ADDED) return "";
  const parts = Array.from({ length: wordBits }, (_, bit) => bitOf(word, bit) && 2 ** bit).filter(Boolean);
  return `the word: Σ bit · 2^place = ${parts.join(" + ") || 0}${parts.length > 1 ? ` = ${wordToDecimal(word)}` : ""}`;
}

export const ELEMENT_PATH_STYLE = `
.bnnlab .element-path {
  display: flex; align-items: baseline; gap: 2px 22px; min-height: 22px; min-width: 0; overflow: hidden;
  .station { position: relative; white-space: nowrap; display: inline-flex; gap: 6px; align-items: baseline; }
  > .note { min-width: 0; overflow: hidden; white-space: nowrap; text-overflow: ellipsis; } /* one line, so that nothing jumps */
  .station:not(:nth-of-type(4))::after { content: "→"; position: absolute; right: -18px; color: var(--faint); }
}
@container (max-width: 699px) { .bnnlab .element-path { flex-wrap: wrap; min-height: 46px; } }
`;
