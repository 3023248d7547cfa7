// The five cards with curves, as a table: which curves, in which unit, and what they say.

import { labCard } from "./card.js";
import { curveChart } from "./curve.js";
import { runningMean } from "./curve_marks.js";
import { axisNumber, axisPercent, grouped, isKnown, lastKnown, percentText, roundedText } from "../shared/numbers.js";

// A point of a curve is a mean over `stride` steps. What is said about now comes from the last step itself (`now`), and
// what the test set said from its newest evaluation, with the step it was made at (`asOf`).
// `exact` prints a value in the line of numbers, `tick` on the axis.
export const CURVE_CARDS = [
  {
    area: "flip-rate", aboutLayer: true, title: () => "How many signs flip per step",
    unit: "of a layer’s signs, log scale",
    log: true, tick: axisPercent, exact: (share) => percentText(share),
    series: (state, palette) => state.layers.map((layer, at) => ({
      label: layer.name, values: layer.curves.flipRatio, now: flipShare(layer), dash: DASHES[at % DASHES.length], noisy: true,
      ...(at === state.chosen ? emphasised(palette) : quiet(palette)),
    })),
    before: "Learning a binary weight means flipping its sign; the rate falls as the network settles.",
    takeaway: flipTakeaway,
  },
  {
    area: "clipped", aboutLayer: true, title: (state) => `Gradient cut off: ${chosenLayer(state).name}`,
    unit: "of gradient entries", high: 1, tick: axisPercent, exact: (share) => percentText(share),
    series: (state, palette) => {
      const { curves: { clippedWeights, clippedInputs }, dynamics } = chosenLayer(state);
      const [weights, inputs] = [dynamics?.clipped_weight_gradients, dynamics?.clipped_input_gradients];
      return [
        { label: "weights", values: clippedWeights, now: weights, ...emphasised(palette) },
        { label: "activations", values: clippedInputs, now: inputs, dash: [6, 4], ...second(palette) },
      ];
    },
    before: "Where a number lies beyond ±t_clip, the estimator sets its gradient to zero.",
    takeaway: clippedTakeaway,
  },
  {
    area: "gradient", aboutLayer: true, title: (state) => `Gradient norm: ${chosenLayer(state).name}`,
    unit: "before and after the estimator", tick: axisNumber, exact: (norm) => roundedText(norm),
    series: (state, palette) => {
      const { curves: { normBefore, normAfter }, dynamics } = chosenLayer(state);
      const [before, after] = [dynamics?.gradient_norm_before, dynamics?.gradient_norm_after];
      return [
        { label: "before", values: normBefore, now: before, dash: [6, 4], ...quiet(palette) },
        { label: "after", values: normAfter, now: after, ...emphasised(palette) },
      ];
    },
    before: "How much of the gradient the straight-through estimator lets pass to the weights.",
    takeaway: gradientTakeaway,
  },
  {
    area: "loss", title: () => "Loss", unit: "cross-entropy in nats",
    tick: axisNumber, exact: (loss) => roundedText(loss),
    series: ({ curves, event, evaluated }, palette) => trainAndTest(
      { values: curves.loss, now: event?.loss },
      { values: curves.testLoss, now: evaluated?.test_loss, asOf: evaluated?.step }, palette,
    ),
    before: "What the training lowers: the surprise at the right answers.",
    takeaway: lossTakeaway,
  },
  {
    area: "accuracy", title: () => "Accuracy", unit: "answered correctly", high: 1,
    tick: axisPercent, exact: (share) => percentText(share, 1),
    series: ({ curves, event, evaluated }, palette) => trainAndTest(
      { values: curves.trainAccuracy, now: event?.train_accuracy },
      { values: curves.testAccuracy, now: evaluated?.test_accuracy, asOf: evaluated?.step }, palette,
    ),
    before: "The share of right answers: on each training batch, and on examples never trained on.",
    takeaway: accuracyTakeaway,
  },
];

// Layers are told apart by their dashes too, not by their shade alone.
const DASHES = [[], [7, 4], [2, 3], [10, 3, 2, 3]];

export function curveCard(definition) {
  let current = null; // { state, series }
  const card = labCard(definition.title({ layers: [], chosen: 0 }), definition.area);
  const chart = curveChart((at) => current && card.read(readout(current, definition, at)));
  card.body.append(chart.node);

  function draw(state, palette) {
    const title = definition.title(state);
    const series = definition.series(state, palette);
    const takeaway = state.event ? definition.takeaway(state) : definition.before;
    current = { state, series };
    card.rename(title);
    card.conclude(takeaway);
    const { unit, log, high, tick } = definition;
    chart.draw(palette, { steps: state.curves.step, series, unit, log, high, format: tick }, `${title}. ${takeaway}`);
    if (!state.event) card.read("");
  }

  return { node: card.node, draw, stop: chart.stop, aboutLayer: Boolean(definition.aboutLayer) };
}

