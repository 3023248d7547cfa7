// The numbers of one step: the running count, the dot product that comes of it, and the same in float.

import { totalCosts, wordCosts } from "./costs.js";
import { element, setHidden, setText } from "../shared/dom.js";
import { IN_PROSE, termedText } from "../shared/term.js";
import { setMarkedText } from "../shared/marked_text.js";
import { countText, numberText } from "../shared/numbers.js";

export function arithmeticPanel() {
  const counting = equation();
  const padding = element("p", { class: "note two-lines" });
  const sayPadding = termedText(padding, IN_PROSE);
  const dot = equation();
  const wrong = equation("wrong");
  const float = equation();
  const costs = element("tbody");
  let trace = null;
  let ofWords = {};
  let totals = [];
  const node = element(
    "div",
    { class: "arithmetic" },
    element("h3", {}, "The count, and what it means"),
    counting.node,
    padding,
    dot.node,
    wrong.node,
    float.node,
  );
  const costNode = element(
    "div", { class: "costs" },
    element("h3", {}, "What it costs"), costTable(costs), element("p", { class: "note" }, COST_OF_CORRECTION),
  );

  function load(recorded) {
    trace = recorded;
    const { depth, rows, columns, word_bits: bits } = trace;
    ofWords = Object.fromEntries(Object.entries(wordCosts(depth, bits)).map(([name, cost]) => [name, costRow(cost)]));
    totals = totalCosts(depth, rows * columns, bits).map(costRow);
    for (const part of [padding, wrong.node]) setHidden(part, trace.padding === 0);
  }

  function show(step) {
    const { before, popcount, acc, m, n, k } = step;
    counting.show(
      "count",
      `${before} + ${popcount} = ${acc}`,
      `before + this word = C[${m}, ${n}] now`,
    );
    sayPadding(paddingSentence(step, trace));
    // The first word of a cell is added to nothing, and the last one may hold fewer products.
    const ofWord = ofWords[k === 0 ? "first" : step.finished ? "last" : "middle"];
    if (costs.firstChild !== ofWord) costs.replaceChildren(ofWord, ...totals);
    if (step.finished) showFinished(step);
    else showUnfinished(step);
  }

  function showUnfinished({ k }) {
    const left = trace.words - 1 - k;
    const counted = left === 1 ? "is counted" : "are counted";
    dot.show("dot product", "…", `comes when ${countText(left, "more word")} of this cell ${counted}`);
    wrong.show("✗ forgotten", "…", forgotten());
    float.show("float says", "…", inFloat());
    wrong.node.classList.add("pending");
  }

  function showFinished({ acc, cell }) {
    const { padding: left, depth, result, reference } = trace;
    dot.show(
      "dot product",
      `2·(${acc} − ${left}) − ${depth} = ${numberText(result[cell])}`,
      "2·(count − padding) − products = agreeing − differing",
    );
    wrong.show(
      "✗ forgotten",
      `2·${acc} − ${depth} = ${numberText(2 * acc - depth)}`,
      forgotten(),
    );
    wrong.node.classList.remove("pending");
    const equal = reference[cell] === result[cell];
    float.show(
      "float says",
      `${numberText(reference[cell])} ${equal ? "✓ equal" : "✗ different"}`,
      inFloat(),
    );
  }

  function forgotten() {
    return `the padding not taken off: wrong by 2·${trace.padding} = ${2 * trace.padding}`;
  }

  function inFloat() {
    return `the same ${countText(trace.depth, "product")} of +1 and −1, added in float`;
  }

  return { node, costNode, sum: counting.numbers, load, show };
}

function costTable(body) {
  const head = element(
    "tr",
    {},
    element("td"),
    element("th", { scope: "col" }, "in float"),
    element("th", { scope: "col" }, "in bits"),
  );
  return element("table", { "aria-label": "Cost in operations" }, element("thead", {}, head), body);
}

const COST_OF_CORRECTION =
  "Bits pay once more for each cell, however many words it has: for 2·(count − padding) − products, " +
  "a doubling and two subtractions. The first word of a cell starts its sum; each further one has to be added to it.";

function costRow({ scope, float, binary }) {
  const cells = [float, binary].map((text) => element("td", {}, ...unbrokenTerms(text)));
  return element("tr", {}, element("th", { scope: "row" }, scope), ...cells);
}

// "4 mul + 3 add" may break before a plus, never inside a term.
function unbrokenTerms(text) {
  return text.split(" + ").flatMap((term, index) => {
    const whole = element("span", { class: "cost-term" }, index ? `+ ${term}` : term);
    return index ? [" ", whole] : [whole];
  });
}

function paddingSentence(step, { padding, word_bits: bits }) {
  if (!step.finished) {
    return `No padding in this word: each of its ${bits} bits stands for a number. The last word of a cell has some.`;
  }
  return (
    `${padding} of these ${bits} bits are padding; the machine counts each as an agreement, ` +
    "the correction subtracts them at the end."
  );
}

// One line: a name, live numbers, and in words what they are.
function equation(kind = "") {
  const name = element("dt");
  const numbers = element("dd", { class: "mono" });
  const words = element("dd", { class: "note" });
  return {
    numbers,
    node: element("dl", { class: `equation ${kind}` }, name, numbers, words),
    show(...texts) {
      [name, numbers, words].forEach((part, index) => setMarkedText(part, texts[index]));
    },
  };
}

export const ARITHMETIC_STYLE = `
.bnnlab .arithmetic {
  display: flex; flex-direction: column; gap: 8px; min-width: 0;
  .two-lines { min-height: 2.9em; } /* so that nothing below moves while it plays */
}
.bnnlab .equation {
  display: grid; grid-template-columns: 7em minmax(0, 1fr); column-gap: 10px;
  dt { color: var(--faint); }
  .mono { font-size: calc(15px * var(--letters, 1)); font-weight: 600; }
  .note { grid-column: 2; }
  @container (min-width: 560px) {
    & { grid-template-columns: 7em 15em minmax(0, 1fr); align-items: baseline; }
    .note { grid-column: 3; }
  }
  &.wrong:not(.pending) .mono { color: var(--mismatch); text-decoration: line-through; }
}
.bnnlab .costs {
  display: flex; flex-direction: column; gap: 6px; min-width: 0;
  table { align-self: flex-start; font-size: calc(13px * var(--letters, 1)); border: none; }
  th, td { text-align: left; padding: 3px 18px 3px 0; font-weight: 400; border: none; vertical-align: top; }
  thead th { color: var(--faint); }
  .cost-term { white-space: nowrap; }
  tbody th { color: var(--faint); }
}
`;
