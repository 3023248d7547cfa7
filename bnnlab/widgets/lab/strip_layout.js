// Where everything of the network strip stands: pure geometry in CSS pixels, from the network's shape and the room.
//
//     weights, gate | wires | weights, gate | wires | ... | answer
//
// A gate is the column of numbers x with the signs taken of them; row i of a layer's weights is its neuron i, so that
// both stand in one line. Layers with convolutions have tiles instead: a map of bits for each filter.

const MAX_CELL = 5; // em: cells of small layers do not grow beyond it
const MIN_MAP = 4.5; // em
const TILE_GAP = 2; // px
const WIDE = 120; // em of room from which more is shown: gradients beside every x, the last layer's numbers as a table

// shape: { image: bool, passes: [{ binary, conv, rows, columns, kernel, tiles: { count, height, width } | null }], classes }
// room: { width, height, em }. Returns { passes: [{ weights, bits, gate }], input, answer, top, bottom, ... }.
export function stripLayout(shape, { width, height, em }) {
  const top = 3.45 * em;
  const bottom = 1.8 * em;
  const inner = Math.max(60, height - top - bottom);
  const hidden = shape.passes.slice(0, -1);
  const answers = shape.classes.length > 0;
  const wide = width >= WIDE * em && em >= 17 && answers;
  const answerWidth = answers ? (wide ? 26 : 9.6) * em : 0;
  const gates = hidden.map((pass) => gateSize(pass, inner, em, wide));
  const maps = hidden.map((pass) => mapSize(pass, inner, em));
  const fixed = answerWidth + gates.reduce((sum, gate) => sum + gate.width, 0);
  const gaps = hidden.length; // behind each gate
  const room = Math.max(hidden.length * 3 * em, width - fixed - gaps * minGap(hidden.length) * em);
  squeeze(maps, room);
  const taken = fixed + maps.reduce((sum, map) => sum + map.width, 0);
  const gap = Math.max(minGap(hidden.length) * em, Math.min(8 * em, (width - taken) / gaps));
  const place = { top, inner, em };
  let x = 0.4 * em;
  const passes = hidden.map((pass, at) => {
    x += at === 0 ? 0 : gap;
    const weights = mapPlace(pass, maps[at], x, place);
    x += weights.width + 0.5 * em;
    const gate = gatePlace(pass, gates[at], x, weights, place);
    x += gate.width;
    return { weights, gate, bits: bitsPlace(pass, weights, em) };
  });
  const output = wide ? outputPlace(shape.passes.at(-1), x + gap, place) : null;
  const left = x + gap + (output ? output.width + em : 0);
  const answer = { x: left, width: width - left, top, height: inner };
  return { passes, output, answer, top, inner, width, height, em, gap };
}

function minGap(layers) {
  return layers > 4 ? 1.4 : 3.2;
}

// The filters of a convolution stand side by side, so that the picture is not a thread: `across` in each band.
function mapSize(pass, inner, em) {
  const [kernelRows, kernelColumns] = pass.kernel ?? [1, 1];
  const channels = pass.columns / (kernelRows * kernelColumns);
  let across = 1;
  const grid = () => ({
    rows: Math.ceil(pass.rows / across) * kernelRows,
    columns: pass.conv ? across * channels * kernelColumns : pass.columns,
  });
  while (pass.conv && grid().columns * 2 < grid().rows) across += 1;
  const { rows, columns } = grid();
  const cell = Math.min(inner / rows, MAX_CELL * em);
  const narrow = pass.binary ? MIN_MAP : 2.6;
  const natural = pass.binary ? columns * cell : Math.min(columns * cell, (inner > 40 * em ? 24 : 5) * em);
  return { across, channels, rows, columns, height: rows * cell, width: Math.max(natural, narrow * em) };
}

// Too wide together: none gets more than what is fair, and what the small ones leave goes to the large ones.
function squeeze(maps, room) {
  let [left, waiting] = [room, [...maps].sort((one, other) => one.width - other.width)];
  while (waiting.length) {
    const [smallest, ...rest] = waiting;
    smallest.width = Math.min(smallest.width, left / waiting.length);
    left -= smallest.width;
    waiting = rest;
  }
}

function mapPlace(pass, map, x, { top, inner }) {
  const whole = map.width / map.columns >= 3 && map.height / map.rows >= 3;
  const width = whole ? Math.floor(map.width / map.columns) * map.columns : map.width;
  const height = whole ? Math.floor(map.height / map.rows) * map.rows : map.height;
  const y = top + (inner - height > 0.3 * inner ? (inner - height) / 2 : 0); // a small map stands in the middle
  return {
    ...map, x, y, width, height,
    kernel: pass.kernel ?? [1, 1],
    conv: pass.conv,
    cellWidth: width / map.columns,
    cellHeight: height / map.rows,
  };
}

// The last layer's weights as a table, each row beside the class that it speaks for.
function outputPlace(pass, x, { top, inner, em }) {
  const width = 15 * em;
  return {
    x, y: top, width, height: inner, rows: pass.rows, columns: pass.columns, conv: false, kernel: [1, 1],
    cellWidth: width / pass.columns, cellHeight: inner / pass.rows,
  };
}

// The inputs' bits stand above the columns that they are multiplied with.
function bitsPlace(pass, weights, em) {
  if (pass.conv) return null;
  return { x: weights.x, width: weights.width, y: weights.y - 1.15 * em, height: 0.75 * em, cell: weights.cellWidth };
}

function gateSize(pass, inner, em, wide) {
  const tiles = pass.tiles ? tileGrid(pass.tiles, (pass.conv ? 11 : 6) * em, inner) : null;
  const gradient = wide && !pass.conv ? 5 * em : 0;
  const column = pass.conv || pass.unseen ? 0 : 4.9 * em + gradient;
  return { tiles, gradient, column, width: column + (tiles ? tiles.width + 0.6 * em : 0) };
}

function tileGrid({ count, height, width }, budget, inner) {
  let best = { size: 0 };
  for (let across = 1; across <= count; across += 1) {
    const down = Math.ceil(count / across);
    const size = Math.min((budget - across * TILE_GAP) / across, ((inner - down * TILE_GAP) / down) * (width / height));
    if (size > best.size) best = { size, across, down };
  }
  const tall = best.size * (height / width);
  return {
    ...best, tall, count, pixelRows: height, pixelColumns: width,
    width: best.across * (best.size + TILE_GAP), height: best.down * (tall + TILE_GAP),
  };
}

function gatePlace(pass, gate, x, weights, { top, inner, em }) {
  const place = { x, width: gate.width, y: weights.y, height: weights.height, column: null, gradient: null, signs: null, tiles: null };
  if (gate.column) {
    place.column = { x, width: 3.6 * em };
    place.gradient = gate.gradient ? { x: x + 4.2 * em, width: 4 * em } : null;
    place.signs = { x: x + 3.8 * em + gate.gradient, width: 0.8 * em };
    place.pitch = weights.height / weights.rows;
  }
  if (gate.tiles) {
    const y = top + Math.max(0, (inner - gate.tiles.height) / 2);
    place.tiles = { ...gate.tiles, x: x + gate.column + (gate.column ? 0.4 * em : 0), y };
  }
  return place;
}

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
