// What stands under a point of the strip, or next to what is selected, and how it is called.

import { signBit } from "./state.js";
import { weightAt } from "./strip_places.js";
import { selectedPass } from "./strip_selection.js";

// The neuron, and the weight if it is one, under a point; null over nothing that could be selected.
export function markAt({ layout, state }, x, y) {
  for (let at = 0; at < layout.passes.length; at += 1) {
    const pass = state.passes[at];
    if (!pass.layer) continue;
    const { weights, gate } = layout.passes[at];
    const hit = weightAt(weights, pass.layer.rows, x, y);
    if (hit) return { layer: pass.name, ...hit, position: positionOf(state, pass) };
    const found = inColumn(gate, x, y) ?? inTiles(gate.tiles, pass, x, y);
    if (found && found.neuron < pass.layer.rows) {
      return { layer: pass.name, weight: null, position: positionOf(state, pass), ...found };
    }
  }
  return null;
}

function inColumn({ column, signs, pitch, y: top, height, x: left }, x, y) {
  const over = column && x >= left && x < signs.x + signs.width + 4 && y >= top && y < top + height;
  return over ? { neuron: Math.floor((y - top) / pitch) } : null;
}

// Of a filter's map also the place: the sum of which it shows the sign.
function inTiles(tiles, pass, x, y) {
  if (!tiles || x < tiles.x || y < tiles.y || x >= tiles.x + tiles.width || y >= tiles.y + tiles.height) return null;
  const [across, down] = [((x - tiles.x) / tiles.width) * tiles.across, ((y - tiles.y) / tiles.height) * tiles.down];
  const neuron = Math.floor(down) * tiles.across + Math.floor(across);
  if (!pass.conv) return { neuron };
  const [rows, columns] = pass.sumShape.slice(1);
  const position = [Math.floor((down % 1) * rows), Math.floor((across % 1) * columns)];
  return { neuron, position };
}

function positionOf(state, pass) {
  if (!pass.conv) return null;
  const chosen = state.selection?.layer === pass.name ? state.selection.position : null;
  return chosen ?? [pass.sumShape[1] >> 1, pass.sumShape[2] >> 1];
}

// One step from the selected weight, for the arrow keys.
export function neighbour(state, [down, right]) {
  const at = selectedPass(state);
  const pass = state.passes[at] ?? state.passes.find(({ layer }) => layer);
  const { neuron, weight } = state.passes[at] ? state.selection : { neuron: -down, weight: -right };
  const within = (index, size) => Math.max(0, Math.min(size - 1, index));
  return {
    layer: pass.name,
    neuron: within(neuron + down, pass.layer.rows),
    weight: within((weight ?? 0) + right, pass.layer.columns),
    position: positionOf(state, pass),
  };
}

export function markText(state, { layer: name, neuron, weight }) {
  const pass = state.passes.find((each) => each.name === name);
  const unit = pass.conv ? "filter" : "neuron";
  if (weight === null) return `${name}, ${unit} ${neuron}`;
  const sign = signBit(pass.layer, neuron, weight) ? "+1" : "−1";
  if (!pass.countsBits || pass.conv) return `${name}, ${unit} ${neuron}, weight ${weight}: ${sign}`;
  const input = pass.inputs[weight] > 0 ? "+1" : "−1";
  return `${name}, ${unit} ${neuron}: weight ${sign} on input ${weight}, which is ${input}: they ${
    input === sign ? "agree" : "differ"}`;
}
