// The way of one number: value, sign, bit, and its place in a word.

import { element, numberText, setText, signedText } from "../shared/dom.js";

export class ElementPath {
  constructor() {
    this.value = station("number x");
    this.sign = station("sign(x)");
    this.bit = station("bit");
    this.place = station("place");
    this.why = element("p");
    const way = [this.value, this.sign, this.bit, this.place].map(({ node }) => node);
    this.node = element(
      "section",
      { class: "panel element-path" },
      element("h3", {}, "One number becomes one bit"),
      element("div", { class: "stations" }, ...way),
      this.why,
    );
  }

  show({ row, column, text, sign, bit, word, vector, vectorName }) {
    this.value.show(text, `in [${row}, ${column}]`);
    const ordered = sign > 0 ? "x ≥ 0" : "not x ≥ 0";
    this.sign.show(signedText(sign), isTruth(text) ? `for ${text}` : ordered);
    this.bit.show(sign > 0 ? "1" : "0", sign > 0 ? "+1 is kept as 1" : "−1 is kept as 0");
    this.place.show(`bit ${bit}`, `word ${word}, ${vectorName} ${vector}`);
    setText(this.why, reasonFor(text, sign));
  }
}

function reasonFor(text, sign) {
  if (isTruth(text)) return "A truth value is a bit already: True stands for +1, False for −1.";
  if (text === "NaN") return "NaN is not a number: it is not ≥ 0, and so it counts as −1.";
  if (text === "0" || text === numberText(-0)) return "Zero has no sign of its own: 0 and −0 count as +1.";
  return sign > 0
    ? `${text} is not negative: only that is kept, how large it is does not matter any more.`
    : `${text} is negative: only that is kept, how large it is does not matter any more.`;
}

function isTruth(text) {
  return text === "True" || text === "False";
}

function station(name) {
  const value = element("div", { class: "station-value" });
  const note = element("div", { class: "note" });
  const node = element("div", { class: "station" }, element("div", { class: "note" }, name), value, note);
  return {
    node,
    show(text, what) {
      setText(value, text);
      setText(note, what);
    },
  };
}

export const ELEMENT_PATH_STYLE = `
.bnnlab .element-path {
  display: flex; flex-direction: column; gap: 12px;
  .stations {
    display: grid; grid-template-columns: repeat(4, auto); justify-content: space-between; gap: 26px;
    max-width: 620px;
  }
  .station { position: relative; min-width: 0; }
  .station-value { font-size: 22px; font-weight: 700; overflow-wrap: anywhere; line-height: 1.3; }
  .station + .station::before {
    content: "→"; position: absolute; left: -22px; top: 22px; color: var(--faint); font-size: 16px;
  }
  > p { min-height: 2.9em; }
}
`;
