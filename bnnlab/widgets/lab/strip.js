// The network strip: every layer's weights, the example's bits between them, what was made of them, the answer. All
// of it is drawn from one frame; a click on a mark selects the neuron and the weight that it belongs to.

import { nameCanvas, sharpCanvas } from "../shared/canvas.js";
import { element } from "../shared/dom.js";
import { answerRows } from "./answer_rows.js";
import { drawGate, drawInputs, drawNeuronTiles } from "./gate_picture.js";
import { mapLens } from "./lens.js";
import { stripPatch } from "./patch.js";
import { stripFlips } from "./strip_flips.js";
import { stripLabels } from "./strip_labels.js";
import { neededWidth, stripLayout } from "./strip_layout.js";
import { markAt, markText, neighbour } from "./strip_marks.js";
import { drawSelection, selectedPass } from "./strip_selection.js";
import { shapeOf } from "./strip_shape.js";
import { stripTravel } from "./travel.js";
import { paintNumbers, paintSigns } from "./weight_pixels.js";
import { drawWires } from "./wires.js";

const OVERHANG = 6; // CSS pixels that a gate's walls and bars may reach beyond their place

export function networkStrip(cockpit) {
  let shown = null; // { state, palette, layout, signature, backward }
  let maps = []; // { weights, tint }, canvases, for each layer
  let patches = []; // { gate, bits }, for each layer before the answer
  const wires = sharpCanvas(0, () => shown && arrange(), { class: "strip-layer", "aria-hidden": "true", tabindex: null });
  const live = sharpCanvas(0, () => shown && mark(), { class: "strip-layer strip-live" });
  const mapsBox = element("div", { class: "strip-maps" });
  const labels = stripLabels();
  const answers = answerRows();
  const tip = element("p", { class: "strip-tip", hidden: true });
  const lens = mapLens();
  let pointer = [null, null];
  const travel = stripTravel(() => shown);
  const flips = stripFlips();
  const node = element(
    "div", { class: "strip" },
    wires.node, mapsBox, live.node, travel.node, labels.node, answers.node, lens.node, tip,
  );

  live.node.addEventListener("pointermove", ({ offsetX, offsetY }) => point(offsetX, offsetY));
  live.node.addEventListener("pointerleave", () => point(null));
  live.node.addEventListener("click", ({ offsetX, offsetY, pointerType }) => {
    const target = shown?.layout && markAt(shown, offsetX, offsetY);
    if (!target) return;
    // No finger hits a cell: it chooses the row, and the panel below has the bits in a size to touch.
    const weight = pointerType === "touch" ? (shown.state.selection?.weight ?? null) : target.weight;
    cockpit.select({ ...target, weight });
    cockpit.inspect();
  });
  live.node.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    if (!by || !shown) return;
    event.preventDefault();
    cockpit.select(neighbour(shown.state, by));
  });

  function draw(state, palette, { backward }) {
    const signature = JSON.stringify(shapeOf(state));
    const fresh = shown?.signature !== signature;
    const recoloured = shown?.palette !== palette;
    const turned = shown?.backward !== backward;
    shown = { ...shown, state, palette, signature, backward };
    if (fresh) {
      const shape = shapeOf(state);
      maps = mapCanvases(shape);
      patches = shape.passes.slice(0, -1).map(() => ({ gate: stripPatch(), bits: stripPatch() }));
      mapsBox.replaceChildren(
        ...maps.flatMap(({ weights, tint }) => [weights, tint]),
        ...patches.flatMap(({ gate, bits }) => [gate.node, bits.node]),
      );
      flips.forget();
      arrange();
    }
    paintMaps(recoloured || fresh);
    const marked = marksOf(shown);
    const flipped = flips.note(shown, maps);
    if (recoloured && !fresh) paintWires();
    paint();
    if (fresh || recoloured || flipped || marked !== shown.marked) mark();
    shown.marked = marked;
    annotate();
    travel.follow(shown, turned);
    nameCanvas(live.node, `The network, ${state.passes.length} layers. Arrow keys move the chosen weight.`);
  }

  function arrange() {
    const em = parseFloat(getComputedStyle(node).fontSize);
    const shape = shapeOf(shown.state);
    const needed = neededWidth(shape, { height: node.clientHeight, em });
    node.style.minWidth = `${needed}px`;
    const { clientWidth: width, clientHeight: height } = node;
    node.parentElement.classList.toggle("fading", width > node.parentElement.clientWidth);
    if (!width || !height) return;
    const layout = { ...stripLayout(shape, { width, height, em }), neurons: shape.passes.map((pass) => pass.rows) };
    shown = { ...shown, layout };
    maps.forEach((map, at) => {
      const place = placeOf(layout, at);
      for (const canvas of [map.weights, map.tint]) {
        canvas.hidden = !place;
        if (place) putAt(canvas, place);
      }
    });
    layout.passes.forEach(({ gate, bits }, at) => {
      const [left, tall] = [gate.x - OVERHANG, gate.tiles ? layout.inner : gate.height];
      patches[at].gate.arrange({
        x: left, y: Math.min(gate.y, layout.top) - OVERHANG, width: gate.width + 2 * OVERHANG, height: tall + 2 * OVERHANG,
      });
      if (bits) patches[at].bits.arrange(bits);
    });
    labels.arrange(layout);
    answers.arrange(layout);
    paintMaps(true);
    paintWires();
    paint();
    mark();
    annotate();
  }

  function annotate() {
    labels.draw(shown, flips.seen());
    answers.draw(shown);
    if (!tip.hidden) point(...pointer); // what stands there may have become something else
  }

  function paintMaps(all) {
    const { state, palette, layout } = shown;
    if (!layout) return;
    state.passes.forEach((pass, at) => {
      const map = placeOf(layout, at);
      if (!map) return;
      const numbers = state.floats.find(({ name }) => name === pass.name);
      if (pass.layer && !numbers?.greys) paintSigns(maps[at].weights, map, pass.layer, palette);
      else if (numbers && (all || numbers.greys !== maps[at].greys)) {
        paintNumbers(maps[at].weights, map, numbers, palette, Boolean(pass.layer));
      }
      maps[at].greys = numbers?.greys;
    });
  }

  function paintWires() {
    const { ctx, width } = wires.begin();
    if (!width || !shown.layout) return;
    ctx.strokeStyle = shown.palette.grid;
    for (const { weights } of shown.layout.passes) {
      ctx.strokeRect(weights.x - 0.5, weights.y - 0.5, weights.width + 1, weights.height + 1);
    }
    if (shown.state.example) drawWires(ctx, shown.layout, shown.layout.neurons.slice(0, -1), shown.palette);
  }

  // What changes with every frame.
  function paint() {
    const { state, palette, layout } = shown;
    if (!layout) return;
    layout.passes.forEach((place, at) => {
      const pass = state.passes[at];
      const look = {
        clip: state.clip, limit: state.gates[at]?.histogramLimit ?? 3, signs: state.binarize === "both",
        backward: shown.backward,
      };
      if (place.bits) drawInputs(patches[at].bits.begin(), place.bits, pass, palette);
      const ctx = patches[at].gate.begin();
      drawGate(ctx, place.gate, pass, look, palette);
      if (place.gate.tiles && !pass.conv && state.view.neurons?.[at]) {
        drawNeuronTiles(ctx, place.gate.tiles, state.view.neurons[at], palette);
      }
    });
  }

  // What is marked: seldom something else.
  function mark() {
    const { ctx, width } = live.begin();
    if (!width || !shown.layout) return;
    flips.draw(ctx, shown);
    drawSelection(ctx, shown);
  }

  function point(x, y) {
    pointer = [x, y];
    const target = x === null || !shown?.layout ? null : markAt(shown, x, y);
    tip.hidden = !target;
    lens.point(target && target.weight !== null ? shown : null, target, y);
    live.node.style.cursor = target ? "pointer" : "default";
    if (!target) return;
    tip.textContent = markText(shown.state, target);
    const right = x > node.clientWidth - 240;
    Object.assign(tip.style, {
      left: right ? "auto" : `${x + 16}px`, right: right ? `${node.clientWidth - x + 16}px` : "auto",
      top: `${Math.max(0, y - 40)}px`,
    });
  }

  function stop() {
    for (const canvas of [wires, live]) canvas.stop();
    travel.stop();
  }

  // The middles of the layers, and of the answer, from left to right.
  function places() {
    if (!shown?.layout) return [];
    const { passes, answer } = shown.layout;
    const middles = passes.map(({ weights }, at) => ({ name: shown.state.passes[at].name, x: weights.x + weights.width / 2 }));
    return [...middles, { name: "answer", x: answer.x + answer.width / 2 }];
  }

  return { node, draw, stop, travel, places };
}

// Where a layer's weights stand; those of the last one only where there is much room.
function placeOf(layout, at) {
  return at < layout.passes.length ? layout.passes[at].weights : layout.output;
}

function putAt(canvas, { x, y, width, height, cellWidth, cellHeight }) {
  Object.assign(canvas.style, {
    left: `${x}px`, top: `${y}px`, width: `${width}px`, height: `${height}px`,
    imageRendering: cellWidth >= 1 && cellHeight >= 1 ? "pixelated" : "auto",
  });
}

function mapCanvases(shape) {
  return shape.passes.map(() => ({
    weights: element("canvas", { class: "strip-map", "aria-hidden": "true" }),
    tint: element("canvas", { class: "strip-map", "aria-hidden": "true" }),
    greys: null, // those that are painted
  }));
}

// What the marks depend on, besides flips: the selection, and the sign on whose wire it goes on.
function marksOf({ state }) {
  const pass = state.passes[selectedPass(state)];
  return JSON.stringify([state.selection, pass && !pass.conv ? pass.x[state.selection.neuron] >= 0 : null]);
}
