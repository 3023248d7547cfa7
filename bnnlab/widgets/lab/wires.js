// The wires from each neuron's sign to the column of the next layer that it is multiplied with.

import { inputPlace, signPlace } from "./strip_places.js";

const MAX_DRAWN = 128; // wires of a wider layer are drawn one in so many
const LANES = 6; // heights at which wires run over the map, so that they do not lie on one another

// A wire as a function of 0..1: out of the sign, over the next map, down into its column.
export function wireOf(layout, from, neuron) {
  const start = signPlace(layout.passes[from].gate, neuron);
  const next = layout.passes[from + 1];
  const { em } = layout;
  if (!next) {
    const end = { x: (layout.output ?? layout.answer).x - 0.3 * em, y: layout.top + layout.inner / 2 };
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
