// The wires from each neuron's sign to the column of the next layer that it is multiplied with, and the bits on them.

import { passedColour } from "./gate_picture.js";
import { inputPlace, signPlace } from "./strip_layout.js";

const MAX_DRAWN = 128; // wires of a wider layer are drawn one in so many
const LANES = 6; // heights at which wires run over the map, so that they do not lie on one another

// A wire as a function of 0..1: out of the sign, over the next map, down into its column.
export function wireOf(layout, from, neuron) {
  const start = signPlace(layout.passes[from].gate, neuron);
  const next = layout.passes[from + 1];
  const { em } = layout;
  if (!next) {
    const end = { x: layout.answer.x - 0.3 * em, y: layout.top + layout.inner / 2 };
    return (at) => curvePoint(start, end, 0.55, at);
  }
  const end = inputPlace(next, neuron);
  if (!next.bits) return (at) => curvePoint(start, end, 0.5, at);
  const bend = { x: next.weights.x, y: next.bits.y - (0.25 + 0.11 * (neuron % LANES)) * em };
  const [rise, run] = [Math.hypot(bend.x - start.x, bend.y - start.y), end.x - bend.x];
  const turn = rise / (rise + run + (end.y - bend.y));
  const drop = 1 - (end.y - bend.y) / (rise + run + (end.y - bend.y));
  return (at) => {
    if (at < turn) return curvePoint(start, bend, 0.6, at / turn);
    if (at < drop) return { x: bend.x + (run * (at - turn)) / (drop - turn), y: bend.y };
    return { x: end.x, y: bend.y + ((end.y - bend.y) * (at - drop)) / Math.max(1e-6, 1 - drop) };
  };
}

export function drawWires(ctx, layout, counts, palette) {
  ctx.strokeStyle = palette.faint;
  ctx.globalAlpha = 0.1;
  counts.forEach((count, from) => {
    const every = Math.ceil(count / MAX_DRAWN);
    ctx.beginPath();
    for (let neuron = 0; neuron < count; neuron += every) trace(ctx, wireOf(layout, from, neuron));
    ctx.stroke();
  });
  ctx.globalAlpha = 1;
}

export function drawWire(ctx, layout, from, neuron, colour) {
  ctx.strokeStyle = colour;
  ctx.lineWidth = 2;
  ctx.beginPath();
  trace(ctx, wireOf(layout, from, neuron));
  ctx.stroke();
  ctx.lineWidth = 1;
}

// Bits on their way, each in the colour of the value that the frame on the screen says it has. `at` is 0..1 along the
// wire; backward they run the other way, and what the estimator blocks stops at its gate.
export function drawTravellers(ctx, layout, state, travellers, palette) {
  const radius = Math.max(1.6, 0.17 * layout.em);
  const signs = state.binarize === "both";
  for (const { from, neuron, at, backward } of travellers) {
    const pass = state.passes[from];
    if (!pass || neuron >= layout.neurons[from]) continue;
    const point = wireOf(layout, from, neuron)(backward ? 1 - at : at);
    ctx.fillStyle = backward ? palette.ink : passedColour(valueOf(pass, neuron), state.clip, signs, palette);
    ctx.beginPath();
    ctx.arc(point.x, point.y, radius, 0, 2 * Math.PI);
    ctx.fill();
  }
}

// Of a convolution's filter, what most of its map says.
function valueOf(pass, neuron) {
  if (!pass.conv) return pass.x[neuron];
  const size = pass.xShape[1] * pass.xShape[2];
  let sum = 0;
  for (let at = neuron * size; at < (neuron + 1) * size; at += 1) sum += pass.x[at] >= 0 ? 1 : -1;
  return sum;
}

function trace(ctx, wire) {
  const pieces = 24;
  for (let piece = 0; piece <= pieces; piece += 1) {
    const { x, y } = wire(piece / pieces);
    if (piece) ctx.lineTo(x, y);
    else ctx.moveTo(x, y);
  }
}

// A curve that leaves and arrives horizontally.
function curvePoint(from, to, pull, at) {
  const reach = (to.x - from.x) * pull;
  const [a, b, c, d] = [(1 - at) ** 3, 3 * at * (1 - at) ** 2, 3 * at ** 2 * (1 - at), at ** 3];
  return {
    x: a * from.x + b * (from.x + reach) + c * (to.x - reach) + d * to.x,
    y: (a + b) * from.y + (c + d) * to.y,
  };
}
