// What the panels around the network are made of: buttons, rows of choices, a canvas that knows the size of text.

import { sharpCanvas } from "../shared/canvas.js";
import { element } from "../shared/dom.js";
import { writeAttribute, writeText } from "../shared/late_text.js";
import { termedText } from "../shared/term.js";

// A button of the cockpit. `title` says what it does and with which key.
export function cockpitButton(content, title, onClick, attributes = {}) {
  const node = element("button", { type: "button", class: "tool", title, ...attributes }, ...[content].flat());
  node.addEventListener("click", onClick);
  return node;
}

// A row of buttons of which one is pressed. options: [{ value, text, title }]; `choose(value)` is called by the user only.
// What cannot be chosen just now says why, like a word that is explained.
export function choiceRow(label, options, choose) {
  const buttons = options.map(({ value, text, title }) => {
    const button = cockpitButton(text, title ?? text, () => button.ariaDisabled === "true" || choose(value));
    button.className = "";
    button.dataset.text = text;
    return button;
  });
  const node = element("div", { class: "choice-row", role: "group", "aria-label": label }, ...buttons);

  function show(chosen) {
    options.forEach(({ value }, at) => writeAttribute(buttons[at], "aria-pressed", String(value === chosen)));
  }

  function forbid(value, reason) {
    const at = options.findIndex((option) => option.value === value);
    const button = buttons[at];
    writeAttribute(button, "aria-disabled", String(Boolean(reason)));
    writeAttribute(button, "title", reason ? "" : (options[at].title ?? options[at].text));
    writeAttribute(button, "data-note", reason);
  }

  return { node, buttons, show, forbid };
}

// A line that is cut off at its end shows the whole of it when pointed at.
export function setLine(node, text) {
  writeText(node, text);
  writeAttribute(node, "title", text);
}

// The same for a line with words that are explained.
export function termedLine(node) {
  const show = termedText(node);
  return (text) => {
    show(text);
    writeAttribute(node, "title", text);
  };
}

// A canvas that fills its place. `begin()` adds to what a sharp canvas says the size of text in pixels, `em`, and a
// function that chooses a font of that family; where all text is of the `usual` weight none is ever chosen again, which
// would make the browser compute styles in the middle of a drawing.
export function panelCanvas(redraw, attributes = {}, usual = "400") {
  let em = 13;
  let font = "";
  const canvas = sharpCanvas(0, () => {
    em = parseFloat(getComputedStyle(canvas.node).fontSize);
    redraw();
  }, attributes);
  canvas.node.classList.add("panel-canvas");

  function begin() {
    const before = [canvas.node.width, canvas.node.height];
    const paper = canvas.begin();
    if (before[0] !== canvas.node.width || before[1] !== canvas.node.height) font = "";
    const setFont = (weight = usual, size = Math.max(12, 0.92 * em)) => {
      const wanted = `${weight} ${size}px ${paper.family}`;
      if (wanted === font) return;
      font = wanted;
      paper.ctx.font = wanted;
    };
    setFont();
    return { ...paper, em, setFont };
  }

  return { node: canvas.node, begin, stop: canvas.stop };
}
