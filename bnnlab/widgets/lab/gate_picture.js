// What stands between two layers: each neuron's normalised sum x with the walls at +-t_clip, and the sign taken of it.
// On the way back the same column shows the gradient of each x, and where it is blocked.

import { hatching } from "../shared/canvas.js";
import { tilePlace } from "./strip_places.js";
import { mixColours, packedColour, pixelsFor } from "./weight_pixels.js";

const BEYOND = 0.4; // opacity of what lies beyond the walls
const FULL_GRADIENT = 0.94; // share of the half column that the largest gradient fills

const SCRATCH = document.createElement("canvas"); // one tile's pixels

// `look` is { clip, limit, signs: bool, backward: bool }.
export function drawGate(ctx, place, pass, look, palette) {
  if (place.column) {
    if (look.backward && pass.after && !place.gradient) drawGradients(ctx, place, place.column, pass, palette);
    else drawNumbers(ctx, place, pass, look, palette);
    if (place.gradient && pass.after) drawGradients(ctx, place, place.gradient, pass, palette);
    drawSigns(ctx, place, pass, look, palette);
  }
  if (place.tiles && pass.conv) drawFeatureMaps(ctx, place.tiles, pass, look, palette);
}

function drawNumbers(ctx, place, { x }, { clip, limit }, palette) {
  const { middle, scale, thick } = columnScale(place, limit);
  const paths = { inside: [new Path2D(), new Path2D()], beyond: [new Path2D(), new Path2D()] };
  for (let neuron = 0; neuron < x.length; neuron += 1) {
    const value = Math.max(-limit, Math.min(limit, x[neuron]));
    const path = (Math.abs(x[neuron]) <= clip ? paths.inside : paths.beyond)[value >= 0 ? 1 : 0];
    const length = value * scale;
    path.rect(Math.min(middle, middle + length), place.y + neuron * place.pitch, Math.abs(length), thick);
  }
  const colours = [palette.minus, palette.plus];
  colours.forEach((colour, at) => {
    ctx.fillStyle = colour;
    ctx.fill(paths.inside[at]);
    ctx.globalAlpha = BEYOND;
    ctx.fill(paths.beyond[at]);
    ctx.globalAlpha = 1;
  });
  drawWalls(ctx, place, middle, scale, clip, palette);
}

// What arrives at the sign from behind, and what of it the estimator lets through: hatched where it is blocked.
function drawGradients(ctx, place, column, { before, after }, palette) {
  const thick = place.pitch >= 3 ? place.pitch - 1 : place.pitch;
  const middle = column.x + column.width / 2;
  const most = before.reduce((top, value) => Math.max(top, Math.abs(value)), 1e-30);
  const reach = (column.width / 2) * FULL_GRADIENT;
  const [passed, blocked] = [new Path2D(), new Path2D()];
  for (let neuron = 0; neuron < before.length; neuron += 1) {
    const length = (before[neuron] / most) * reach;
    const path = after[neuron] === 0 ? blocked : passed;
    path.rect(Math.min(middle, middle + length), place.y + neuron * place.pitch, Math.max(0.6, Math.abs(length)), thick);
  }
  ctx.fillStyle = palette.ink;
  ctx.fill(passed);
  ctx.fillStyle = hatching(ctx, palette.faint);
  ctx.fill(blocked);
  ctx.strokeStyle = palette.faint;
  ctx.lineWidth = 0.5;
  ctx.stroke(blocked);
  ctx.lineWidth = 1;
}

function columnScale(place, limit) {
  const thick = place.pitch >= 3 ? place.pitch - 1 : place.pitch;
  return { middle: place.column.x + place.column.width / 2, scale: place.column.width / 2 / limit, thick };
}

function drawWalls(ctx, { y, height }, middle, scale, clip, palette) {
  ctx.strokeStyle = palette.control;
  ctx.setLineDash([3, 3]);
  ctx.beginPath();
  for (const wall of [-clip, clip]) {
    const x = Math.round(middle + wall * scale) + 0.5;
    ctx.moveTo(x, y - 4);
    ctx.lineTo(x, y + height + 4);
  }
  ctx.stroke();
  ctx.setLineDash([]);
}

// What the next layer gets: signs, or numbers cut off at the walls, the paler the closer to 0.
function drawSigns(ctx, place, { x }, { clip, signs }, palette) {
  const thick = place.pitch >= 3 ? place.pitch - 1 : place.pitch;
  for (let neuron = 0; neuron < x.length; neuron += 1) {
    ctx.fillStyle = passedColour(x[neuron], clip, signs, palette);
    ctx.fillRect(place.signs.x, place.y + neuron * place.pitch, place.signs.width, thick);
  }
}

export function passedColour(x, clip, signs, palette) {
  const colour = x >= 0 ? palette.plus : palette.minus;
  return signs ? colour : mixColours(palette.panel, colour, Math.min(1, Math.abs(x) / clip));
}

// The inputs above a layer's weights, each over the column that it is multiplied with; those of the layer that reads the
// data are greys, like the data.
export function drawInputs(ctx, bits, pass, palette) {
  const { inputs, countsBits } = pass;
  const thick = bits.cell >= 3 ? bits.cell - 1 : bits.cell;
  const most = countsBits ? 1 : inputs.reduce((top, value) => Math.max(top, Math.abs(value)), 1e-30);
  for (let input = 0; input < inputs.length; input += 1) {
    ctx.fillStyle = pass.reads
      ? mixColours(palette.paper, palette.ink, (inputs[input] / most + 1) / 2)
      : passedColour(inputs[input], most, countsBits, palette);
    ctx.fillRect(bits.x + input * bits.cell, bits.y, thick, bits.height);
  }
}

// A convolution's outcome after normalisation and pooling: a map of bits for each filter.
function drawFeatureMaps(ctx, tiles, pass, { clip, signs }, palette) {
  const [count, rows, columns] = pass.xShape;
  const [minus, plus] = [packedColour(palette.minus), packedColour(palette.plus)];
  const size = rows * columns;
  drawTiles(ctx, tiles, count, rows, columns, (words, tile) => {
    for (let at = 0; at < size; at += 1) {
      const x = pass.x[tile * size + at];
      words[at] = signs ? (x >= 0 ? plus : minus) : packedColour(passedColour(x, clip, false, palette));
    }
  });
}

// Where in the plane each neuron says +1.
export function drawNeuronTiles(ctx, tiles, { count, side, bits, bytes }, palette) {
  const colours = [palette.minus, palette.plus].map((colour) => packedColour(mixColours(colour, palette.panel, 0.3)));
  drawTiles(ctx, tiles, count, side, side, (words, tile) => {
    for (let at = 0; at < side * side; at += 1) {
      words[at] = colours[(bits[tile * bytes + (at >> 3)] >> (at & 7)) & 1];
    }
  });
}

function drawTiles(ctx, tiles, count, rows, columns, fill) {
  ctx.imageSmoothingEnabled = false;
  for (let tile = 0; tile < count; tile += 1) {
    const pixels = pixelsFor(SCRATCH, columns, rows);
    fill(pixels.words, tile);
    pixels.put();
    const { x, y } = tilePlace(tiles, tile);
    ctx.drawImage(SCRATCH, x, y, tiles.size, tiles.tall);
  }
}
