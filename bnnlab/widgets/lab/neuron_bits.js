// The bits of one neuron: which inputs meet which weights, where they agree, and what comes of it.

import { signBit } from "./state.js";

// What the neuron panel and others need to know of a selected neuron, or null where nothing is selected:
// { layer, pass, signs, inputs, padded, agree, differ, left, counts, at, sum, x, pooled, out, isHidden }
//   signs: +1/-1 of its weights; inputs: the numbers they meet; padded: which of them stand outside the image;
//   agree, differ, left: counts of bits, `left` of those that meet a 0; at: the output pixel of a convolution;
//   pooled: x of the pooled pixel that this one is part of, where a pooling follows; out: the sign that goes on.
export function neuronOf(state) {
  const { selection } = state;
  const layer = selection && state.layers.find(({ name }) => name === selection.layer);
  if (!layer || selection.neuron >= layer.rows) return null;
  const pass = state.passes.find(({ name }) => name === layer.name) ?? null;
  const signs = weightsOf(state, layer, selection.neuron);
  const bare = { layer, pass, signs, neuron: selection.neuron, weight: selection.weight ?? null };
  return pass && !pass.unseen ? { ...bare, ...seenIn(pass, layer, signs, state) } : { ...bare, inputs: null, counts: false };
}

// Signs; or the hidden numbers themselves, to 8 bits, while no signs are taken of them.
function weightsOf({ floats }, layer, neuron) {
  const numbers = floats.find(({ name }) => name === layer.name);
  if (!numbers?.greys) return Int8Array.from({ length: layer.columns }, (_, at) => 2 * signBit(layer, neuron, at) - 1);
  const row = numbers.greys.subarray(neuron * layer.columns, (neuron + 1) * layer.columns);
  return Float32Array.from(row, (level) => ((level - 128) / 127) * numbers.largest);
}

function seenIn(pass, layer, signs, { selection, config }) {
  const { neuron } = selection;
  const at = pass.sumShape.length === 3 ? positionIn(pass, selection) : null;
  const { inputs, padded } = at ? tapsUnder(pass, layer, at, config?.pad_value ?? 0) : { inputs: pass.inputs, padded: null };
  let [agree, differ] = [0, 0];
  for (let tap = 0; tap < signs.length; tap += 1) {
    const product = inputs[tap] * signs[tap];
    if (product > 0) agree += 1;
    else if (product < 0) differ += 1;
  }
  const [scale, shift] = [pass.scale[neuron], pass.shift[neuron]];
  const sum = pass.sums[at ? flatIndex(pass.sumShape, neuron, at) : neuron];
  const pooled = at ? pooledPixel(pass, neuron, at) : null;
  const x = pooled || at ? scale * sum + shift : pass.x[neuron];
  const decided = pooled ? pooled.x : x;
  return {
    inputs, padded, agree, differ, left: signs.length - agree - differ, at, sum, x, pooled, scale, shift,
    counts: pass.countsBits, out: decided >= 0 ? 1 : -1, decided, isLast: pass.name === "output",
  };
}

function positionIn({ sumShape: [, height, width] }, { position }) {
  if (!position) return [height >> 1, width >> 1];
  return [Math.min(position[0], height - 1), Math.min(position[1], width - 1)];
}

// Taps in the order channel, row, column, as the weights of a filter are counted; the image has a border of one pixel.
function tapsUnder({ inputs, inputShape: [channels, height, width] }, layer, [row, column], padValue) {
  const side = Math.round(Math.sqrt(layer.columns / channels));
  const reach = side >> 1;
  const taps = new Float32Array(layer.columns);
  const padded = new Uint8Array(layer.columns);
  for (let tap = 0; tap < taps.length; tap += 1) {
    const channel = Math.floor(tap / (side * side));
    const down = row - reach + (Math.floor(tap / side) % side);
    const across = column - reach + (tap % side);
    const inside = down >= 0 && across >= 0 && down < height && across < width;
    taps[tap] = inside ? inputs[(channel * height + down) * width + across] : padValue;
    padded[tap] = inside ? 0 : 1;
  }
  return { inputs: taps, padded };
}

function pooledPixel({ sumShape, xShape, x }, neuron, [row, column]) {
  if (xShape.length !== 3 || xShape[1] === sumShape[1]) return null;
  const side = Math.round(sumShape[1] / xShape[1]);
  const at = [Math.floor(row / side), Math.floor(column / side)];
  if (at[0] >= xShape[1] || at[1] >= xShape[2]) return null;
  return { side, x: x[flatIndex(xShape, neuron, at)] };
}

function flatIndex([, height, width], channel, [row, column]) {
  return (channel * height + row) * width + column;
}

// The order in which bits are shown. "sorted" brings those that agree together: [agreeing, differing, meeting a 0].
export function bitGroups({ signs, inputs }, sorted) {
  const all = Array.from(signs.keys());
  if (!sorted || !inputs) return [all];
  const product = (tap) => inputs[tap] * signs[tap];
  return [all.filter((tap) => product(tap) > 0), all.filter((tap) => product(tap) < 0), all.filter((tap) => product(tap) === 0)];
}

// The word that holds a weight, as the machine reads it: 16 digits, lowest bit last.
export function wordOf(signs, weight) {
  const start = 64 * Math.floor((weight ?? 0) / 64);
  let word = 0n;
  for (let bit = 0; bit < 64 && start + bit < signs.length; bit += 1) {
    if (signs[start + bit] > 0) word |= 1n << BigInt(bit);
  }
  return { index: start / 64, count: Math.ceil(signs.length / 64), hex: `0x${word.toString(16).padStart(16, "0")}` };
}

// The sum from which on the sign is +1 (or up to which, where the normalisation turns it around), as a sentence.
export function thresholdOf({ scale, shift, counts, left, agree, differ, sum }) {
  if (!scale) return null;
  const [at, upward] = [-shift / scale, scale > 0];
  if (!counts || left || sum !== agree - differ) return { at, upward };
  // Sums of so many signs are whole, and all even or all odd: the first that meets the threshold stands for it.
  const steps = (at - sum) / 2;
  return { at: sum + 2 * (upward ? Math.ceil(steps) : Math.floor(steps)), upward };
}
