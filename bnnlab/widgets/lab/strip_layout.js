// Where everything of the network strip stands: pure geometry in CSS pixels, from the network's shape and the room.
//
//     weights, gate | wires | weights, gate | wires | ... | answer
//
// A gate is the column of numbers x with the signs taken of them; row i of a layer's weights is its neuron i, so that
// both stand in one line. Layers with convolutions have tiles instead: a map of bits for each filter.

const MAX_CELL = 5; // em: cells of small layers do not grow beyond it
const MIN_MAP = 4.95; // em
const TIGHT = 16; // em: where maps would become narrower than this, all else gives way
const [TOP, BOTTOM] = [3.45, 1.8]; // em above and below what is drawn
export const TILE_GAP = 2; // px
const WIDE = 120; // em of room from which more is shown: gradients beside every x, the last layer's numbers as a table

// Sizes in em: of a column of x, of the tiles beside it, of the space behind a gate, of a layer of ordinary numbers, of the
// answer; `margins` are those that the maps must leave too.
const ROOMY = { bar: 3.6, tiles: 6, gap: 3.2, numbers: 5, answer: 9.6, margins: 0 };
const COMPACT = { bar: 2.4, tiles: 4.6, gap: 1.2, numbers: 2, answer: 8.4, margins: 0.5 };

// shape: { image: bool, passes: [{ binary, conv, rows, columns, kernel, tiles: { count, height, width } | null }], classes }
// room: { width, height, em }. Returns { passes: [{ weights, bits, gate }], input, answer, top, bottom, ... }.
export function stripLayout(shape, room) {
  const roomy = arrangement(shape, room, ROOMY);
  return roomy.isTight ? arrangement(shape, room, COMPACT) : roomy;
}

// The width below which maps could not be read: then the strip is scrolled instead.
export function neededWidth(shape, { height, em }) {
  const inner = innerHeightOf(height, em);
  const widths = shape.passes.slice(0, -1).map((pass) => {
    const map = Math.min(mapSize(pass, inner, em, COMPACT).width, MIN_MAP * em);
    return map + gateSize(pass, inner, em, false, COMPACT).width + (COMPACT.gap + COMPACT.margins) * em;
  });
  return Math.ceil(widths.reduce((sum, width) => sum + width, 0) + (COMPACT.answer + COMPACT.margins) * em);
}

function innerHeightOf(height, em) {
  return Math.max(60, height - (TOP + BOTTOM) * em);
}

function arrangement(shape, { width, height, em }, sizes) {
  const top = TOP * em;
  const inner = innerHeightOf(height, em);
  const hidden = shape.passes.slice(0, -1);
  const answers = shape.classes.length > 0;
  const wide = width >= WIDE * em && em >= 17 && answers;
  const answerWidth = answers ? (wide ? 26 : sizes.answer) * em : 0;
  const gates = hidden.map((pass) => gateSize(pass, inner, em, wide, sizes));
  const maps = hidden.map((pass) => mapSize(pass, inner, em, sizes));
  const gapBehind = (hidden.length > 4 ? Math.min(1.4, sizes.gap) : sizes.gap) * em;
  const fixed = answerWidth + sizes.margins * em * (hidden.length + 1) + gates.reduce((sum, gate) => sum + gate.width, 0);
  const gaps = hidden.length; // behind each gate
  const room = Math.max(hidden.length * 3 * em, width - fixed - gaps * gapBehind);
  const natural = maps.map((map) => map.width);
  squeeze(maps, room);
  const isTight = hidden.some((pass, at) => pass.binary && !pass.conv && maps[at].width < Math.min(natural[at], TIGHT * em));
  const taken = fixed + maps.reduce((sum, map) => sum + map.width, 0);
  const gap = Math.max(gapBehind, Math.min(8 * em, (width - taken) / gaps));
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
  return { passes, output, answer, top, inner, width, height, em, gap, isTight };
}

// The filters of a convolution stand side by side, so that the picture is not a thread: `across` in each band.
function mapSize(pass, inner, em, sizes) {
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
  const narrow = pass.binary ? MIN_MAP : Math.min(2.6, sizes.numbers);
  const natural = pass.binary ? columns * cell : Math.min(columns * cell, (inner > 40 * em ? 24 : sizes.numbers) * em);
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

function gateSize(pass, inner, em, wide, sizes) {
  const tiles = pass.tiles ? tileGrid(pass.tiles, (pass.conv ? 11 : sizes.tiles) * em, inner) : null;
  const gradient = wide && !pass.conv ? 5 * em : 0;
  const column = pass.conv || pass.unseen ? 0 : (sizes.bar + 1.3) * em + gradient;
  return { tiles, gradient, column, bar: sizes.bar * em, width: column + (tiles ? tiles.width + 0.6 * em : 0) };
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
    place.column = { x, width: gate.bar };
    place.gradient = gate.gradient ? { x: x + gate.bar + 0.6 * em, width: 4 * em } : null;
    place.signs = { x: x + gate.bar + 0.2 * em + gate.gradient, width: 0.8 * em };
    place.pitch = weights.height / weights.rows;
  }
  if (gate.tiles) {
    const y = top + Math.max(0, (inner - gate.tiles.height) / 2);
    place.tiles = { ...gate.tiles, x: x + gate.column + (gate.column ? 0.4 * em : 0), y };
  }
  return place;
}
