// The life of one hidden number as a line: orange while its weight is +1, blue while it is −1, a ring at every step in
// which it flipped.

import { nameCanvas } from "../shared/canvas.js";
import { countText, grouped, roundedText } from "../shared/numbers.js";
import { linearScale } from "./axes.js";
import { panelCanvas } from "./panel_parts.js";

const MAX_LARGE_RINGS = 40;

export function weightLife() {
  let shown = null; // { weight, step, clip, latent, palette }
  const canvas = panelCanvas(() => shown && paint());

  function draw(next) {
    shown = next;
    const { weight, step } = next;
    nameCanvas(canvas.node, `Its hidden number from step ${weight.lifeSince} to ${step}: ${countText(weight.crossings.length, "flip")}, now ${roundedText(weight.latent)}`);
    paint();
  }

  function paint() {
    const pen = canvas.begin();
    if (!pen.width) return;
    const { ctx, width, height, em } = pen;
    const { weight, step, palette } = shown;
    const { lifeSteps: steps, lifeValues: values } = weight;
    const first = steps.length ? Math.min(weight.lifeSince, steps[0]) : weight.lifeSince;
    const right = width - 1.6 * em; // room for the arrow
    const x = (at) => 4 + ((right - 4) * (at - first)) / Math.max(1, step - first);
    const [low, high] = rangeOf(shown);
    const y = linearScale(low, high, height - 4, 4);
    if (shown.latent) paintClip(pen, y, low, high, shown);
    ctx.fillStyle = palette.faint;
    ctx.fillRect(0, Math.round(y(0)) - 0.5, width, 1);
    if (steps.length) paintLine(ctx, steps, values, x, y, palette, em);
    paintRings(ctx, weight, first, x, y(0), palette, em);
    paintArrow(ctx, weight, right, y, height, palette, em);
    pen.setFont();
    ctx.fillStyle = palette.faint;
    const name = `step ${grouped(first)}`;
    const reach = ctx.measureText(name).width + 4;
    const near = [...values].filter((_, at) => x(steps[at]) <= reach).map(y);
    const below = Math.max(y(0), ...near) < height - 1.1 * em || Math.min(y(0), ...near) < 1.1 * em;
    ctx.textBaseline = below ? "bottom" : "top";
    ctx.textAlign = "left";
    ctx.fillText(name, 0, below ? height : 0);
  }

  return { node: canvas.node, draw, stop: canvas.stop };
}

// Both signs are in sight, and a wall that is near.
function rangeOf({ weight: { latent: now, lifeValues }, clip, latent }) {
  let [low, high] = [Math.min(now, 0), Math.max(now, 0)];
  for (const value of lifeValues) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const most = Math.max(-low, high, 1e-3);
  if (latent && high > 0.75 * clip) high = Math.max(high, clip);
  if (latent && low < -0.75 * clip) low = Math.min(low, -clip);
  return [1.08 * Math.min(low, -0.4 * most), 1.08 * Math.max(high, 0.4 * most)];
}

function paintClip({ ctx, width, em }, y, low, high, { clip, palette }) {
  ctx.strokeStyle = ctx.fillStyle = palette.control;
  ctx.lineWidth = 1;
  ctx.textAlign = "right"; // at the left stands the name of the first step
  for (const wall of [-clip, clip]) {
    if (wall < low || wall > high) continue;
    ctx.setLineDash([4, 3]);
    ctx.beginPath();
    ctx.moveTo(0, y(wall));
    ctx.lineTo(width, y(wall));
    ctx.stroke();
    ctx.setLineDash([]);
    ctx.textBaseline = wall < 0 ? "bottom" : "top";
    ctx.fillText(`${wall < 0 ? "−" : "+"}t_clip`, width - 2 * em, y(wall) + (wall < 0 ? -1 : 1));
  }
}

// Two paths, one for each sign, that meet exactly where the line crosses zero.
function paintLine(ctx, steps, values, x, y, palette, em) {
  const paths = { 1: new Path2D(), [-1]: new Path2D() };
  let sign = values[0] >= 0 ? 1 : -1;
  paths[sign].moveTo(x(steps[0]), y(values[0]));
  for (let at = 1; at < steps.length; at += 1) {
    const next = values[at] >= 0 ? 1 : -1;
    if (next !== sign) {
      const share = values[at - 1] / (values[at - 1] - values[at] || 1);
      const crossing = [x(steps[at - 1] + share * (steps[at] - steps[at - 1])), y(0)];
      paths[sign].lineTo(...crossing);
      paths[next].moveTo(...crossing);
      sign = next;
    }
    paths[sign].lineTo(x(steps[at]), y(values[at]));
  }
  ctx.lineWidth = Math.max(1.6, 0.13 * em);
  ctx.lineJoin = "round";
  for (const [which, colour] of [[1, palette.plus], [-1, palette.minus]]) {
    ctx.strokeStyle = colour;
    ctx.stroke(paths[which]);
  }
}

function paintRings(ctx, { crossings }, first, x, middle, palette, em) {
  const radius = (crossings.length > MAX_LARGE_RINGS ? 0.2 : 0.34) * em;
  ctx.strokeStyle = palette.mismatch;
  ctx.lineWidth = Math.max(1.5, 0.14 * em);
  for (const step of crossings) {
    if (step < first) continue;
    ctx.beginPath();
    ctx.arc(x(step), middle, radius, 0, 2 * Math.PI);
    ctx.stroke();
  }
}

// Where the gradient of the shown example pushes the number: against the gradient. A blocked push is an outline with a bar.
function paintArrow(ctx, { latent, gradientBefore, gradientAfter }, right, y, height, palette, em) {
  const x = right + 0.9 * em;
  ctx.fillStyle = latent >= 0 ? palette.plus : palette.minus;
  ctx.beginPath();
  ctx.arc(right, y(latent), 0.24 * em, 0, 2 * Math.PI);
  ctx.fill();
  if (!gradientBefore) return;
  const up = gradientBefore < 0;
  const from = Math.max(0.9 * em, Math.min(height - 0.9 * em, y(latent)));
  const tip = from + (up ? -0.85 : 0.85) * em;
  ctx.strokeStyle = ctx.fillStyle = palette.ink;
  ctx.lineWidth = 2;
  ctx.globalAlpha = gradientAfter ? 1 : 0.5;
  if (!gradientAfter) ctx.setLineDash([2, 2]);
  ctx.beginPath();
  ctx.moveTo(x, from);
  ctx.lineTo(x, tip);
  ctx.stroke();
  ctx.setLineDash([]);
  if (gradientAfter) {
    ctx.beginPath();
    ctx.moveTo(x - 0.32 * em, tip + (up ? 0.3 : -0.3) * em);
    ctx.lineTo(x, tip - (up ? 0.25 : -0.25) * em);
    ctx.lineTo(x + 0.32 * em, tip + (up ? 0.3 : -0.3) * em);
    ctx.fill();
  } else ctx.fillRect(x - 0.4 * em, tip - 1, 0.8 * em, 2);
  ctx.globalAlpha = 1;
}
