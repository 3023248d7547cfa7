// A lens over maps whose cells are too small to be told apart: the weights around the pointer, enlarged.

import { element } from "../shared/dom.js";
import { cellAtWeight } from "./strip_places.js";

const LARGE_CELL = 4; // CSS pixels from which no lens is needed
const REACH = 7; // weights to each side
const SIZE = 135; // CSS pixels
const LENS_APART = 6;

export function mapLens() {
  const node = element("canvas", { class: "strip-lens", hidden: true, "aria-hidden": "true", width: SIZE, height: SIZE });
  const ctx = node.getContext("2d");

  function point(shown, target, y) {
    const at = shown ? shown.state.passes.findIndex(({ name }) => name === target.layer) : -1;
    const map = at < 0 ? null : shown.layout.passes[at].weights;
    node.hidden = !map || Math.min(map.cellWidth, map.cellHeight) >= LARGE_CELL;
    if (node.hidden) return;
    const source = node.parentNode.querySelectorAll(".strip-map")[2 * at];
    const centre = cellAtWeight(map, target.neuron, target.weight);
    const span = 2 * REACH + 1;
    ctx.imageSmoothingEnabled = false;
    ctx.fillStyle = shown.palette.panel;
    ctx.fillRect(0, 0, SIZE, SIZE);
    ctx.drawImage(source, centre.column - REACH, centre.row - REACH, span, span, 0, 0, SIZE, SIZE);
    const cell = SIZE / span;
    ctx.strokeStyle = shown.palette.ink;
    ctx.lineWidth = 2;
    ctx.strokeRect(REACH * cell, REACH * cell, cell, cell);
    // Beside the map, so that it hides none of what is pointed at.
    const room = node.parentNode.clientWidth - map.x - map.width;
    const left = room > SIZE + 2 * LENS_APART ? map.x + map.width + LENS_APART : map.x - SIZE - LENS_APART;
    const lowest = node.parentNode.clientHeight - SIZE - LENS_APART;
    Object.assign(node.style, { left: `${left}px`, top: `${Math.max(0, Math.min(y - SIZE / 2, lowest))}px` });
  }

  return { node, point };
}
