// The life of one hidden number as a line: orange while its weight is +1, blue while it is −1, a ring at every step in
// which it flipped.

import { nameCanvas } from "../shared/canvas.js";
import { countText } from "../shared/dom.js";
import { grouped, roundedText } from "../shared/numbers.js";
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
    const range = rangeOf(shown);
    const y = (value) => height / 2 - (value / range) * (height / 2 - 4);
    if (shown.latent && shown.clip <= range) paintClip(pen, y, right, shown);
    ctx.fillStyle = palette.faint;
    ctx.fillRect(0, Math.round(height / 2) - 0.5, width, 1);
    if (steps.length) paintLine(ctx, steps, values, x, y, palette, em);
    paintRings(ctx, weight, first, x, height / 2, palette, em);
    paintArrow(ctx, weight, right, y, height, palette, em);
    pen.setFont();
    ctx.fillStyle = palette.faint;
    ctx.textAlign = "left";
    ctx.textBaseline = "bottom";
    const label = `step ${grouped(first)}`;
    if (values.length && values[0] > 0) ctx.fillText(label, 0, height);
    else {
      ctx.textBaseline = "top";
      ctx.fillText(label, 0, 0);
    }
  }

  return { node: canvas.node, draw, stop: canvas.stop };
}

function rangeOf({ weight, clip, latent }) {
  const most = weight.lifeValues.reduce((largest, value) => Math.max(largest, Math.abs(value)), Math.abs(weight.latent)) || 0.01;
  return latent && clip < 1.3 * most ? Math.max(1.12 * most, 1.12 * clip) : 1.12 * most;
}

function paintClip({ ctx, width, em }, y, right, { weight, clip, palette }) {
  ctx.strokeStyle = palette.control;
  ctx.lineWidth = 1;
  ctx.setLineDash([4, 3]);
  ctx.beginPath();
  for (const wall of [-clip, clip]) {
    ctx.moveTo(0, y(wall));
    ctx.lineTo(width, y(wall));
  }
  ctx.stroke();
  ctx.setLineDash([]);
  ctx.fillStyle = palette.control;
  const below = weight.latent >= 0; // on the side where the line is not
  ctx.textAlign = "right";
  ctx.textBaseline = below ? "bottom" : "top";
  ctx.fillText(`${below ? "−" : ""}t_clip`, right - 0.6 * em, y(below ? -clip : clip) + (below ? -1 : 1));
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
