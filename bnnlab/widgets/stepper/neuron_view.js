// Where the two vectors came from: a real image and one neuron of a trained network, and the proof at the end that the
// counted bits are that neuron's own answer.

import { element, setHidden, setText } from "../shared/dom.js";
import { setMarkedText } from "../shared/marked_text.js";
import { numberText } from "../shared/numbers.js";

export function neuronView() {
  const canvas = element("canvas", { class: "neuron-image", role: "img", "aria-label": "The input image" });
  const origin = element("p", { class: "note" });
  const verdict = element("p", { class: "neuron-verdict" });
  const onward = element("p", { class: "neuron-onward" });
  const text = element("div", { class: "neuron-text" }, origin, verdict, onward);
  const node = element("section", { class: "neuron", "aria-label": "The trained neuron" }, canvas, text);
  let trace = null;

  function load(recorded) {
    trace = recorded;
    const { context } = trace;
    setHidden(node, !context);
    if (!context) return;
    setHidden(canvas, !context.image);
  }

  function show(step) {
    const { context, result, steps } = trace;
    if (!context) return;
    const last = step.at === steps - 1;
    setText(origin, [originText(context), context.note].join(" ").trim());
    setText(onward, last ? context.outcome : "");
    setMarkedText(verdict, last ? verdictText(context, result.at(-1)) : YET_TO_COME);
  }

  function paint(palette) {
    if (trace.context?.image) paintGreyImage(canvas, trace.context.image, palette.dark);
  }

  return { node, load, show, paint };
}

const YET_TO_COME = "At the last step the count is compared with what the network computed.";

function verdictText(context, dot) {
  const own = measured(context.pre_activation);
  const counted = context.scale === 1 ? "" : ` = ${measured(context.scale)} · ${numberText(dot)}`;
  const answer = context.equal ? "✓ equal" : `✗ the bits give ${numberText(dot)}`;
  return `The sum that the network itself computed here: ${own}${counted} ${answer}`;
}

function originText({ noun, neuron, layer, image }) {
  const name = noun.replace(/^./, (letter) => letter.toUpperCase());
  return `${name} ${neuron} of layer ${layer}${image ? ", looking at this image" : ""}.`;
}

// float32 holds about seven digits; more would be noise of the conversion.
function measured(value) {
  return numberText(Number(value.toPrecision(7)));
}

// Grey values row by row, of which 255 is what was written: dark on light as on paper, light on dark in a dark theme.
function paintGreyImage(canvas, { height, width, grey }, dark) {
  Object.assign(canvas, { height, width });
  const pixels = new ImageData(width, height);
  grey.forEach((ink, at) => {
    const value = dark ? ink : 255 - ink;
    pixels.data.set([value, value, value, 255], at * 4);
  });
  canvas.getContext("2d").putImageData(pixels, 0, 0);
}

export const NEURON_VIEW_STYLE = `
.bnnlab .neuron {
  display: flex; gap: 14px; align-items: flex-start; flex: 1 0 100%; padding: 4px 6px;
  .neuron-image { height: 44px; image-rendering: pixelated; border: 1px solid var(--grid); border-radius: 4px; flex: none; }
  .neuron-text { display: flex; flex-direction: column; gap: 2px; min-width: 0; }
  .neuron-verdict, .neuron-onward { font-weight: 600; }
  .neuron-onward { color: var(--control); min-height: 1.45em; }
}
`;
