// Where the latent weights lie, or the weights, where none are latent: each bar in the colour of the sign it gives, hatched where the estimator clips.

import { drawAxes, linearScale, roundTicks, roundUp } from "./axes.js";
import { hatching, nameCanvas, sharpCanvas } from "../shared/canvas.js";
import { labCard } from "./card.js";
import { axisNumber, axisPercent, grouped, isKnown, percentText } from "../shared/numbers.js";

const HISTOGRAM_HEIGHT = 196;

export function histogramCard() {
  let shown = null; // { layer, clip, latent, palette }
  let pointed = null; // bin under the pointer or the arrow keys
  const card = labCard("Latent weights", "histogram");
  const canvas = sharpCanvas(HISTOGRAM_HEIGHT, () => shown && paint());
  card.body.append(canvas.node);

  canvas.node.addEventListener("pointermove", ({ offsetX }) => {
    if (!shown?.box) return;
    const { box, reach, layer } = shown;
    const value = linearScale(box.left, box.right, -reach, reach)(offsetX);
    const { length } = layer.histogram;
    const bin = Math.floor(((value / layer.histogram_limit + 1) / 2) * length);
    point(bin >= 0 && bin < length ? bin : null);
  });
  canvas.node.addEventListener("pointerleave", () => point(null));
  canvas.node.addEventListener("blur", () => point(null));
  canvas.node.addEventListener("keydown", (event) => {
    const direction = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!direction || !shown) return;
    event.preventDefault();
    const last = shown.layer.histogram.length - 1;
    point(pointed === null ? last >> 1 : Math.max(0, Math.min(last, pointed + direction)));
  });

  function point(bin) {
    pointed = bin;
    if (shown) paint();
  }

  function draw(state, palette) {
    const layer = state.layers[state.chosen];
    shown = { layer, clip: state.clip, latent: state.latent, palette };
    const takeaway = clipTakeaway(layer, state);
    card.rename(`${state.latent ? "Latent weights" : "Weights"} w of ${layer.name}`);
    card.conclude(takeaway);
    nameCanvas(canvas.node, `Histogram of the ${state.latent ? "latent weights" : "weights"} of ${layer.name}. ${takeaway}`);
    paint();
  }

  function paint() {
    const { ctx, width, height } = canvas.begin();
    if (!width) return;
    const { layer, clip, latent, palette } = shown;
    const box = { left: 58, right: width - 16, top: 26, bottom: height - 38 };
    const limit = layer.histogram_limit;
    const reach = clip === null ? limit : Math.max(limit, 1.15 * clip);
    Object.assign(shown, { box, reach });
    const x = linearScale(-reach, reach, box.left, box.right);
    const top = roundUp(Math.max(...layer.histogram) / layer.weights || 1);
    const y = linearScale(0, top, box.bottom, box.top);
    const across = {
      scale: x, ticks: roundTicks(-reach, reach, 6), format: (w) => endText(w, limit),
      label: latent ? "latent weight w" : "weight w",
    };
    const up = { scale: y, ticks: roundTicks(0, top, 4), format: axisPercent, label: "weights" };
    drawAxes(ctx, box, palette, across, up);
    drawBars(ctx, layer, x, y, palette, pointed);
    if (clip !== null && clip < reach) drawClip(ctx, box, x, clip, palette);
    card.read(pointed === null ? summary(layer) : binText(layer, pointed));
  }

  return { node: card.node, draw, stop: canvas.stop, aboutLayer: true };
}

// The outermost bars hold everything beyond them too.
function endText(value, limit) {
  if (Math.abs(value) < 0.999 * limit) return axisNumber(value);
  return `${value < 0 ? "≤" : "≥"} ${axisNumber(value)}`;
}

function drawBars(ctx, { histogram, histogram_limit: limit, weights }, x, y, palette, pointed) {
  const width = (2 * limit) / histogram.length;
  for (let bin = 0; bin < histogram.length; bin += 1) {
    if (!histogram[bin]) continue;
    const low = -limit + bin * width;
    const [left, right, top] = [x(low), x(low + width), y(histogram[bin] / weights)];
    ctx.fillStyle = bin === pointed ? palette.mismatch : low + width / 2 < 0 ? palette.minus : palette.plus;
    ctx.fillRect(left, top, Math.max(1, right - left - 0.75), y(0) - top);
  }
}

function drawClip(ctx, box, x, clip, palette) {
  ctx.fillStyle = hatching(ctx, palette.faint);
  ctx.globalAlpha = 0.55;
  ctx.fillRect(box.left, box.top, x(-clip) - box.left, box.bottom - box.top);
  ctx.fillRect(x(clip), box.top, box.right - x(clip), box.bottom - box.top);
  ctx.globalAlpha = 1;
  ctx.strokeStyle = ctx.fillStyle = palette.ink;
  ctx.lineWidth = 1.5;
  ctx.setLineDash([5, 3]);
  ctx.textBaseline = "bottom";
  ctx.textAlign = "center";
  for (const [edge, text] of [[-clip, "−t_clip"], [clip, "+t_clip"]]) {
    ctx.beginPath();
    ctx.moveTo(x(edge), box.top);
    ctx.lineTo(x(edge), box.bottom);
    ctx.stroke();
    ctx.fillText(text, x(edge), box.top - 4);
  }
  ctx.setLineDash([]);
}

function summary({ histogram, weights }) {
  const half = histogram.length / 2;
  let negative = 0;
  for (let bin = 0; bin < half; bin += 1) negative += histogram[bin];
  const share = negative / weights;
  return `below 0, sign −1: ${percentText(share)} · from 0 up, sign +1: ${percentText(1 - share)}`;
}

function binText({ histogram, histogram_limit: limit, weights }, bin) {
  const width = (2 * limit) / histogram.length;
  const low = -limit + bin * width;
  // The first and the last bar have one edge only.
  const from = bin === 0 ? "" : `${axisNumber(low)} ≤ `;
  const to = bin === histogram.length - 1 ? "" : ` < ${axisNumber(low + width)}`;
  return `${from}w${to}: ${grouped(histogram[bin])} weights, ${percentText(histogram[bin] / weights)}`;
}

function clipTakeaway({ dynamics }, { clip, latent }) {
  if (!latent && !dynamics?.outside_clip) {
    return "This optimiser keeps no latent weights: each weight is −1 or +1, and a step flips it or leaves it.";
  }
  if (!dynamics) return "The network uses only the sign of each latent weight; training moves them across 0.";
  const outside = dynamics.outside_clip;
  if (clip === null || !isKnown(outside)) return "The estimator of this run has no finite clip value.";
  const share = `${percentText(outside)} of weights sit outside ±t_clip = ${axisNumber(clip)}`;
  if (outside === 0) return `No weight sits outside ±t_clip = ${axisNumber(clip)}: every one can still learn.`;
  if (dynamics.clipped_weight_gradients === 0) return `${share}; this estimator lets them learn all the same.`;
  return `${share}: the estimator passes them no gradient.`;
}
