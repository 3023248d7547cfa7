// The numbers of one step: the running count, the dot product that comes of it, and the same in float.

import { countText, element, numberText, setHidden, setText } from "../shared/dom.js";
import { setMarkedText } from "../shared/marked_text.js";

export class Arithmetic {
  constructor() {
    this.counting = equation();
    this.padding = element("p", { class: "note two-lines" });
    this.dot = equation();
    this.wrong = equation("wrong");
    this.float = equation();
    this.costs = element("tbody");
    this.node = element(
      "div",
      { class: "arithmetic" },
      element("h3", {}, "The count, and what it means"),
      this.counting.node,
      this.padding,
      this.dot.node,
      this.wrong.node,
      this.float.node,
    );
    this.costNode = element(
      "div", { class: "costs" },
      element("h3", {}, "What it costs"), this.costTable(), element("p", { class: "note" }, COST_OF_CORRECTION),
    );
  }

  load(trace) {
    this.trace = trace;
    this.wordCosts = Object.fromEntries(Object.entries(trace.word_costs).map(([name, cost]) => [name, costRow(cost)]));
    this.totals = trace.total_costs.map(costRow);
    for (const node of [this.padding, this.wrong.node]) setHidden(node, trace.padding === 0);
  }

  show(step) {
    const { trace } = this;
    const { before, popcount, acc, m, n, k } = step;
    this.counting.show(
      "count",
      `${before} + ${popcount} = ${acc}`,
      `before + this word = C[${m}, ${n}] now`,
    );
    setText(this.padding, paddingSentence(step, trace));
    // The first word of a cell is added to nothing, and the last one may hold fewer products.
    const wordCost = this.wordCosts[k === 0 ? "first" : step.finished ? "last" : "middle"];
    if (this.costs.firstChild !== wordCost) this.costs.replaceChildren(wordCost, ...this.totals);
    if (step.finished) this.showFinished(step);
    else this.showUnfinished(step);
  }

  showUnfinished({ k }) {
    const left = this.trace.words - 1 - k;
    const counted = left === 1 ? "is counted" : "are counted";
    this.dot.show("dot product", "…", `comes when ${countText(left, "more word")} of this cell ${counted}`);
    this.wrong.show("✗ without P", "…", this.forgotten());
    this.float.show("float says", "…", this.inFloat());
    this.wrong.node.classList.add("pending");
  }

  showFinished({ acc, cell }) {
    const { padding, depth, result, reference } = this.trace;
    const dot = result[cell];
    this.dot.show(
      "dot product",
      `2·(${acc} − ${padding}) − ${depth} = ${numberText(dot)}`,
      "2·(count − P) − K = agreements − differences",
    );
    this.wrong.show(
      "✗ without P",
      `2·${acc} − ${depth} = ${numberText(2 * acc - depth)}`,
      this.forgotten(),
    );
    this.wrong.node.classList.remove("pending");
    const equal = reference[cell] === dot;
    this.float.show(
      "float says",
      `${numberText(reference[cell])} ${equal ? "✓ equal" : "✗ different"}`,
      this.inFloat(),
    );
  }

  forgotten() {
    return `P forgotten: wrong by 2·P = ${2 * this.trace.padding}`;
  }

  inFloat() {
    return `the same ${countText(this.trace.depth, "product")} of +1 and −1, added in float`;
  }

  costTable() {
    const head = element(
      "tr",
      {},
      element("td"),
      element("th", { scope: "col" }, "in float"),
      element("th", { scope: "col" }, "in bits"),
    );
    return element("table", { "aria-label": "Cost in operations" }, element("thead", {}, head), this.costs);
  }
}

const COST_OF_CORRECTION =
  "Bits pay once more for each cell, however many words it has: the correction 2·(count − P) − K, " +
  "a doubling and two subtractions.";

function costRow({ scope, float, binary }) {
  const cells = [float, binary].map((text) => element("td", {}, ...unbrokenTerms(text)));
  return element("tr", {}, element("th", { scope: "row" }, scope), ...cells);
}

// "4 mul + 3 add" may break before a plus, never inside a term.
function unbrokenTerms(text) {
  return text.split(" + ").flatMap((term, index) => {
    const whole = element("span", { class: "term" }, index ? `+ ${term}` : term);
    return index ? [" ", whole] : [whole];
  });
}

function paddingSentence(step, { padding }) {
  if (!step.finished) {
    return "No padding in this word: each of its 64 bits stands for a number. The last word of a cell has some.";
  }
  return (
    `${padding} of these 64 bits are padding; the machine counts each as an agreement, ` +
    "the correction subtracts them at the end."
  );
}

// One line: a name, live numbers, and in words what they are.
function equation(kind = "") {
  const name = element("dt");
  const numbers = element("dd", { class: "mono" });
  const words = element("dd", { class: "note" });
  return {
    node: element("dl", { class: `equation ${kind}` }, name, numbers, words),
    show(...texts) {
      [name, numbers, words].forEach((part, index) => setMarkedText(part, texts[index]));
    },
  };
}

export const ARITHMETIC_STYLE = `
.bnnlab .arithmetic {
  display: flex; flex-direction: column; gap: 8px; min-width: 0;
  flex: 1 1 360px;
  .two-lines { min-height: 2.9em; } /* so that nothing below moves while it plays */
}
.bnnlab .equation {
  display: grid; grid-template-columns: 7em minmax(0, 1fr); column-gap: 10px;
  dt { color: var(--faint); }
  .mono { font-size: 15px; font-weight: 600; }
  .note { grid-column: 2; }
  &.wrong:not(.pending) .mono { color: var(--mismatch); text-decoration: line-through; }
}
.bnnlab .costs {
  display: flex; flex-direction: column; gap: 6px; min-width: 0; flex: 1 1 360px;
  table { align-self: flex-start; font-size: 13px; border: none; }
  th, td { text-align: left; padding: 3px 18px 3px 0; font-weight: 400; border: none; vertical-align: top; }
  thead th { color: var(--faint); }
  .term { white-space: nowrap; }
  tbody th { color: var(--faint); }
}
`;
