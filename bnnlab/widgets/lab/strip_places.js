// Which rectangle of the strip a weight, a neuron or a sign has, and what stands at a point of it: questions to a layout.

import { TILE_GAP } from "./strip_layout.js";

// The rectangle of one weight: of a convolution the tap's place inside its filter.
export function cellPlace(weights, neuron, weight) {
  const { row, column } = cellAtWeight(weights, neuron, weight);
  return {
    x: weights.x + column * weights.cellWidth, y: weights.y + row * weights.cellHeight,
    width: weights.cellWidth, height: weights.cellHeight,
  };
}

// The rectangle of all weights of a neuron.
export function neuronPlace(weights, neuron) {
  const [kernelRows, kernelColumns] = weights.kernel;
  if (!weights.conv) {
    return { x: weights.x, y: weights.y + neuron * weights.cellHeight, width: weights.width, height: weights.cellHeight };
  }
  const [band, place] = [Math.floor(neuron / weights.across), neuron % weights.across];
  const width = weights.channels * kernelColumns * weights.cellWidth;
  return {
    x: weights.x + place * width, y: weights.y + band * kernelRows * weights.cellHeight,
    width, height: kernelRows * weights.cellHeight,
  };
}

// Row and column of the picture in which a weight stands.
export function cellAtWeight(weights, neuron, weight) {
  if (!weights.conv) return { row: neuron, column: weight };
  const [kernelRows, kernelColumns] = weights.kernel;
  const taps = kernelRows * kernelColumns;
  const [channel, tap] = [Math.floor(weight / taps), weight % taps];
  return {
    row: Math.floor(neuron / weights.across) * kernelRows + Math.floor(tap / kernelColumns),
    column: (neuron % weights.across) * weights.channels * kernelColumns
      + channel * kernelColumns + (tap % kernelColumns),
  };
}

// The weight at a point of the strip, or null: the inverse of `cellPlace`.
export function weightAt(weights, outputs, x, y) {
  const column = Math.floor((x - weights.x) / weights.cellWidth);
  const row = Math.floor((y - weights.y) / weights.cellHeight);
  if (row < 0 || column < 0 || row >= weights.rows || column >= weights.columns) return null;
  if (!weights.conv) return { neuron: row, weight: column };
  const [kernelRows, kernelColumns] = weights.kernel;
  const perFilter = weights.channels * kernelColumns;
  const neuron = Math.floor(row / kernelRows) * weights.across + Math.floor(column / perFilter);
  if (neuron >= outputs) return null;
  const inside = column % perFilter;
  const channel = Math.floor(inside / kernelColumns);
  return {
    neuron,
    weight: channel * kernelRows * kernelColumns + (row % kernelRows) * kernelColumns + (inside % kernelColumns),
  };
}

// Where a neuron's sign leaves its gate, and where it enters the next layer as an input.
export function signPlace(gate, neuron) {
  if (gate.signs) return { x: gate.x + gate.width, y: gate.y + (neuron + 0.5) * gate.pitch };
  return tileCentre(gate.tiles, neuron);
}

export function tilePlace(tiles, at) {
  const [down, across] = [Math.floor(at / tiles.across), at % tiles.across];
  return { x: tiles.x + across * (tiles.size + TILE_GAP), y: tiles.y + down * (tiles.tall + TILE_GAP) };
}

function tileCentre(tiles, at) {
  const { x, y } = tilePlace(tiles, at);
  return { x: x + tiles.size, y: y + tiles.tall / 2 };
}

export function inputPlace(pass, input) {
  if (pass.bits) return { x: pass.bits.x + (input + 0.5) * pass.bits.cell, y: pass.bits.y };
  return { x: pass.weights.x, y: pass.weights.y + pass.weights.height / 2 };
}
