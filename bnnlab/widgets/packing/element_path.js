// The way of one number: value, sign, bit, and its place in a word.

import { element, setText } from "../shared/dom.js";
import { numberText, signedText } from "../shared/numbers.js";

export function elementPath() {
  const value = station("number x");
  const sign = station("sign(x)");
  const bit = station("bit");
  const place = station("place");
  const reason = element("p");
  const node = element(
    "section",
    { class: "panel element-path" },
    element("h3", {}, "One number becomes one bit"),
    element("div", { class: "stations" }, value.node, sign.node, bit.node, place.node),
    reason,
  );

  function show(step) {
    const { text, vectorName } = step;
    const positive = step.sign > 0;
    value.show(text, `in [${step.row}, ${step.column}]`);
    sign.show(signedText(step.sign), isTruth(text) ? `for ${text}` : positive ? "x ≥ 0" : "not x ≥ 0");
    bit.show(positive ? "1" : "0", positive ? "+1 is kept as 1" : "−1 is kept as 0");
    place.show(`bit ${step.bit}`, `word ${step.word}, ${vectorName} ${step.vector}`);
    setText(reason, reasonFor(text, step.sign));
  }

  return { node, show };
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
