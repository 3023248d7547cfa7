// The marks of what is selected: its row of weights, its sum, its sign, its one wire onwards, and the weight itself.

import { drawRing } from "./plane.js";
import { cellPlace, neuronPlace, tilePlace } from "./strip_places.js";
import { drawWire } from "./wires.js";

// The place of the selected layer among those that the example passes, or -1.
export function selectedPass(state) {
  return state.selection ? state.passes.findIndex(({ name }) => name === state.selection.layer) : -1;
}

export function drawSelection(ctx, { state, palette, layout }) {
  const at = selectedPass(state);
  if (at < 0 || !layout.passes[at]) return;
  const { neuron, weight, position } = state.selection;
  const { weights, gate, bits } = layout.passes[at];
  const pass = state.passes[at];
  const colour = !pass.conv && pass.x[neuron] >= 0 ? palette.plus : palette.minus;
  if (!pass.unseen) drawWire(ctx, layout, at, neuron, pass.conv ? palette.ink : colour);
  const row = neuronPlace(weights, neuron);
  if (gate.column) {
    outline(ctx, row.x - 3, row.y - 3, gate.signs.x + gate.signs.width + 3 - row.x + 3, row.height + 6, palette);
  } else {
    outline(ctx, row.x - 2, row.y - 2, row.width + 4, row.height + 4, palette);
  }
  if (gate.tiles) {
    const tile = tilePlace(gate.tiles, neuron);
    outline(ctx, tile.x - 2, tile.y - 2, gate.tiles.size + 4, gate.tiles.tall + 4, palette);
    if (position && pass.conv) drawPosition(ctx, gate.tiles, tile, position, pass, palette);
  }
  if (weight === null) return;
  if (at > 0 && bits && !pass.unseen) drawWire(ctx, layout, at - 1, weight, palette.ink);
  const cell = cellPlace(weights, neuron, weight);
  drawRing(ctx, cell.x + cell.width / 2, cell.y + cell.height / 2, Math.max(7, cell.width), palette);
  if (bits && !pass.unseen) {
    outline(ctx, bits.x + weight * bits.cell - 2, bits.y - 2, Math.max(4, bits.cell) + 3, bits.height + 4, palette);
  }
}

// The output pixel of a convolution that the sum is about; pooling may have made the map smaller than the sums.
function drawPosition(ctx, tiles, tile, [row, column], pass, palette) {
  const down = tiles.tall / pass.sumShape[1];
  const across = tiles.size / pass.sumShape[2];
  outline(ctx, tile.x + column * across - 1, tile.y + row * down - 1, across + 2, down + 2, palette);
}

function outline(ctx, x, y, width, height, palette) {
  ctx.lineWidth = 4;
  ctx.strokeStyle = palette.panel;
  ctx.strokeRect(x, y, width, height);
  ctx.lineWidth = 2;
  ctx.strokeStyle = palette.ink;
  ctx.strokeRect(x, y, width, height);
  ctx.lineWidth = 1;
}
