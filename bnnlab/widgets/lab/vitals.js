// The vital signs of a run: a few numbers over all binary layers, each with a sentence that explains the term.

import { element, setHidden } from "../shared/dom.js";
import { overLayers } from "./lab_state.js";
import { writeText } from "../shared/late_text.js";
import { grouped, percentText, roundedText } from "../shared/numbers.js";

const NOTHING = "\u00a0"; // keeps its line

const VITALS = [
  {
    label: "Step", help: "One step is one update of all weights from one batch of training examples.",
    value: ({ step }) => grouped(step),
    detail: ({ event }) => (event ? `epoch ${grouped(event.epoch + 1)}` : "not started"),
    ofAnyNetwork: true,
  },
  {
    label: "Flips, last step",
    help: ({ latent }) => `A flip is a weight whose sign changed${latent ? ": its latent weight crossed zero" : ""}.`,
    value: (state) => grouped(overLayers(state, ({ flips }) => flips)),
    detail: (state) => shareText(state, ({ flips }) => flips, "of all signs"),
  },
  {
    label: "Net flips",
    help: "Weights whose sign now differs from the sign they started with; flipping back undoes it.",
    value: (state) => grouped(overLayers(state, (layer) => layer.net_flips)),
    detail: (state) => shareText(state, (layer) => layer.net_flips, "of all signs"),
  },
  {
    label: "Outside ±t_clip",
    help: ({ latent }) =>
      `${latent ? "Latent weights, the real numbers behind the signs," : "Weights, here −1 or +1,"} ` +
      "that lie beyond the clip value of the estimator.",
    value: (state) => percentText(overLayers(state, outside) / allWeights(state)),
    detail: (state) => (state.event ? `${grouped(Math.round(overLayers(state, outside)))} weights` : NOTHING),
  },
  {
    label: "Starved",
    help: ({ starved_after: steps }) =>
      `Weights that have had no gradient at all for ${grouped(steps)} steps, so nothing can move them.`,
    value: (state) => grouped(overLayers(state, ({ starved }) => starved)),
    detail: (state) => shareText(state, ({ starved }) => starved, "of all weights"),
  },
  {
    label: "Gradient norm",
    help:
      "Length of the loss gradient before and after the straight-through estimator (STE), " +
      "which stands in for the derivative of sign: that is zero almost everywhere.",
    value: (state) => ["before", "after"].map((when) => roundedText(norm(state, when), 2)).join(" → "),
    detail: () => "before → after STE",
  },
];

export function vitalsStrip() {
  const items = VITALS.map(({ label, help, ofAnyNetwork }) => {
    const value = element("span", { class: "value" });
    const detail = element("span", { class: "faint" });
    const spoken = element("span", { class: "visually-hidden" });
    const node = element(
      "div", { class: "vital", tabindex: "0", role: "group", "aria-label": label },
      element("span", { class: "label" }, label), value, detail, spoken,
    );

    function explain(state) {
      const text = typeof help === "string" ? help : help(state);
      if (node.dataset.help === text) return;
      node.dataset.help = text;
      writeText(spoken, text);
    }

    return { node, value, detail, explain, aboutLayers: !ofAnyNetwork };
  });
  const node = element("div", { class: "panel vitals" }, ...items.map((item) => item.node));

  function draw(state) {
    VITALS.forEach(({ value, detail }, at) => {
      const item = items[at];
      setHidden(item.node, item.aboutLayers && !state.layers.length);
      item.explain(state);
      writeText(item.value, value(state));
      writeText(item.detail, detail(state));
    });
  }

  return { node, draw, stop: () => {} };
}

function allWeights({ layers }) {
  return layers.reduce((sum, { weights }) => sum + weights, 0);
}

function outside(layer) {
  return layer.outside_clip * layer.weights;
}

function shareText(state, valueOf, ofWhat) {
  if (!state.event) return NOTHING;
  return `${percentText(overLayers(state, valueOf) / allWeights(state))} ${ofWhat}`;
}

function norm(state, when) {
  return Math.sqrt(overLayers(state, (layer) => layer[`gradient_norm_${when}`] ** 2));
}
