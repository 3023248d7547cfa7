// The card that shows every weight of a binary layer: its sign, what just flipped, and how often each has flipped.

import { nameCanvas } from "../shared/canvas.js";
import { labCard, legendEntry, segmentedButtons } from "./card.js";
import { element } from "../shared/dom.js";
import { flipsOfLevel, isExactLevel, isSameLayer, signBit } from "./lab_state.js";
import { writeText } from "../shared/late_text.js";
import { grouped, percentText } from "../shared/numbers.js";
import { markedShare, placeFor, weightMap } from "./weight_map.js";
import { paintFlips, paintLevels, paintSigns } from "./weight_pixels.js";

const FADE = 600; // ms in which a highlight fades while the run plays; each new frame starts the rest of it again
const HINT = "Point at a weight, or move with the arrow keys, to read it.";

// `choose(index)` is called when the user picks another layer.
export function signMapCard(choose) {
  let shown = null; // { state, layer, palette }
  let cursor = null;
  let fade = null;
  let covered = 0; // share of the weights under the highlights, as far as these have not faded
  let painted; // the flip counts on the screen; undefined before the first
  const card = labCard("The sign of every weight", "sign-map");
  const layers = segmentedButtons("binary layer", choose);
  const signs = weightMap("sign of each weight", (cell) => moveTo(cell));
  const counts = weightMap("how often each weight flipped", (cell) => moveTo(cell));
  const waiting = element("p", { class: "note waiting" }, "Flip counts follow in a moment.");
  const maps = element("div", { class: "maps" }, signs.node, counts.node);
  const scale = rampLegend();
  counts.node.append(waiting);
  card.tools.append(layers.node);
  card.body.append(maps);
  const flipped = element("span", {}, "just flipped");
  card.legend.append(
    legendEntry("minus", "−1"), legendEntry("plus", "+1"), legendEntry("mismatch", flipped),
    element("span", { class: "spring" }), scale.node,
  );
  const watcher = new ResizeObserver(() => shown && lay(shown.layer));
  watcher.observe(maps);

  function draw(state, palette) {
    const layer = state.layers[state.chosen];
    const fresh = !shown || state.step < shown.state.step || !isSameLayer(layer, shown.layer);
    const recoloured = !shown || shown.palette !== palette;
    const newData = !shown || shown.state.serial !== state.serial;
    const moved = newData && shown?.state.step !== state.step;
    const stopped = shown && isStill(shown.state) !== isStill(state); // or started
    shown = { state, layer, palette };
    layers.show(state.layers.map(({ name }) => name), state.chosen);
    if (fresh) lay(layer);
    if (fresh || newData || recoloured) paintSigns(signs.pixels, layer, palette);
    if (fresh || moved || recoloured || stopped) highlight(fresh);
    if (layer.levels !== painted || recoloured) drawCounts();
    annotate();
    writeText(flipped, isStill(state) ? "just flipped" : "flipped in the last second");
    const takeaway = signTakeaway(layer);
    card.conclude(takeaway);
    nameCanvas(signs.focus, `Sign of each weight of ${layer.name}, ${shape(layer)}. ${takeaway}`);
    nameCanvas(counts.focus, `How often each weight of ${layer.name} flipped. ${takeaway}`);
  }

  // One above the other where that gives larger cells.
  function lay(layer) {
    const [width, height] = [maps.clientWidth, maps.clientHeight];
    const beside = placeFor(layer, width / 2 - 8, height - 22);
    const stacked = placeFor(layer, width, height / 2 - 30);
    maps.classList.toggle("stacked", stacked.width * stacked.height > beside.width * beside.height);
  }

  // The highlight fades while the run plays and stays when it is paused, so that a single step can be studied.
  function highlight(fresh) {
    const { layer, palette, state } = shown;
    const still = isStill(state);
    const remaining = fresh || still || !fade ? 0 : 1 - (fade.effect.getComputedTiming().progress ?? 1);
    fade?.cancel();
    fade = null;
    const spread = signs.spread(layer, covered * remaining);
    covered = covered * remaining + markedShare(layer.flips.length, layer.weights, spread);
    paintFlips(signs.marks, layer, palette.mismatch, remaining, spread);
    if (!still) fade = signs.marks.animate([{ opacity: 1 }, { opacity: 0 }], { duration: FADE, fill: "forwards" });
  }

  function drawCounts() {
    const { layer, palette } = shown;
    painted = layer.levels;
    waiting.hidden = Boolean(layer.levels);
    counts.pixels.hidden = !layer.levels;
    if (!layer.levels) return;
    const most = mostFlips(layer);
    paintLevels(counts.pixels, layer, most, palette);
    scale.show(most);
  }

  function annotate() {
    const { state, layer, palette } = shown;
    const glyphOf = (row, column) => (signBit(layer, row, column) ? ["+", palette.onPlus] : ["−", palette.paper]);
    signs.draw(layer, palette, cursor, glyphOf);
    counts.draw(layer, palette, cursor, null);
    // While the run plays, a live region would never stop talking.
    card.readout.setAttribute("aria-live", state.playing ? "off" : "polite");
    card.read(cursor ? cellText(layer, cursor) : HINT);
  }

  function moveTo(cell) {
    cursor = cell;
    if (shown) annotate();
  }

  function stop() {
    watcher.disconnect();
    signs.stop();
    counts.stop();
  }

  return { node: card.node, draw, stop, aboutLayer: true };
}

function isStill({ playing }) {
  return !playing || matchMedia("(prefers-reduced-motion: reduce)").matches;
}

function rampLegend() {
  const bar = element("i", { class: "ramp" });
  const [one, middle, most] = ["1", "", ""].map((text) => element("b", {}, text));
  const marks = element("span", { class: "ramp-marks" }, one, middle, most);
  const node = element(
    "span", { class: "entry" },
    element("i", { class: "swatch never" }), "never", element("span", { class: "ramp-scale" }, bar, marks), "flips",
  );

  function show(top) {
    writeText(middle, grouped(Math.round(Math.sqrt(top))));
    writeText(most, grouped(top));
  }

  return { node, show };
}

// The top of the colour scale: a square number, so that the middle of a logarithmic scale is a whole one.
function mostFlips({ levels }) {
  let top = 0;
  for (let at = 0; at < levels.length; at += 1) if (levels[at] > top) top = levels[at];
  const most = flipsOfLevel(top);
  return [4, 9, 25, 100, 400, 900, 2500, 10000, 40000].find((square) => square >= most) ?? 90000;
}

function shape({ rows, columns }) {
  return `${grouped(rows)} outputs by ${grouped(columns)} inputs`;
}

function cellText(layer, { row, column }) {
  const sign = signBit(layer, row, column) ? "+1" : "−1";
  const where = `weight [output ${grouped(row)}, input ${grouped(column)}]: ${sign}`;
  if (!layer.levels) return where;
  const level = layer.levels[row * layer.columns + column];
  const flips = flipsOfLevel(level);
  if (flips === 0) return `${where}, never flipped`;
  return `${where}, flipped ${isExactLevel(level) ? "" : "about "}${grouped(flips)} time${flips === 1 ? "" : "s"}`;
}

function signTakeaway({ dynamics, weights, ever_flipped: ever }) {
  if (!dynamics) return `${grouped(weights)} weights, one bit each. None has flipped yet.`;
  return (
    `${percentText(dynamics.flips / weights)} of ${grouped(weights)} signs flipped in the last step; ` +
    `${percentText(ever / weights)} have flipped at least once.`
  );
}
