// Where the two vectors came from: a real image and one neuron of a trained network, and the proof at the end that the
// counted bits are that neuron's own answer.

import { element, numberText, setHidden, setText } from "../shared/dom.js";
import { setMarkedText } from "../shared/marked_text.js";

export class NeuronView {
  constructor() {
    this.canvas = element("canvas", { class: "neuron-image", role: "img" });
    this.origin = element("p", { class: "note" });
    this.verdict = element("p", { class: "neuron-verdict" });
    const text = element("div", { class: "neuron-text" }, this.origin, this.verdict);
    this.node = element("section", { class: "neuron", "aria-label": "The trained neuron" }, this.canvas, text);
  }

  load(trace) {
    this.trace = trace;
    const { context } = trace;
    setHidden(this.node, !context);
    if (!context) return;
    setHidden(this.canvas, !context.image);
    if (context.image) paintGreyImage(this.canvas, context.image);
    this.canvas.setAttribute("aria-label", "The input image");
  }

  show(step) {
    const { context, result, steps } = this.trace;
    if (!context) return;
    const last = step.at === steps - 1;
    setText(this.origin, [originText(context), context.note, last ? context.outcome : ""].join(" ").trim());
    if (!last) {
      setMarkedText(this.verdict, "At the last step the count is compared with what the network computed.");
      return;
    }
    const dot = result[result.length - 1];
    const own = measured(context.pre_activation);
    const counted = context.scale === 1 ? "" : ` = ${measured(context.scale)} · ${numberText(dot)}`;
    const answer = context.equal ? "✓ equal" : `✗ the bits give ${numberText(dot)}`;
    setMarkedText(
      this.verdict, `The sum that the network itself computed here: ${own}${counted} ${answer}`,
    );
  }
}

function originText({ noun, neuron, layer, image }) {
  const name = noun.replace(/^./, (letter) => letter.toUpperCase());
  return `${name} ${neuron} of layer ${layer}${image ? ", looking at this image" : ""}.`;
}

// float32 holds about seven digits; more would be noise of the conversion.
function measured(value) {
  return numberText(Number(value.toPrecision(7)));
}

// Grey values row by row: 0 black .. 255 white.
function paintGreyImage(canvas, { height, width, grey }) {
  Object.assign(canvas, { height, width });
  const pixels = new ImageData(width, height);
  grey.forEach((value, at) => pixels.data.set([value, value, value, 255], at * 4));
  canvas.getContext("2d").putImageData(pixels, 0, 0);
}

export const NEURON_VIEW_STYLE = `
.bnnlab .neuron {
  display: flex; gap: 14px; align-items: flex-start; flex: 1 0 100%;
  .neuron-image { height: 44px; image-rendering: pixelated; border: 1px solid var(--grid); border-radius: 4px; flex: none; }
  .neuron-text { display: flex; flex-direction: column; gap: 2px; min-width: 0; }
  .neuron-verdict { font-weight: 600; }
}
`;
