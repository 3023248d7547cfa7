// One neuron, counted: its inputs' bits against its weights' bits, the sum, what the normalisation makes of it, its sign.

import { element, setHidden } from "../shared/dom.js";
import { writeAttribute, writeText } from "../shared/late_text.js";
import { axisNumber, grouped, numberText, roundedText, signedText } from "../shared/numbers.js";
import { bitPages } from "./bit_pages.js";
import { bitRows, bitsSummary } from "./bit_rows.js";
import { neuronOf, thresholdOf, wordOf } from "./neuron_bits.js";
import { lineIcon } from "./panel_icons.js";
import { choiceRow, cockpitButton, termedLine } from "./panel_parts.js";
import { term, termedText } from "../shared/term.js";

const ORDER_CHOICES = [
  { value: true, text: "sorted", title: "Those that agree together, so that the count is seen" },
  { value: false, text: "as wired", title: "In the order in which the word holds them" },
];

const PHONE_PX = 760;

// cockpit: { select(selection), stepThrough(selection) }.
export function neuronPanel(cockpit) {
  let state = null;
  let palette = null;
  let sorted = !isPhone(); // sixteen bits at a time are words, not a count

  const title = element("h3");
  const subtitle = element("span", { class: "faint" });
  const order = choiceRow("Order of the bits", ORDER_CHOICES, (value) => {
    sorted = value;
    paint();
  });
  const choose = (weight) => cockpit.select({ ...state.selection, weight });
  const [bits, pages] = [bitRows(choose), bitPages(choose)];
  const fold = cockpitButton(lineIcon("close"), "Close", foldUp, { class: "tool bare fold", "aria-label": "Close the neuron" });
  const sum = sumLine();
  const gate = element("p", { class: "faint one-line" });
  const word = element("span", { class: "word one-line" });
  const [writeGate, writeWord] = [termedLine(gate), termedLine(word)];
  const onward = cockpitButton(["the instruction that counts it", lineIcon("onward")], "Opens the step of the compiled product that counts this bit", () => cockpit.stepThrough(state.selection), { class: "tool primary onward" });
  const body = element(
    "div", { class: "panel-body" },
    pages.node, bits.node, sum.node, gate, element("div", { class: "panel-foot" }, word, onward),
  );
  const empty = element(
    "p", { class: "panel-empty" },
    "A neuron counts where its inputs’ bits agree with its weights’ bits, and sends one bit on. "
      + "Click a row of a map to see one count; a cell, to follow one weight.",
  );
  const node = element(
    "section", { class: "panel deck-panel neuron-panel", "aria-label": "Neuron" },
    element("header", {}, title, subtitle, order.node, fold), body, empty,
  );

  // On a phone what is tapped would be found far below: the panel comes up over the page's lower half instead.
  function unfold() {
    if (!isPhone() || node.popover) return;
    node.popover = "manual";
    node.showPopover();
  }

  node.addEventListener("keydown", ({ key }) => {
    if (key === "Escape") foldUp();
  });

  function foldUp() {
    if (node.popover) node.hidePopover();
    node.popover = null;
  }

  function draw(nextState, nextPalette) {
    [state, palette] = [nextState, nextPalette];
    paint();
  }

  function paint() {
    if (!state) return;
    const neuron = neuronOf(state);
    setHidden(body, !neuron);
    setHidden(order.node, !neuron?.counts);
    setHidden(empty, Boolean(neuron));
    writeText(title, neuron ? `${neuron.layer.name}, neuron ${neuron.neuron}` : "one neuron");
    writeText(subtitle, neuron ? subtitleOf(neuron, state) : "");
    if (!neuron) return;
    order.show(sorted);
    bits.draw(neuron, sorted, palette);
    pages.draw(neuron, sorted);
    sum.show(neuron, state);
    writeGate(gateText(neuron, state));
    showWord(neuron);
    setHidden(onward, !neuron.counts || !cockpit.stepThrough);
    writeAttribute(body, "aria-label", bitsSummary(neuron));
  }

  function showWord({ signs, weight, counts }) {
    setHidden(word, !counts);
    if (!counts) return;
    const { index, count, hex } = wordOf(signs, weight);
    writeWord(`${count > 1 ? `word ${index} of ${count}` : "its word"} ${hex}`);
  }

  function stop() {
    bits.stop();
    pages.stop();
  }

  return { node, draw, unfold, stop };
}

