// Curves over steps: labelled where they end, with a crosshair that reads them at any step.

import { logTicks, drawAxes, linearScale, logScale, roundTicks, roundUp } from "./axes.js";
import { nameCanvas, sharpCanvas } from "./canvas.js";
import { grouped, lastKnown } from "./numbers.js";

const CHART_HEIGHT = 196;
const LABEL_ROOM = 96; // most that the names beside the curves may take
const EMPTY_TEXT = "Press Play or Step to start the curve.";

// `read(index)` is called with the index of the point under the crosshair, or null.
export function curveChart(read) {
  let shown = null; // the last arguments of draw
  let room = { names: null, width: 0 };
  let cursor = null; // step under the crosshair
  const canvas = sharpCanvas(CHART_HEIGHT, () => shown && paint());

  canvas.node.addEventListener("pointermove", (event) => moveTo(event.offsetX));
  canvas.node.addEventListener("pointerleave", () => leave());
  canvas.node.addEventListener("blur", () => leave());
  canvas.node.addEventListener("keydown", (event) => {
    const direction = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!direction || !shown?.steps.length) return;
    event.preventDefault();
    const last = shown.steps.length - 1;
    const at = cursor === null ? last : nearest(shown.steps, cursor) + direction;
    cursor = shown.steps[Math.max(0, Math.min(last, at))];
    paint();
  });

  // chart: { steps, unit, format, log, high, series }; a series is { label, values, colour, ink, dash, strong, noisy }:
  // `noisy` values are drawn as dots, with a line through their running mean.
  function draw(palette, chart, name) {
    shown = { palette, ...chart };
    nameCanvas(canvas.node, name);
    paint();
  }

  // Room for the names at the ends. Measuring text after other text changed costs a layout, so only when it must be.
  function roomFor(ctx, series, family) {
    const names = series.map(({ label }) => label).join("\n");
    if (room.names !== names) room = { names, width: labelRoom(ctx, series, family) };
    return room.width;
  }

  function moveTo(pixel) {
    if (!shown?.steps.length) return;
    const { box, last } = shown;
    cursor = Math.max(0, ((pixel - box.left) / (box.right - box.left)) * last);
    paint();
  }

  function leave() {
    cursor = null;
    if (shown) paint();
  }

  function paint() {
    const { ctx, width, height, family } = canvas.begin();
    const { palette, steps, series } = shown;
    if (!width) return;
    const box = { left: 58, right: width - roomFor(ctx, series, family), top: 26, bottom: height - 38 };
    const last = Math.max(1, steps[steps.length - 1] ?? 10);
    Object.assign(shown, { box, last });
    const x = linearScale(0, last, box.left, box.right);
    const y = verticalAxis(shown, box);
    const wholeSteps = roundTicks(0, last, 4).filter(Number.isInteger);
    drawAxes(ctx, box, palette, { scale: x, ticks: wholeSteps, format: (v) => grouped(v), label: "step" }, y);
    if (!steps.length) return drawEmpty(ctx, box, palette, family);
    for (const one of series) {
      if (one.noisy) drawDots(ctx, one, steps, x, y.scale);
    }
    const lines = series.map((one) => (one.noisy ? { ...one, values: runningMean(one.values) } : one));
    for (const one of lines) drawLine(ctx, one, steps, x, y.scale);
    drawEndLabels(ctx, lines, box, y.scale, family);
    const at = cursor === null ? null : nearest(steps, cursor);
    if (at !== null) drawCrosshair(ctx, series, at, x(steps[at]), y.scale, box, palette);
    read(at);
  }

  return { node: canvas.node, draw, stop: canvas.stop };
}

function verticalAxis({ series, unit, format, log, high }, box) {
  let [top, least] = [0, Infinity];
  for (const { values } of series) {
    for (const value of values) {
      if (value > top && Number.isFinite(value)) top = value;
      if (value > 0 && value < least) least = value;
    }
  }
  if (log) {
    const roof = top ? 10 ** Math.ceil(Math.log10(top) - 1e-9) : 0.1;
    const floor = Math.min(roof / 10, 10 ** Math.floor(Math.log10(Math.min(least, roof))));
    const scale = logScale(floor, roof, box.bottom, box.top);
    return { scale, ticks: [...logTicks(floor, roof), 0], format, label: unit };
  }
  const roof = high ?? (top ? roundUp(top) : 1);
  return { scale: linearScale(0, roof, box.bottom, box.top), ticks: roundTicks(0, roof, 4), format, label: unit };
}

