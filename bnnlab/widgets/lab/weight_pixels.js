// Weights as pixels, one each: their signs, what just flipped, and how often each has flipped.

import { toRgb } from "../shared/palette.js";
import { flipsOfLevel } from "./lab_state.js";

const SCRATCH = new OffscreenCanvas(1, 1); // where new flips are drawn before they join the earlier ones
const IMAGES = new WeakMap(); // canvas -> its pixels in memory: too many to allocate anew for each frame

export function paintSigns(canvas, layer, palette) {
  const pixels = pixelsFor(canvas, layer);
  const [minus, plus] = [packedColour(palette.minus), packedColour(palette.plus)];
  const { signs, rowBytes, rows, columns } = layer;
  for (let row = 0, at = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1, at += 1) {
      pixels.words[at] = (signs[row * rowBytes + (column >> 3)] >> (column & 7)) & 1 ? plus : minus;
    }
  }
  pixels.put();
}

// Adds the newest flips over what is left of earlier ones, of which `remaining` (0..1) is kept.
// `spread` is how many weights one mark covers to each side, so that a flip stays visible in a large layer.
export function paintFlips(canvas, layer, colour, remaining, spread) {
  const pixels = pixelsFor(SCRATCH, layer);
  const ink = packedColour(colour);
  pixels.words.fill(0);
  for (const position of layer.flips) {
    const row = Math.floor(position / layer.columns);
    const column = position % layer.columns;
    for (let y = Math.max(0, row - spread); y <= Math.min(layer.rows - 1, row + spread); y += 1) {
      const [from, to] = [Math.max(0, column - spread), Math.min(layer.columns - 1, column + spread)];
      pixels.words.fill(ink, y * layer.columns + from, y * layer.columns + to + 1);
    }
  }
  pixels.put();
  fitTo(canvas, layer);
  const ctx = canvas.getContext("2d");
  ctx.globalCompositeOperation = "destination-in";
  ctx.fillStyle = `rgba(0, 0, 0, ${remaining})`;
  ctx.fillRect(0, 0, layer.columns, layer.rows);
  ctx.globalCompositeOperation = "source-over";
  ctx.drawImage(SCRATCH, 0, 0);
}

// `most` is the number of flips that gets the last colour of the ramp.
export function paintLevels(canvas, layer, most, palette) {
  const pixels = pixelsFor(canvas, layer);
  const colours = Uint32Array.from({ length: 256 }, (_, level) =>
    packedColour(flipColour(flipsOfLevel(level), most, palette)),
  );
  for (let at = 0; at < layer.weights; at += 1) pixels.words[at] = colours[layer.levels[at]];
  pixels.put();
}

// A few weights flip much more often than most, so the colours follow the logarithm. Never is no shade of the ramp.
function flipColour(flips, most, { never, once, often }) {
  return flips === 0 ? never : mixColours(once, often, Math.min(1, Math.log(flips) / Math.log(most)));
}

export function mixColours(from, to, share) {
  const [a, b] = [toRgb(from), toRgb(to)];
  const channel = (at) => Math.round(a[at] + (b[at] - a[at]) * share);
  return `rgb(${channel(0)}, ${channel(1)}, ${channel(2)})`;
}

// A colour as the 32-bit word that image data holds on a little-endian machine.
export function packedColour(colour) {
  const [red, green, blue] = toRgb(colour);
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

function pixelsFor(canvas, layer) {
  fitTo(canvas, layer);
  const ctx = canvas.getContext("2d");
  let image = IMAGES.get(canvas);
  if (image?.width !== layer.columns || image.height !== layer.rows) {
    image = ctx.createImageData(layer.columns, layer.rows);
    IMAGES.set(canvas, image);
  }
  return { words: new Uint32Array(image.data.buffer), put: () => ctx.putImageData(image, 0, 0) };
}

function fitTo(canvas, { rows, columns }) {
  if (canvas.width !== columns) canvas.width = columns;
  if (canvas.height !== rows) canvas.height = rows;
}