function isPhone() {
  return window.innerWidth <= PHONE_PX;
}

function subtitleOf({ counts, inputs, at }, { binarize }) {
  if (!inputs) return "no example has passed it yet";
  const place = at ? ` · pixel ${at[0]}, ${at[1]}` : "";
  if (counts) return `inputs above, ${at ? "weights" : "its weights"} below${place}`;
  return binarize === "nothing"
    ? `its inputs times its hidden numbers: no bits are counted here${place}`
    : `numbers times signs: no bits are counted here${place}`;
}

// "sum 33 − 31 = 2 → normalised x = 0.11 → its sign +1", in parts that keep their places.
function sumLine() {
  const [sum, normalised, x, pooling, pooled, end, out] = ["b", "span", "b", "span", "b", "span", "b"].map((tag) => element(tag));
  normalised.append("→ ", term("normalised"));
  const writeX = termedText(x);
  const swatch = element("i", { class: "swatch", "aria-hidden": "true" });
  const node = element("p", { class: "sum-line" }, sum, normalised, x, pooling, pooled, end, swatch, out);
  return {
    node,
    show(neuron, state) {
      setHidden(node, !neuron.inputs);
      if (!neuron.inputs) return;
      writeText(sum, sumText(neuron));
      writeX(`x = ${numberOf(neuron.x)}`);
      setHidden(pooling, !neuron.pooled);
      setHidden(pooled, !neuron.pooled);
      if (neuron.pooled) {
        writeText(pooling, `→ max ${neuron.pooled.side}×${neuron.pooled.side}`);
        writeText(pooled, numberOf(neuron.pooled.x));
      }
      const signs = state.binarize === "both" && !neuron.isLast;
      writeText(end, neuron.isLast ? "→ part of the answer" : signs ? (neuron.pooled ? "→ sign" : "→ its sign") : "→ cut to ±t_clip");
      setHidden(swatch, !signs);
      swatch.classList.toggle("minus", neuron.out < 0);
      setHidden(out, neuron.isLast);
      writeText(out, signs ? signedText(neuron.out) : numberOf(Math.max(-state.clip, Math.min(state.clip, neuron.decided))));
    },
  };
}

function sumText({ counts, agree, differ, left, sum }) {
  if (!counts || left) return `sum ${numberOf(sum)}`;
  const difference = `sum ${agree} − ${differ} = ${numberText(agree - differ)}`;
  return Math.abs(sum - (agree - differ)) > 1e-3 ? `${difference}, scaled ${numberOf(sum)}` : difference;
}

function gateText(neuron, { clip, binarize, config }) {
  if (!neuron.inputs || neuron.isLast) return "";
  const threshold = thresholdOf(neuron);
  const compared = threshold && binarize === "both"
    ? `+1 if ${neuron.pooled ? "one" : "the"} sum ${threshold.upward ? "≥" : "≤"} ${axisNumber(threshold.at || 0)}. `
    : "";
  return compared + wayBackText(Math.abs(neuron.decided) <= clip, config?.quantizer);
}

function wayBackText(inside, quantizer) {
  if (quantizer === "identity_ste") return "This estimator lets every gradient pass back.";
  if (inside) return "Inside ±t_clip: its gradient passes on the way back.";
  if (quantizer === "swish_sign") return "Beyond ±t_clip: little of its gradient passes back.";
  return "Beyond ±t_clip: on the way back its gradient is blocked.";
}

function numberOf(value) {
  const size = Math.abs(value);
  if (Number.isInteger(value) || size >= 1000) return grouped(value);
  return size < 0.005 ? roundedText(value, 2) : grouped(value, size < 100 ? 2 : 1);
}