function labelRoom(ctx, series, family) {
  ctx.font = `600 12px ${family}`;
  const widths = series.map(({ label }) => ctx.measureText(label).width);
  ctx.font = `12px ${family}`;
  return Math.min(LABEL_ROOM, Math.max(...widths)) + 16;
}

// The mean of each value and its neighbours, over about a thirtieth of the curve; not measured stays unknown.
export function runningMean(values) {
  const reach = Math.round(values.length / 60);
  return Float32Array.from(values, (_, at) => {
    let [sum, known] = [0, 0];
    for (let near = Math.max(0, at - reach); near <= Math.min(values.length - 1, at + reach); near += 1) {
      if (Number.isFinite(values[near])) [sum, known] = [sum + values[near], known + 1];
    }
    return sum / known;
  });
}

function drawDots(ctx, { values, colour }, steps, x, y) {
  ctx.fillStyle = colour;
  ctx.globalAlpha = 0.4;
  for (let at = 0; at < steps.length; at += 1) {
    if (Number.isFinite(values[at])) ctx.fillRect(x(steps[at]) - 0.75, y(values[at]) - 0.75, 1.5, 1.5);
  }
  ctx.globalAlpha = 1;
}

function drawLine(ctx, { values, colour, dash, strong }, steps, x, y) {
  ctx.strokeStyle = ctx.fillStyle = colour;
  ctx.lineWidth = strong ? 2 : 1.5;
  ctx.setLineDash(dash ?? []);
  ctx.beginPath();
  let known = 0;
  for (let at = 0; at < steps.length; at += 1) {
    if (!Number.isFinite(values[at])) continue; // not measured at this step: the line goes straight on
    ctx.lineTo(x(steps[at]), y(values[at]));
    known += 1;
  }
  ctx.stroke();
  ctx.setLineDash([]);
  if (known > 12) return;
  for (let at = 0; at < steps.length; at += 1) {
    if (Number.isFinite(values[at])) dot(ctx, x(steps[at]), y(values[at]));
  }
}

function dot(ctx, x, y) {
  ctx.beginPath();
  ctx.arc(x, y, 3, 0, 2 * Math.PI);
  ctx.fill();
}

// Each curve is named where it ends; names that would overlap are moved apart.
function drawEndLabels(ctx, series, box, y, family) {
  const labels = series
    .map(({ label, values, ink, strong }) => ({ label, ink, strong, at: y(lastKnown(values)) }))
    .filter(({ at }) => Number.isFinite(at))
    .sort((a, b) => a.at - b.at);
  labels.forEach((label, index) => {
    label.at = Math.max(label.at, box.top + 4, index ? labels[index - 1].at + 14 : 0);
  });
  for (let index = labels.length - 1, floor = box.bottom - 4; index >= 0; index -= 1, floor -= 14) {
    labels[index].at = Math.min(labels[index].at, floor);
    floor = labels[index].at;
  }
  ctx.textAlign = "left";
  ctx.textBaseline = "middle";
  for (const { label, ink, strong, at } of labels) {
    ctx.font = `${strong ? "600 " : ""}12px ${family}`;
    ctx.fillStyle = ink;
    ctx.fillText(label, box.right + 8, at, LABEL_ROOM);
  }
  ctx.font = `12px ${family}`;
}

function drawCrosshair(ctx, series, at, x, y, box, palette) {
  ctx.strokeStyle = palette.ink;
  ctx.lineWidth = 1;
  ctx.setLineDash([2, 3]);
  ctx.beginPath();
  ctx.moveTo(Math.round(x) + 0.5, box.top);
  ctx.lineTo(Math.round(x) + 0.5, box.bottom);
  ctx.stroke();
  ctx.setLineDash([]);
  for (const { values, colour } of series) {
    if (!Number.isFinite(values[at])) continue;
    ctx.fillStyle = colour;
    dot(ctx, x, y(values[at]));
  }
}

function drawEmpty(ctx, box, palette, family) {
  ctx.font = `13px ${family}`;
  ctx.fillStyle = palette.faint;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  const [x, y] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
  const wide = Math.min(box.right - box.left, ctx.measureText(EMPTY_TEXT).width);
  ctx.clearRect(x - wide / 2 - 6, y - 12, wide + 12, 24); // no grid line through the letters
  ctx.fillText(EMPTY_TEXT, x, y, wide);
}

function nearest(steps, step) {
  let [low, high] = [0, steps.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (steps[middle] < step) low = middle + 1;
    else high = middle;
  }
  return low > 0 && step - steps[low - 1] < steps[low] - step ? low - 1 : low;
}
