// The whole run in one line: flips a step as relief, answers right (asked after each epoch, of the whole test set) and the
// loss as lines, now at the right end.

import { nameCanvas } from "../shared/canvas.js";
import { element, setHidden } from "../shared/dom.js";
import { writeAttribute } from "../shared/late_text.js";
import { grouped, lastKnown, percentText, roundedText } from "../shared/numbers.js";
import { linearScale, roundTicks } from "./axes.js";
import { cockpitButton, panelCanvas } from "./panel_parts.js";
import { rewinding } from "./rewinding.js";

const NAMES_EM = 9.5;
const [LOSS_MEAN, FLIPS_MEAN] = [9, 5]; // points that are averaged, as one batch says little
const CLIPPED_SHARE = 0.97; // the few highest values, of the first steps, do not flatten the rest

// cockpit: { act(command), ... }
export function timeLine(cockpit) {
  let shown = null; // { run, palette }
  let cursor = null; // index of the point that is read
  const canvas = panelCanvas(() => shown && paint(), { role: "slider", "aria-valuemin": 0 });
  const time = rewinding(canvas.node, {
    stepAt: (x) => (shown?.x ? linearScale(shown.box.left, shown.box.right, 0, shown.last)(x) : null),
    placeOf: (step) => shown.x(step),
    act: cockpit.act,
  });
  const toNow = cockpitButton("back to now", "Follow the run again (End)", () => time.seek(null), { class: "tool to-now", hidden: true });
  const node = element("section", { class: "panel deck-panel time-line", "aria-label": "The run so far" }, canvas.node, toNow);

  canvas.node.addEventListener("pointermove", ({ offsetX }) => {
    if (!shown?.x) return;
    const { steps } = shown.run;
    const step = linearScale(shown.box.left, shown.box.right, 0, shown.last)(offsetX);
    readAt(steps.length && step <= 1.02 * shown.last ? nearestStep(steps, step) : null);
  });
  canvas.node.addEventListener("pointerleave", () => readAt(null));
  canvas.node.addEventListener("blur", () => readAt(null));

  function readAt(index) {
    if (cursor === index) return;
    cursor = index;
    if (shown) paint();
  }

  function draw(state, palette) {
    const { curves, layers, now, backAt, rival, pinned } = state;
    time.follow(state);
    setHidden(toNow, backAt === null);
    // Curves travel a few times a second; drawing a little more often would show nothing else.
    const still = shown?.curves === curves && shown.palette === palette && shown.backAt === backAt;
    if (still && now >= shown.now) return;
    const run = runOf(curves, layers);
    shown = { curves, now, backAt, palette, run, rival, pinned };
    writeAttribute(canvas.node, "aria-valuemax", now);
    writeAttribute(canvas.node, "aria-valuenow", backAt ?? now);
    nameCanvas(canvas.node, `The run up to step ${grouped(now)}, to go back in: ${percentText(lastKnown(run.right), 1)} of the test answers right after the last epoch, ${grouped(run.flips.at(-1) ?? NaN)} flips a step, loss ${roundedText(lastKnown(run.loss))}`);
    paint();
  }

  function paint() {
    const pen = canvas.begin();
    if (!pen.width) return;
    const { ctx, width, height, em } = pen;
    const { run, palette, now, backAt, rival, pinned } = shown;
    const last = Math.max(10, now, ...[run.steps, ...pinned.map(({ curves }) => curves.step)].map((steps) => steps.at(-1) ?? 0));
    const box = { left: 2, right: width - NAMES_EM * em, top: 5, bottom: height - 4 };
    const x = linearScale(0, last, box.left, box.right);
    Object.assign(shown, { x, box, last });
    paintRelief(ctx, run, x, box, palette);
    paintTicks(pen, x, box, last, palette);
    const y = linearScale(0, 1, box.bottom, box.top);
    for (const { curves } of pinned) paintCurve(ctx, curves.step, curves.testAccuracy, x, y, palette.faint, 1, []);
    if (rival) paintCurve(ctx, rival.curves.step, rival.curves.testAccuracy, x, y, palette.control, 1.4, [5, 4]);
    paintCurve(ctx, run.steps, run.evenLoss, x, (value) => y(Math.min(1, value / run.lossTop)), palette.faint, 1.4, [3, 2.5]);
    paintCurve(ctx, run.steps, run.right, x, y, palette.ink, 1.7, []);
    if (backAt !== null) paintFuture(ctx, x(backAt), box, palette);
    paintNow(ctx, x(now), height, palette.ink);
    if (backAt !== null) paintThen(pen, x(backAt), backAt, palette);
    paintNames(pen, run, { rival, pinned }, y, box, palette);
    if (cursor !== null && cursor < run.steps.length && backAt === null) paintReading(pen, run, cursor, x, palette);
  }

  return { node, draw, stop: canvas.stop };
}

