// The lecture's XNOR-GEMM, one inner iteration at a time. The recorded trace arrives once; every step after that is
// drawn here, without asking Python. Sends "step" when the user has stopped moving, and "edit" when signs were turned: the
// loop then runs anew.

import { adapt } from "../shared/adapter.js";
import { announce } from "../shared/announce.js";
import { arithmeticPanel, ARITHMETIC_STYLE } from "./arithmetic.js";
import { BITS_STYLE } from "../shared/bits.js";
import { COUNT_GUESS_STYLE, countGuess } from "./count_guess.js";
import { element, setHidden, setText } from "../shared/dom.js";
import { fallingBits } from "./falling_bits.js";
import { loopListing, LISTING_STYLE } from "./listing.js";
import { MACHINE_LINES_STYLE } from "../shared/machine_lines.js";
import { machineStep, MACHINE_STEP_STYLE } from "./machine_step.js";
import { matrixMap, MATRIX_MAP_STYLE } from "./matrix_map.js";
import { neuronView, NEURON_VIEW_STYLE } from "./neuron_view.js";
import { productTable, PRODUCT_TABLE_STYLE } from "./product_table.js";
import { countText, numberText } from "../shared/numbers.js";
import { SOURCE_LINES_STYLE } from "../shared/source_lines.js";
import { IN_PROSE, TERM_STYLE, termedText, termNotes } from "../shared/term.js";
import { stepKeys } from "../shared/step_keys.js";
import { addStyles } from "../shared/style.js";
import { followTheme } from "../shared/theme.js";
import { productTrace } from "./trace_data.js";
import { stepTransport, TRANSPORT_STYLE } from "../shared/transport.js";
import { turnedSigns } from "../shared/turned_signs.js";
import { bitOf } from "../shared/words.js";
import { wordView, WORD_VIEW_STYLE } from "./word_view.js";

