// Weights as pixels, one each: signs in two colours, numbers in greys, and a soft tint over what flipped lately.

import { toRgb } from "../shared/palette.js";
import { signBit } from "./state.js";

const SOFTNESS = 0.26; // share of the background in a weight's colour, so that marks over it stand out
const TINT = 0.5; // opacity of a flip that is a moment old
const IMAGES = new WeakMap(); // canvas -> its pixels in memory: too many to allocate anew for each frame
const RAMPS = new WeakMap(); // palette -> its greys
const [MIXED, PACKED] = [new Map(), new Map()]; // colours that were asked for before
const ORDERS = new WeakMap(); // a map's place -> which weight stands at which pixel

// `map` is the place that strip_layout.js gives the weights; `layer` a binary layer.
export function paintSigns(canvas, map, layer, palette) {
  const pixels = pixelsFor(canvas, map.columns, map.rows);
  const colours = [palette.minus, palette.plus].map((colour) =>
    packedColour(mixColours(colour, palette.panel, SOFTNESS)));
  if (map.conv) {
    paintInOrder(pixels.words, map, layer, (neuron, weight) => colours[signBit(layer, neuron, weight)], palette);
  } else {
    const { signs, rowBytes, rows, columns } = layer;
    for (let row = 0, at = 0; row < rows; row += 1) {
      for (let column = 0; column < columns; column += 1, at += 1) {
        pixels.words[at] = colours[(signs[row * rowBytes + (column >> 3)] >> (column & 7)) & 1];
      }
    }
  }
  pixels.put();
}

// `layer` holds numbers as bytes, 128 for 0. Those of a float layer are greys; the hidden numbers of a binary one keep the
// colours of their signs, the paler the closer they are to 0.
export function paintNumbers(canvas, map, layer, palette, hidden) {
  if (!layer.greys) return;
  const pixels = pixelsFor(canvas, map.columns, map.rows);
  const ramp = hidden ? signedRamp(palette) : greyRamp(palette);
  if (map.conv) {
    paintInOrder(pixels.words, map, layer, (neuron, weight) => ramp[layer.greys[neuron * layer.columns + weight]], palette);
  } else {
    for (let at = 0; at < layer.greys.length; at += 1) pixels.words[at] = ramp[layer.greys[at]];
  }
  pixels.put();
}

// Fades what flipped before and adds the newest flips: { row, column } places in the picture.
export function paintTint(canvas, map, places, colour, remaining) {
  fitTo(canvas, map.columns, map.rows);
  const ctx = canvas.getContext("2d");
  ctx.globalCompositeOperation = "destination-in";
  ctx.fillStyle = `rgba(0, 0, 0, ${remaining})`;
  ctx.fillRect(0, 0, map.columns, map.rows);
  ctx.globalCompositeOperation = "source-over";
  ctx.globalAlpha = TINT;
  ctx.fillStyle = colour;
  for (const { row, column } of places) ctx.fillRect(column, row, 1, 1);
  ctx.globalAlpha = 1;
}

function signedRamp(palette) {
  return Uint32Array.from({ length: 256 }, (_, level) =>
    packedColour(mixColours(palette.panel, level < 128 ? palette.minus : palette.plus, Math.abs(level - 128) / 127)));
}

function greyRamp(palette) {
  if (!RAMPS.has(palette)) {
    RAMPS.set(palette, Uint32Array.from({ length: 256 }, (_, level) =>
      packedColour(mixColours(palette.paper, palette.ink, (level / 255) * 0.9))));
  }
  return RAMPS.get(palette);
}

// In 64 steps, so that the same colours come again and need not be made again.
export function mixColours(from, to, share) {
  const step = Math.round(share * 64);
  const key = `${from}${to}${step}`;
  if (!MIXED.has(key)) {
    const [a, b] = [toRgb(from), toRgb(to)];
    const channel = (at) => Math.round(a[at] + ((b[at] - a[at]) * step) / 64);
    MIXED.set(key, `rgb(${channel(0)}, ${channel(1)}, ${channel(2)})`);
  }
  return MIXED.get(key);
}

// A colour as the 32-bit word that image data holds on a little-endian machine.
export function packedColour(colour) {
  if (!PACKED.has(colour)) {
    const [red, green, blue] = toRgb(colour);
    PACKED.set(colour, ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0);
  }
  return PACKED.get(colour);
}

export function pixelsFor(canvas, columns, rows) {
  fitTo(canvas, columns, rows);
  const ctx = canvas.getContext("2d");
  let image = IMAGES.get(canvas);
  if (image?.width !== columns || image.height !== rows) {
    image = ctx.createImageData(columns, rows);
    IMAGES.set(canvas, image);
  }
  return { words: new Uint32Array(image.data.buffer), put: () => ctx.putImageData(image, 0, 0) };
}

// Filters stand side by side, each with its taps as they lie in the image.
function paintInOrder(words, map, layer, colourOf, palette) {
  const { neurons, weights } = orderOf(map, layer);
  const empty = packedColour(palette.panel);
  for (let at = 0; at < words.length; at += 1) {
    words[at] = neurons[at] < 0 ? empty : colourOf(neurons[at], weights[at]);
  }
}

function orderOf(map, { rows: filters, columns: taps }) {
  if (!ORDERS.has(map)) {
    const size = map.rows * map.columns;
    const order = { neurons: new Int32Array(size).fill(-1), weights: new Int32Array(size) };
    const [kernelRows, kernelColumns] = map.kernel;
    for (let neuron = 0; neuron < filters; neuron += 1) {
      for (let weight = 0; weight < taps; weight += 1) {
        const tap = weight % (kernelRows * kernelColumns);
        const channel = Math.floor(weight / (kernelRows * kernelColumns));
        const row = Math.floor(neuron / map.across) * kernelRows + Math.floor(tap / kernelColumns);
        const column = (neuron % map.across) * map.channels * kernelColumns
          + channel * kernelColumns + (tap % kernelColumns);
        order.neurons[row * map.columns + column] = neuron;
        order.weights[row * map.columns + column] = weight;
      }
    }
    ORDERS.set(map, order);
  }
  return ORDERS.get(map);
}

function fitTo(canvas, columns, rows) {
  if (canvas.width !== columns) canvas.width = columns;
  if (canvas.height !== rows) canvas.height = rows;
}