function runOf({ step: steps, loss, testAccuracy: right }, layers) {
  const flips = Float64Array.from(steps, (_, at) => (
    layers.reduce((sum, { curves, weights }) => sum + (curves.flipRatio[at] || 0) * weights, 0)
  ));
  const [evenLoss, evenFlips] = [trailingMean(loss, LOSS_MEAN), trailingMean(flips, FLIPS_MEAN)];
  return { steps, loss, right, flips, evenLoss, evenFlips, lossTop: highOf(evenLoss), flipsTop: highOf(evenFlips) };
}

// Of the last `count` values before each.
function trailingMean(values, count) {
  let sum = 0;
  return Float64Array.from(values, (value, at) => {
    sum += value - (at >= count ? values[at - count] : 0);
    return sum / Math.min(at + 1, count);
  });
}

function highOf(values) {
  const known = Array.from(values).filter(Number.isFinite).sort((a, b) => a - b);
  return known[Math.floor(CLIPPED_SHARE * (known.length - 1))] || known.at(-1) || 1;
}

function paintRelief(ctx, { steps, evenFlips, flipsTop }, x, box, palette) {
  if (!steps.length) return;
  const tall = 0.72 * (box.bottom - box.top);
  ctx.beginPath();
  ctx.moveTo(x(steps[0]), box.bottom);
  steps.forEach((step, at) => ctx.lineTo(x(step), box.bottom - Math.min(1.25, evenFlips[at] / flipsTop) * tall));
  ctx.lineTo(x(steps.at(-1)), box.bottom);
  ctx.fillStyle = palette.mismatch;
  ctx.globalAlpha = 0.42;
  ctx.fill();
  ctx.globalAlpha = 1;
}

// What was not measured at a step is bridged.
function paintCurve(ctx, steps, values, x, y, colour, width, dash) {
  ctx.beginPath();
  let isDrawn = false;
  for (let at = 0; at < steps.length; at += 1) {
    if (!Number.isFinite(values[at])) continue;
    if (isDrawn) ctx.lineTo(x(steps[at]), y(values[at]));
    else ctx.moveTo(x(steps[at]), y(values[at]));
    isDrawn = true;
  }
  ctx.strokeStyle = colour;
  ctx.lineWidth = width;
  ctx.lineJoin = "round";
  ctx.setLineDash(dash);
  ctx.stroke();
  ctx.setLineDash([]);
}

function paintTicks(pen, x, box, last, palette) {
  const { ctx, em } = pen;
  pen.setFont();
  ctx.textAlign = "left";
  ctx.textBaseline = "middle";
  const most = Math.max(2, Math.floor((box.right - box.left) / (14 * em)));
  for (const tick of roundTicks(0, last, most)) {
    if (!Number.isInteger(tick) || x(tick) > box.right - 5 * em) continue;
    ctx.fillStyle = palette.grid;
    ctx.fillRect(Math.round(x(tick)), box.top, 1, box.bottom - box.top);
    const label = [tick ? grouped(tick) : "step 0", x(tick) + 5, (box.top + box.bottom) / 2 - 1];
    ctx.lineWidth = 3;
    ctx.strokeStyle = palette.panel;
    ctx.strokeText(...label);
    ctx.fillStyle = palette.faint;
    ctx.fillText(...label);
  }
}

function paintNow(ctx, x, height, colour) {
  ctx.fillStyle = colour;
  ctx.fillRect(x - 1, 2, 2, height - 4);
}

