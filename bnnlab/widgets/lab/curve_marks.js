// What stands on a chart of curves: lines, dots of noisy values, the names at the ends, the crosshair.
// A series is { label, values, colour, ink, dash, strong, noisy }; values that were not measured are NaN.

import { lastKnown } from "../shared/numbers.js";

const LABEL_ROOM = 96; // most that the names beside the curves may take, in CSS pixels
const LABEL_LINE = 14;
const FEW = 12; // so few values that each is marked

export function labelRoom(ctx, series, family) {
  ctx.font = `600 12px ${family}`;
  const widths = series.map(({ label }) => ctx.measureText(label).width);
  ctx.font = `12px ${family}`;
  return Math.min(LABEL_ROOM, Math.max(...widths)) + 16;
}

// A noisy curve is drawn as a dot for each value and a line through their running mean.
export function drawSeries(ctx, series, steps, x, y, box, family) {
  for (const one of series) {
    if (one.noisy) drawDots(ctx, one, steps, x, y);
  }
  const lines = series.map((one) => (one.noisy ? { ...one, values: runningMean(one.values) } : one));
  for (const line of lines) drawLine(ctx, line, steps, x, y);
  drawEndLabels(ctx, lines, box, y, family);
}

// The mean of each value and its neighbours, over about a thirtieth of the curve; not measured stays unknown.
export function runningMean(values) {
  const reach = Math.round(values.length / 60);
  return Float32Array.from(values, (_, at) => {
    let [sum, known] = [0, 0];
    const last = Math.min(values.length - 1, at + reach);
    for (let near = Math.max(0, at - reach); near <= last; near += 1) {
      if (Number.isFinite(values[near])) [sum, known] = [sum + values[near], known + 1];
    }
    return sum / known;
  });
}

export function drawCrosshair(ctx, series, at, x, y, box, palette) {
  ctx.strokeStyle = palette.ink;
  ctx.lineWidth = 1;
  ctx.setLineDash([2, 3]);
  ctx.beginPath();
  ctx.moveTo(Math.round(x) + 0.5, box.top);
  ctx.lineTo(Math.round(x) + 0.5, box.bottom);
  ctx.stroke();
  ctx.setLineDash([]);
  for (const { values, colour } of series) {
    ctx.fillStyle = colour;
    if (Number.isFinite(values[at])) drawDot(ctx, x, y(values[at]));
  }
}

function drawDots(ctx, { values, colour }, steps, x, y) {
  ctx.fillStyle = colour;
  ctx.globalAlpha = 0.4;
  for (let at = 0; at < steps.length; at += 1) {
    if (Number.isFinite(values[at])) ctx.fillRect(x(steps[at]) - 0.75, y(values[at]) - 0.75, 1.5, 1.5);
  }
  ctx.globalAlpha = 1;
}

// Where a value is missing the line goes straight on to the next: the test set is not evaluated at every step.
function drawLine(ctx, { values, colour, dash, strong }, steps, x, y) {
  const known = [...steps.keys()].filter((at) => Number.isFinite(values[at]));
  ctx.strokeStyle = ctx.fillStyle = colour;
  ctx.lineWidth = strong ? 2 : 1.5;
  ctx.setLineDash(dash ?? []);
  ctx.beginPath();
  for (const at of known) ctx.lineTo(x(steps[at]), y(values[at]));
  ctx.stroke();
  ctx.setLineDash([]);
  if (known.length > FEW) return;
  for (const at of known) drawDot(ctx, x(steps[at]), y(values[at]));
}

function drawDot(ctx, x, y) {
  ctx.beginPath();
  ctx.arc(x, y, 3, 0, 2 * Math.PI);
  ctx.fill();
}

// Each curve is named where it ends; names that would overlap are moved apart, first down, then back up.
function drawEndLabels(ctx, series, box, y, family) {
  const labels = series
    .map(({ label, values, ink, strong }) => ({ label, ink, strong, at: y(lastKnown(values)) }))
    .filter(({ at }) => Number.isFinite(at))
    .sort((a, b) => a.at - b.at);
  let roof = box.top + 4;
  for (const label of labels) {
    label.at = Math.max(label.at, roof);
    roof = label.at + LABEL_LINE;
  }
  let floor = box.bottom - 4;
  for (const label of [...labels].reverse()) {
    label.at = Math.min(label.at, floor);
    floor = label.at - LABEL_LINE;
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