// The numbers at the crosshair, or those of the last step.
function readout({ state, series }, { exact }, at) {
  const numbers = series.map(({ label, values, now, asOf }) => {
    const value = at === null ? now : values[at];
    const when = at === null && asOf !== undefined ? ` at step ${grouped(asOf)}` : "";
    return isKnown(value) ? `${label} ${exact(value)}${when}` : `${label} not measured`;
  });
  return `${at === null ? "now" : stepsOfPoint(state, at)}: ${numbers.join(" · ")}`;
}

function stepsOfPoint({ curves, stride }, at) {
  const middle = curves.step[at];
  if (stride === 1) return `step ${grouped(middle)}`;
  const [first, last] = [-1, 1].map((side) => grouped(Math.round(middle + (side * (stride - 1)) / 2)));
  return `mean of steps ${first}–${last}`;
}

function chosenLayer(state) {
  return state.layers[state.chosen] ?? { name: "", curves: {} };
}

function emphasised(palette) {
  return { colour: palette.minus, ink: palette.ink, strong: true };
}

function second(palette) {
  return { colour: palette.plus, ink: palette.ink, strong: true };
}

function quiet(palette) {
  return { colour: palette.faint, ink: palette.faint };
}

function trainAndTest(train, test, palette) {
  return [
    { label: "train", ...train, colour: palette.train, ink: palette.faint, noisy: true },
    { label: "test", ...test, colour: palette.test, ink: palette.ink, strong: true },
  ];
}

function flipShare({ dynamics, weights }) {
  return dynamics ? dynamics.flips / weights : NaN;
}

// Single steps jump about too much to be compared: this sentence is about means over some of them.
function flipTakeaway(state) {
  const { name, curves } = chosenLayer(state);
  const rates = runningMean(curves.flipRatio);
  const lately = lastKnown(rates);
  const peak = rates.reduce((best, rate, at) => (rate > rates[best] ? at : best), 0);
  const when = `around step ${grouped(Math.round(state.curves.step[peak]))}`;
  const most = percentText(rates[peak]);
  if (rates[peak] === 0) return `${name} has not flipped a sign yet.`;
  if (lately === 0) return `${name} has flipped nothing lately; ${when} it flipped ${most} per step.`;
  const rate = `${name} lately flips ${percentText(lately)} of its signs per step`;
  return lately >= 0.8 * rates[peak] ? `${rate}, as many as ever.` : `${rate}, down from ${most} ${when}.`;
}

function clippedTakeaway(state) {
  const { dynamics } = chosenLayer(state);
  const weights = dynamics.clipped_weight_gradients;
  const inputs = dynamics.clipped_input_gradients;
  if (!weights && !inputs) return "Nothing was cut off in the last step: the whole gradient went through.";
  return (
    `The estimator just set ${percentText(weights)} of the weight gradient and ` +
    `${percentText(inputs)} of the activation gradient to zero.`
  );
}

function gradientTakeaway(state) {
  const { gradient_norm_before: before, gradient_norm_after: after } = chosenLayer(state).dynamics;
  if (!isKnown(before) || !isKnown(after)) return "The gradient is not a finite number.";
  if (before === 0) return "No gradient reached this layer in the last step.";
  const kept = after / before;
  const share = kept > 1.005 ? `${roundedText(kept)} times as much` : percentText(kept);
  return `Of a gradient of norm ${roundedText(before)}, ${roundedText(after)} (${share}) reached the weights.`;
}

function lossTakeaway({ event, evaluated, view }) {
  if (!isKnown(event.loss)) return "The loss is not a finite number: the run has diverged.";
  const guessing = Math.log(view.classes.length);
  const said = isKnown(evaluated?.test_loss)
    ? `${roundedText(evaluated.test_loss)} nats on the test set at step ${grouped(evaluated.step)}`
    : `${roundedText(event.loss)} nats on the last training batch`;
  return `${said}; guessing among ${grouped(view.classes.length)} classes costs ${roundedText(guessing)} nats.`;
}

function accuracyTakeaway({ event, evaluated, view }) {
  const said = isKnown(evaluated?.test_accuracy)
    ? `${percentText(evaluated.test_accuracy, 1)} of the test set right at step ${grouped(evaluated.step)}`
    : `${percentText(event.train_accuracy, 1)} of the last batch right`;
  return `${said}; chance is ${percentText(1 / view.classes.length)}.`;
}
