// A chart of curves over steps, with a crosshair that reads them at any step, by pointer or arrow keys.

import { drawAxes, linearScale, logScale, logTicks, roundTicks, roundUp } from "./axes.js";
import { nameCanvas, sharpCanvas } from "../shared/canvas.js";
import { drawCrosshair, drawSeries, labelRoom } from "./curve_marks.js";
import { grouped } from "../shared/numbers.js";

const CHART_HEIGHT = 196;
const EMPTY_TEXT = "Press Play or Step to start the curve.";

// `read(index)` is called with the index of the point under the crosshair, or null.
export function curveChart(read) {
  let shown = null; // { palette, chart, box, last }
  let cursor = null; // step under the crosshair
  let room = { names: null, width: 0 };
  const canvas = sharpCanvas(CHART_HEIGHT, () => shown && paint());

  canvas.node.addEventListener("pointermove", ({ offsetX }) => {
    if (!shown?.box) return;
    const { box, last } = shown;
    moveTo(Math.max(0, ((offsetX - box.left) / (box.right - box.left)) * last));
  });
  canvas.node.addEventListener("pointerleave", () => moveTo(null));
  canvas.node.addEventListener("blur", () => moveTo(null));
  canvas.node.addEventListener("keydown", (event) => {
    const direction = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const steps = shown?.chart.steps;
    if (!direction || !steps?.length) return;
    event.preventDefault();
    const at = cursor === null ? steps.length - 1 : nearest(steps, cursor) + direction;
    moveTo(steps[Math.max(0, Math.min(steps.length - 1, at))]);
  });

  // chart: { steps, unit, format, log, high, series }, series as in curve_marks.js.
  function draw(palette, chart, name) {
    shown = { palette, chart };
    nameCanvas(canvas.node, name);
    paint();
  }

  function moveTo(step) {
    cursor = step;
    if (shown) paint();
  }

  function paint() {
    const { ctx, width, height, family } = canvas.begin();
    if (!width) return;
    const { palette, chart } = shown;
    const { steps, series } = chart;
    const box = { left: 58, right: width - roomFor(ctx, series, family), top: 26, bottom: height - 38 };
    const last = Math.max(1, steps.at(-1) ?? 10);
    Object.assign(shown, { box, last });
    const x = linearScale(0, last, box.left, box.right);
    const y = verticalAxis(chart, box);
    const ticks = roundTicks(0, last, 4).filter(Number.isInteger);
    drawAxes(ctx, box, palette, { scale: x, ticks, format: (step) => grouped(step), label: "step" }, y);
    if (!steps.length) return drawEmpty(ctx, box, palette);
    drawSeries(ctx, series, steps, x, y.scale, box, family);
    const at = cursor === null ? null : nearest(steps, cursor);
    if (at !== null) drawCrosshair(ctx, series, at, x(steps[at]), y.scale, box, palette);
    read(at);
  }

  // Measuring text may cost a layout of the page, so only when the names change.
  function roomFor(ctx, series, family) {
    const names = series.map(({ label }) => label).join("\n");
    if (room.names !== names) room = { names, width: labelRoom(ctx, series, family) };
    return room.width;
  }

  return { node: canvas.node, draw, stop: canvas.stop };
}

function verticalAxis({ series, unit, format, log, high }, box) {
  const known = series.flatMap(({ values }) => [...values]).filter(Number.isFinite);
  const top = Math.max(0, ...known);
  if (!log) {
    const roof = high ?? (top ? roundUp(top) : 1);
    return { scale: linearScale(0, roof, box.bottom, box.top), ticks: roundTicks(0, roof, 4), format, label: unit };
  }
  const least = Math.min(top || 0.1, ...known.filter((value) => value > 0));
  const roof = 10 ** Math.ceil(Math.log10(top || 0.1) - 1e-6);
  const floor = Math.min(roof / 10, 10 ** Math.floor(Math.log10(least) + 1e-6));
  const scale = logScale(floor, roof, box.bottom, box.top);
  return { scale, ticks: [...logTicks(floor, roof), 0], format, label: unit };
}

function drawEmpty(ctx, box, palette) {
  const [x, y] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
  const wide = Math.min(box.right - box.left, ctx.measureText(EMPTY_TEXT).width);
  ctx.clearRect(x - wide / 2 - 6, y - 12, wide + 12, 24); // no grid line through the letters
  ctx.fillStyle = palette.faint;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
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
