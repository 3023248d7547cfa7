// The card of a stop: its text, its task, and the way on. It stands in the corner where it hides least.

import { element, setHidden, setText } from "../shared/dom.js";
import { icon } from "../shared/icons.js";
import { IN_PROSE, termedText } from "../shared/term.js";

// In this order: at the top, what is pressed in the card stays where it is when a sentence is added below.
const CORNERS = ["top right", "bottom right", "top left", "bottom left"];
const [MARGIN, TOP_MARGIN] = [12, 52]; // CSS pixels, as in the style

// The card's own elements, and how they show a stop.
export function tourCard({ onBack, onNext, onLeave, onReturn, onStop, onAnswer, onHall }) {
  const button = (text, press, attributes = {}) => {
    const node = element("button", { type: "button", ...attributes }, text);
    node.addEventListener("click", press);
    return node;
  };
  const place = element("span", { class: "tour-place" });
  const hall = button(icon("whole"), onHall, { title: "Large type and the whole screen, for a lecture hall", "aria-label": "full screen" });
  const paper = element("a", { class: "tour-paper", target: "_blank", title: "The whole tour on paper" }, "print");
  const leave = button("leave", onLeave, { title: "Leave the tour; your own run is as you left it" });
  const title = element("h2", { tabindex: "-1" });
  const text = element("div", { class: "tour-text" });
  const notice = element("p", { class: "tour-notice", role: "status" });
  const ask = element("p", { class: "tour-ask" });
  const field = element("input", { type: "text", inputmode: "numeric", "aria-label": "your answer", autocomplete: "off" });
  const answerForm = element("form", { class: "tour-answer" }, field, element("button", {}, "check"));
  answerForm.addEventListener("submit", (event) => {
    event.preventDefault();
    onAnswer(field.value);
  });
  const verdict = element("p", { class: "tour-verdict", "aria-live": "polite" });
  const hint = button("a hint", () => showHint(), { class: "tour-hint" });
  const hinted = element("p", { class: "tour-hinted" });
  const task = element("section", { class: "tour-task", "aria-label": "Your turn" }, element("h3", {}, "Your turn"), ask, answerForm, verdict, hint, hinted);
  const bar = element("ol", { class: "tour-bar", "aria-label": "All stops" });
  const back = button("back", onBack);
  const next = button("next", onNext, { class: "tour-next" });
  const away = element("section", { class: "tour-away" }, element("p", {}, "You have left the tour's page. Look around; the tour waits."), button("back to the stop", onReturn, { class: "tour-next" }));
  const body = element("div", { class: "tour-body" }, text, notice, task);
  const node = element(
    "aside", { class: "tour-card", "aria-label": "The tour", tabindex: "-1", popover: "manual" },
    element("header", {}, place, hall, paper, leave), title, away, body, bar, element("footer", {}, back, next),
  );
  let shown = null;

  function show(data, moved) {
    const { stop, stops } = data;
    if ((stop !== null) !== node.matches(":popover-open")) node.togglePopover(stop !== null);
    if (stop === null) return;
    shown = data;
    setText(place, `${stop} of ${stops.length}`);
    setText(title, data.title);
    setHidden(away, data.on_page);
    setHidden(body, !data.on_page);
    setHidden(paper, !data.handout);
    if (data.handout) paper.href = data.handout;
    if (moved) text.replaceChildren(...data.text.map(termedParagraph));
    setText(notice, data.notice ?? "");
    setHidden(notice, !data.notice);
    setText(ask, data.task.ask);
    setHidden(answerForm, !data.task.fact);
    back.disabled = stop === 1;
    setText(next, stop === stops.length ? "finish" : "next");
    next.title = stop === stops.length ? "Ends the tour and leads to the Lab, where your own network is" : "";
    bar.replaceChildren(...stops.map((name, at) => stopMark(name, at + 1, stop)));
    if (!moved) return;
    field.value = "";
    setText(hinted, "");
    setHidden(hint, false);
    verdict.textContent = "";
    node.dataset.done = "false";
  }

  function stopMark(name, number, stop) {
    const mark = button("", () => onStop(number), { title: `${number}: ${name}`, "aria-label": `stop ${number}: ${name}` });
    if (number === stop) mark.setAttribute("aria-current", "step");
    mark.dataset.behind = String(number < stop);
    return element("li", {}, mark);
  }

  // Stops whose task was done.
  function tick(stops) {
    [...bar.children].forEach(({ firstChild: mark }, at) => {
      mark.dataset.ticked = String(stops.has(at + 1));
    });
  }

  function showHint() {
    setText(hinted, shown.task.hint);
    setHidden(hint, true);
  }

  // `says`: how near one is, or what came of it.
  function tell({ done, says }) {
    if (node.dataset.done !== String(done)) node.dataset.done = String(done);
    setText(verdict, done ? ["✓", says, shown.task.praise].filter(Boolean).join(" ") : says);
    if (!done) return;
    setHidden(hint, true);
    setText(hinted, "");
  }

  // Stands in the corner in which it hides least of what it points at.
  function giveWay(box) {
    const best = box ? leastHiding(box, node.offsetWidth, node.offsetHeight) : CORNERS[0];
    if (node.dataset.corner !== best) node.dataset.corner = best;
  }

  return { node, show, tick, tell, giveWay, next: onNext, nudge: showHint };
}

function termedParagraph(sentences) {
  const paragraph = element("p");
  termedText(paragraph, IN_PROSE)(sentences);
  return paragraph;
}

function leastHiding(box, width, height) {
  const hidden = CORNERS.map((corner) => {
    const left = corner.endsWith("right") ? innerWidth - width - MARGIN : MARGIN;
    const top = corner.startsWith("bottom") ? innerHeight - height - MARGIN : TOP_MARGIN;
    const across = Math.min(left + width, box.right) - Math.max(left, box.left);
    const down = Math.min(top + height, box.bottom) - Math.max(top, box.top);
    return Math.max(0, across) * Math.max(0, down);
  });
  return CORNERS[hidden.indexOf(Math.min(...hidden))];
}
