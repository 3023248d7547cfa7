// The answer: how sure the network is of each class, and which one is right.

import { element } from "../shared/dom.js";
import { writeText } from "../shared/late_text.js";
import { percentText } from "../shared/numbers.js";

export function answerRows() {
  let rows = [];
  let names = "";
  const title = element("p", { class: "strip-title" }, element("b", {}, "answer"));
  const list = element("ol", { class: "answer-rows", "aria-label": "how sure the network is of each class" });
  const node = element("div", { class: "answer" }, title, list);

  function arrange({ answer, em }) {
    Object.assign(node.style, { left: `${answer.x}px`, width: `${answer.width}px` });
    Object.assign(list.style, { top: `${answer.top}px`, height: `${answer.height}px` });
    title.style.top = `${0.1 * em}px`;
  }

  function draw({ state }) {
    const { classes } = state.view;
    node.hidden = !classes.length;
    if (names !== classes.join("\n")) {
      names = classes.join("\n");
      rows = classes.map(answerRow);
      list.replaceChildren(...rows.map((row) => row.node));
    }
    const { probabilities, label } = state.example ?? { probabilities: [], label: null };
    const best = probabilities.indexOf(Math.max(...probabilities));
    rows.forEach((row, at) => row.draw(probabilities[at], at === best, at === label));
  }

  return { node, arrange, draw };
}

function answerRow(name) {
  const bar = element("i");
  const share = element("span", { class: "share" });
  const node = element("li", {}, element("b", {}, name), element("span", { class: "bar" }, bar), share);

  function draw(probability, best, right) {
    bar.style.transform = `scaleX(${probability ?? 0})`;
    node.className = `${best ? "best" : ""} ${right ? "right" : ""} ${best && !right ? "wrong" : ""}`;
    writeText(share, probability === undefined ? "" : percentText(probability, 1));
    node.title = right ? `${name} is right` : "";
  }

  return { node, draw };
}
