// The lecture's XNOR-GEMM, one inner iteration at a time. The recorded trace arrives once; every step after that is
// drawn here, without asking Python. Sends "step" when the user has stopped moving.

import { adapt } from "../shared/adapter.js";
import { arithmeticPanel, ARITHMETIC_STYLE } from "./arithmetic.js";
import { BITS_STYLE } from "../shared/bits.js";
import { element, setHidden, setText } from "../shared/dom.js";
import { loopListing, LISTING_STYLE } from "./listing.js";
import { MACHINE_LINES_STYLE } from "../shared/machine_lines.js";
import { machineStep, MACHINE_STEP_STYLE } from "./machine_step.js";
import { matrixMap, MATRIX_MAP_STYLE } from "./matrix_map.js";
import { neuronView, NEURON_VIEW_STYLE } from "./neuron_view.js";
import { productTable, PRODUCT_TABLE_STYLE } from "./product_table.js";
import { numberText } from "../shared/numbers.js";
import { SOURCE_LINES_STYLE } from "../shared/source_lines.js";
import { stepKeys } from "../shared/step_keys.js";
import { addStyles } from "../shared/style.js";
import { followTheme } from "../shared/theme.js";
import { productTrace } from "./trace_data.js";
import { stepTransport, TRANSPORT_STYLE } from "../shared/transport.js";
import { bitOf } from "../shared/words.js";
import { wordView, WORD_VIEW_STYLE } from "./word_view.js";

export function mountStepper(host, send) {
  let trace = null;
  addStyles(
    host, TRANSPORT_STYLE, BITS_STYLE, WORD_VIEW_STYLE, MATRIX_MAP_STYLE, PRODUCT_TABLE_STYLE,
    SOURCE_LINES_STYLE, LISTING_STYLE, MACHINE_LINES_STYLE, MACHINE_STEP_STYLE, ARITHMETIC_STYLE, NEURON_VIEW_STYLE, STEPPER_STYLE,
  );
  const theme = followTheme(host, paintMaps);
  const transport = stepTransport({
    label: "Step through the product",
    onStep: show,
    onSettle: (at) => send("step", at),
    jump: {
      text: "next cell",
      label: "Next finished cell",
      target: (at, direction) => trace.finishing(at, direction),
    },
  });
  const mapA = matrixMap("rows");
  const mapB = matrixMap("columns");
  const product = productTable();
  const word = wordView(stepKeys(transport));
  const arithmetic = arithmeticPanel();
  const listing = loopListing();
  const machine = machineStep();
  const neuron = neuronView();
  const takeaway = element("p", { class: "takeaway" });
  const spoken = element("p", { class: "visually-hidden", "aria-live": "polite" });
  const alarm = element("p", { class: "stepper-alarm", role: "alert", hidden: true });
  host.append(
    element(
      "div",
      { class: "stepper" },
      transport.node,
      element("div", { class: "stepper-said" }, neuron.node, takeaway),
      alarm,
      element(
        "div",
        { class: "stepper-step" },
        element("div", { class: "stepper-word" }, word.node),
        element("section", { class: "panel stepper-code" }, listing.line, machine.node),
      ),
      element("section", { class: "panel stepper-numbers" }, arithmetic.node, arithmetic.costNode, listing.node),
      element("div", { class: "stepper-maps panel" }, mapA.node, mapB.node, product.node),
      spoken,
    ),
  );

  function update(data) {
    if (trace && trace.id === data.id) return;
    trace = productTrace(data);
    const { rows, columns, depth, matrixA, matrixB } = trace;
    mapA.load({ title: "A, packed row-wise", what: `${rows} × ${depth} activations`, ...matrixA });
    mapB.load({ title: "B, packed column-wise", what: `${depth} × ${columns} weights`, ...matrixB });
    for (const part of [product, arithmetic, listing, machine, neuron]) part.load(trace);
    showContradiction();
    paintMaps();
    transport.reset(trace.steps, data.start_step);
  }

  function show(at, playing) {
    const step = trace.step(at);
    host.dataset.step = at;
    mapA.outline(step.m, step.k);
    mapB.outline(step.n, step.k);
    for (const part of [product, word, arithmetic, listing, machine, neuron]) part.show(step);
    setText(takeaway, sentence(step));
    if (!playing) setText(spoken, `Step ${at + 1} of ${trace.steps}. ${sentence(step)}`);
  }

  function sentence(step) {
    return [bitSentence(step), wordSentence(step)].filter(Boolean).join(" ");
  }

  // What the bit of the weight that is looked at does to the count.
  function bitSentence({ mark, a, b }) {
    if (mark === null) return "";
    const [input, weight] = [a, b].map((word) => (bitOf(word, mark) ? "+1" : "−1"));
    const [relation, added] = input === weight ? ["they agree", 1] : ["they differ", 0];
    const name = trace.mark.weight.replace(/^./, (letter) => letter.toUpperCase());
    return `${name} of ${trace.mark.of} is ${input}, its weight ${weight}: ${relation}, so this bit adds ${added} to the count.`;
  }

  function wordSentence({ m, n, k, popcount, before, acc, valid, finished, cell }) {
    const start = `Row ${m} of A meets column ${n} of B in word ${k}: ${popcount} of 64 bits agree`;
    const padding = valid < 64 ? ` (${64 - valid} of them padding)` : "";
    const dot = numberText(trace.result[cell]);
    const end = finished ? `, which finishes it: dot product ${dot}` : "";
    return `${start}${padding}. The count of C[${m}, ${n}] grows from ${before} to ${acc}${end}.`;
  }

  function showContradiction() {
    const at = trace.firstContradiction();
    setHidden(alarm, at === null);
    setText(alarm, at === null ? "" : `This trace contradicts itself at step ${at + 1}: its words do not give its count.`);
  }

  function paintMaps() {
    if (trace) for (const map of [mapA, mapB]) map.paint(theme.palette);
  }

  function destroy() {
    transport.destroy();
    theme.stop();
    host.remove();
  }

  return { update, destroy };
}

const STEPPER_STYLE = `
.bnnlab .stepper {
  display: flex; flex-direction: column; gap: 12px;
  .stepper-alarm { color: var(--mismatch); font-weight: 600; }
  .stepper-maps { display: flex; flex-wrap: wrap; gap: 14px 26px; align-items: flex-start; }
  .stepper-said { display: flex; flex-direction: column; gap: 4px; }
  .stepper-step { display: grid; grid-template-columns: minmax(0, 1fr); gap: 12px; align-items: start; }
  .stepper-word { container-type: inline-size; min-width: 0; }
  .stepper-code { display: flex; flex-direction: column; gap: 8px; }
  .stepper-numbers { display: flex; flex-wrap: wrap; gap: 14px 32px; }
}
/* The word beside the code that counts it: on a small screen, too, one sees both at once. */
@container (min-width: 1180px) {
  .bnnlab .stepper .stepper-step { grid-template-columns: minmax(0, 1fr) 545px; }
}
`;

export default adapt(mountStepper);