export function mountStepper(host, send) {
  let trace = null;
  addStyles(
    host, TRANSPORT_STYLE, BITS_STYLE, WORD_VIEW_STYLE, MATRIX_MAP_STYLE, PRODUCT_TABLE_STYLE,
    SOURCE_LINES_STYLE, LISTING_STYLE, MACHINE_LINES_STYLE, MACHINE_STEP_STYLE, ARITHMETIC_STYLE, NEURON_VIEW_STYLE, COUNT_GUESS_STYLE,
    TERM_STYLE, STEPPER_STYLE,
  );
  const theme = followTheme(host, paint);
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
  const onKey = stepKeys(transport);
  const guess = countGuess(() => show(shown.at, false));
  const wordPlace = element("div", { class: "stepper-word" });
  const motion = fallingBits(wordPlace);
  const pace = paceChoice(motion);
  transport.node.append(pace);
  let word = null; // made for one width of a word
  let shown = null; // { at }
  const seen = new Set(); // steps of this product that were shown
  const arithmetic = arithmeticPanel();
  const listing = loopListing();
  const machine = machineStep();
  const neuron = neuronView();
  const takeaway = element("p", { class: "takeaway spoiler" });
  const say = termedText(takeaway, IN_PROSE);
  const spoken = element("p", { class: "visually-hidden", "aria-live": "polite" });
  const alarm = element("p", { class: "stepper-alarm", role: "alert", hidden: true });
  const turns = turnedSigns(send);
  const turnedBack = turnBack(turns);
  const body = element(
    "div",
    { class: "stepper" },
    transport.node,
    element("div", { class: "stepper-said" }, neuron.node, takeaway),
    alarm,
    guess.node,
    element(
      "div",
      { class: "stepper-step" },
      wordPlace,
      element("section", { class: "panel stepper-code" }, listing.line, machine.node),
      element("section", { class: "panel stepper-count spoiler" }, arithmetic.node),
      element("section", { class: "panel stepper-costs spoiler" }, arithmetic.costNode),
    ),
    element(
      "div", { class: "stepper-around" },
      element("section", { class: "panel" }, listing.node),
      element("section", { class: "panel stepper-maps" }, product.node, mapA.node, mapB.node),
    ),
    spoken,
  );
  host.append(body);
  const notes = termNotes(body, MEANT_IN_STEP);

  function update(data) {
    if (trace && trace.id === data.id) return;
    if (data.edit && !turns.take(data.edit)) return;
    motion.stop();
    if (trace?.word_bits !== data.word_bits) {
      body.dataset.bits = data.word_bits;
      word = wordView(onKey, turn, data.word_bits);
      wordPlace.replaceChildren(word.node, turnedBack.node);
    }
    body.dataset.guess = String(Boolean(data.guess));
    // A sign that was turned leaves the step where it is.
    const same = isTheSame(trace, data);
    const start = same ? shown.at : data.start_step;
    if (!same) seen.clear();
    trace = productTrace(data);
    const { rows, columns, depth, matrixA, matrixB } = trace;
    mapA.load({ title: "A, packed row-wise", what: `${rows} × ${depth} activations`, ...matrixA });
    mapB.load({ title: "B, packed column-wise", what: `${depth} × ${columns} weights`, ...matrixB });
    for (const part of [product, word, arithmetic, listing, machine, neuron, guess, turnedBack]) part.load(trace);
    showContradiction();
    paint();
    transport.reset(trace.steps, start);
  }

  // Turns the sign of a ("a") or b ("b") that stands in a bit of the words at hand.
  function turn(name, bit) {
    const { m, k, n } = trace.step(shown.at);
    const place = k * trace.word_bits + bit;
    turns.turn(...(name === "a" ? ["A", m * trace.depth + place] : ["B", place * trace.columns + n]));
    turns.tell();
    turnedBack.load(trace);
  }

  function show(at, playing) {
    const step = trace.step(at);
    const moved = shown?.at !== at || shown.id !== trace.id;
    shown = { at, id: trace.id };
    seen.add(at);
    host.dataset.step = at;
    mapA.outline(step.m, step.k);
    mapB.outline(step.n, step.k);
    for (const part of [product, word, arithmetic, listing, machine, neuron, guess]) part.show(step);
    say(sentence(step));
    body.dataset.guessing = String(guess.hides());
    if (moved) motion.play({ ...word.stages, sum: arithmetic.sum }, playing ? transport.stepsASecond() : 0);
    announce(host, "stepper", {
      step: at, steps: trace.steps, seen: seen.size, popcount: step.popcount, word_bits: trace.word_bits, depth: trace.depth,
      padding: trace.padding, guess: guess.guess(), right: guess.guess() !== null && guess.isRight(), trained: Boolean(trace.context),
    });
    if (!playing && !guess.hides()) setText(spoken, `Step ${at + 1} of ${trace.steps}. ${sentence(step)}`);
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

  function wordSentence({ m, n, k, popcount, before, acc, bits, valid, finished, cell }) {
    const start = `Row ${m} of A meets column ${n} of B in word ${k}: ${popcount} of ${bits} bits agree`;
    const padding = valid < bits ? ` (${bits - valid} of them padding)` : "";
    const dot = numberText(trace.result[cell]);
    const end = finished ? `, which finishes it: dot product ${dot}` : "";
    return `${start}${padding}. The count of C[${m}, ${n}] grows from ${before} to ${acc}${end}.`;
  }

  function showContradiction() {
    const at = trace.firstContradiction();
    setHidden(alarm, at === null);
    setText(alarm, at === null ? "" : `This trace contradicts itself at step ${at + 1}: its words do not give its count.`);
  }

  function paint() {
    if (trace) for (const part of [mapA, mapB, neuron]) part.paint(theme.palette);
  }

  function destroy() {
    motion.stop();
    notes.stop();
    transport.destroy();
    theme.stop();
    host.remove();
  }

  return { update, destroy };
}

// What a word is about.
const MEANT_IN_STEP = { word: ".sign-row .bits", XNOR: ".xnor-row .bits", popcount: ".word-result", padding: ".word-view .pad" };

// Whether data are those of a trace, but for signs that were turned.
function isTheSame(trace, { edit, word_bits: bits }) {
  return Boolean(trace?.edit && edit) && trace.edit.base === edit.base && trace.word_bits === bits;
}

// How many signs are turned, and the way back.
function turnBack(turns) {
  const count = element("span", { class: "note" });
  const button = element("button", { type: "button" }, "turn back");
  const node = element("div", { class: "stepper-turned" }, count, button);
  button.addEventListener("click", turns.reset);
  function load({ edit }) {
    setHidden(node, edit === null || turns.count() === 0);
    setText(count, `${countText(turns.count(), "sign")} turned`);
  }
  return { node, load };
}

// How slowly the bits of a step move.
function paceChoice(motion) {
  const choice = element("select", { "aria-label": "How the bits move", title: "How the bits of a step move" });
  for (const [value, text] of Object.entries({ normal: "bits move", slow: "slowly", off: "no motion" })) {
    choice.append(element("option", { value }, text));
  }
  choice.addEventListener("change", () => motion.setPace(choice.value));
  return choice;
}

const WORD_BESIDE_CODE = `
  .stepper-step { grid-template: auto auto 1fr / minmax(0, 1fr) var(--code); }
  .stepper-code { grid-area: 1 / 2 / 3 / 3; }
  .stepper-count { grid-area: 2 / 1 / 4 / 2; }
  .stepper-costs { grid-area: 3 / 2; }
  /* Whoever guesses a count looks at the bits and what comes of them; the code can wait. */
  &[data-guess="true"] {
    .stepper-count { grid-area: 1 / 2; }
    .stepper-code { grid-area: 2 / 1 / 3 / 3; }
    .stepper-costs { grid-area: 3 / 1 / 4 / 3; }
  }
`;

const STEPPER_STYLE = `
.bnnlab .stepper {
  display: flex; flex-direction: column; gap: 12px;
  .stepper-alarm { color: var(--mismatch); font-weight: 600; }
  .stepper-maps { display: flex; flex-wrap: wrap; gap: 14px 26px; align-items: flex-start; }
  .stepper-said { display: flex; flex-direction: column; gap: 4px; }
  .stepper-step, .stepper-around { display: grid; grid-template-columns: minmax(0, 1fr); gap: 12px; align-items: start; }
  .stepper-word { container-type: inline-size; min-width: 0; position: relative; }
  .stepper-code { display: flex; flex-direction: column; gap: 8px; }
  .stepper-count { container-type: inline-size; order: 2; }
  .stepper-code { order: 3; }
  .stepper-costs { order: 4; }
  .stepper-turned { position: absolute; right: 12px; bottom: 8px; display: flex; gap: 8px; align-items: center; }
  .stepper-turned button { min-height: 28px; }
}
/* The buttons stay in sight, where they take one line. */
@container (min-width: 680px) {
  .bnnlab .stepper {
    > .transport { position: sticky; top: var(--bar-top, 0px); z-index: 4; background: var(--paper); padding: 4px 0; margin: -4px 0; }
    .stepper-code, .stepper-count { scroll-margin-top: 112px; }
  }
}
/* The word beside the code that counts it: on a small screen, too, one sees both at once. */
@container (min-width: 940px) { .bnnlab .stepper[data-bits="8"] { --code: 480px; ${WORD_BESIDE_CODE} } }
@container (min-width: 1180px) {
  .bnnlab .stepper { --code: 545px; ${WORD_BESIDE_CODE} }
  .bnnlab .stepper .stepper-around { grid-template-columns: minmax(0, 1fr) 545px; }
}
`;

export default adapt(mountStepper);