// What came after the step that is looked at is paler.
function paintFuture(ctx, x, box, palette) {
  ctx.fillStyle = palette.panel;
  ctx.globalAlpha = 0.55;
  ctx.fillRect(x, 0, box.right - x, box.bottom + 4);
  ctx.globalAlpha = 1;
}

function paintThen(pen, x, step, palette) {
  const { ctx, height, em, width } = pen;
  paintNow(ctx, x, height, palette.control);
  ctx.beginPath();
  ctx.arc(x, height / 2, 6, 0, 2 * Math.PI);
  ctx.fill();
  const text = `step ${grouped(step)}`;
  const wide = ctx.measureText(text).width + em;
  const left = x + wide + 12 < width ? x + 10 : x - wide - 10;
  ctx.beginPath();
  ctx.roundRect(left, 2, wide, 1.5 * em, 4);
  ctx.fill();
  ctx.fillStyle = palette.paper;
  ctx.textAlign = "left";
  ctx.textBaseline = "middle";
  ctx.fillText(text, left + em / 2, 2 + 0.78 * em);
}

// Each name stands beside the end of its line, as near as the others let it.
function paintNames(pen, { right, evenFlips, evenLoss, lossTop, flipsTop }, { rival, pinned }, y, box, palette) {
  const { ctx, em, height } = pen;
  const line = Math.max(12, 0.92 * em);
  const known = (value) => (Number.isFinite(value) ? value : 0);
  const names = [
    { text: "right, by epoch", at: y(known(lastKnown(right)) || 1), colour: palette.ink },
    { text: "flips a step", at: y(0.72 * Math.min(1, known(evenFlips.at(-1)) / flipsTop)), colour: palette.mismatch },
    { text: "loss", at: y(Math.min(1, known(lastKnown(evenLoss)) / lossTop)), colour: palette.faint },
    ...(rival ? [{ text: `- - ${rival.name}`, at: y(known(lastKnown(rival.curves.testAccuracy)) || 1), colour: palette.control }] : []),
    ...(pinned.length ? [{ text: "— pinned", at: y(known(lastKnown(pinned.at(-1).curves.testAccuracy)) || 1), colour: palette.faint }] : []),
  ].sort((a, b) => a.at - b.at);
  names.splice(Math.max(3, Math.floor((height - 1) / line))); // those beside it give way where it is low
  let floor = line / 2 + 0.5;
  names.forEach((name, index) => {
    const most = height - line / 2 - 0.5 - (names.length - 1 - index) * line;
    name.y = Math.max(floor, Math.min(name.at, most));
    floor = name.y + line;
  });
  pen.setFont("600");
  ctx.textAlign = "left";
  ctx.textBaseline = "middle";
  for (const { text, y: middle, colour } of names) {
    ctx.fillStyle = colour;
    ctx.fillText(text, box.right + 0.7 * em, middle);
  }
  pen.setFont();
}

function paintReading(pen, { steps, right, flips, loss }, at, x, palette) {
  const { ctx, width, height, em } = pen;
  const measured = Number.isFinite(right[at]) ? `, ${percentText(right[at], 1)} right` : "";
  const text = `step ${grouped(steps[at])}: ${grouped(Math.round(flips[at]))} flips, loss ${roundedText(loss[at])}${measured}`;
  const across = x(steps[at]);
  pen.setFont();
  const wide = ctx.measureText(text).width + em;
  const left = across + wide + 8 < width ? across + 6 : across - wide - 6;
  ctx.fillStyle = palette.ink;
  ctx.fillRect(across - 0.5, 0, 1, height);
  ctx.beginPath();
  ctx.roundRect(left, height / 2 - 0.85 * em, wide, 1.7 * em, 4);
  ctx.fill();
  ctx.fillStyle = palette.paper;
  ctx.textAlign = "left";
  ctx.textBaseline = "middle";
  ctx.fillText(text, left + em / 2, height / 2 + 0.5);
}

function nearestStep(steps, step) {
  let [low, high] = [0, steps.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (steps[middle] < step) low = middle + 1;
    else high = middle;
  }
  return low > 0 && step - steps[low - 1] < steps[low] - step ? low - 1 : low;
}
