// Where hidden weights w lie, or x before each sign, between two walls at ±t_clip that the reader drags: what is beyond
// them receives no gradient. Faded bars with hatching say "blocked".

import { hatching, nameCanvas } from "../shared/canvas.js";
import { element, setHidden } from "../shared/dom.js";
import { writeAttribute } from "../shared/late_text.js";
import { axisNumber, grouped, isKnown } from "../shared/numbers.js";
import { panelCanvas, termedLine, cockpitButton } from "./panel_parts.js";
import { neuronOf } from "./neuron_bits.js";
import { showLock } from "./settings_field.js";
import { termedText } from "../shared/term.js";
import { wallHandles } from "./wall_handles.js";
import { heightOfBars, joinedBars, roundReach, shareBeyond } from "./wall_numbers.js";

const BARS = 64;
const KEEP_OWN_MS = 1500; // how long the reader's own value stands before the frames' has to be believed

// The walls of hidden weights. cockpit: { act(command) }.
export function weightWalls(cockpit) {
  const panel = wallPanel(cockpit, {
    name: "weights",
    setting: (state) => (state.config?.weight_clip_value == null ? "clip_value" : "weight_clip_value"),
    wall: (state) => state.weightClip,
    parts: (state) => state.layers.map((layer) => ({ ...layer, count: layer.weights })),
    marker: (state) => (state.latent ? (state.weight?.latent ?? null) : null),
    subtitle: weightSubtitle,
    instead: (state) => {
      if (!state.layers.length) return "This network has no binary layer.";
      return state.latent ? "" : "This optimiser keeps no hidden numbers: a weight is its sign, and a step flips it or leaves it.";
    },
  });
  const lock = cockpitButton([], "", toggleLock, { class: "tool lock", "aria-label": "one t_clip for both distributions" });
  let state = null;
  panel.subheader.append(lock);

  function toggleLock() {
    const locked = state.config.weight_clip_value === null;
    cockpit.act({ do: "set", settings: { weight_clip_value: locked ? state.clip : null } });
  }

  function draw(next, palette) {
    state = next;
    setHidden(lock, !next.canCommand || !next.latent || !next.config);
    if (next.config) showLock(lock, next.config.weight_clip_value === null);
    panel.draw(next, palette);
  }

  return { node: panel.node, draw, stop: panel.stop };
}

// The walls of x, the normalised sums before each sign.
export function activationWalls(cockpit) {
  return wallPanel(cockpit, {
    name: "x",
    setting: () => "clip_value",
    wall: (state) => state.clip,
    parts: (state) => state.gates.map((gate) => ({ ...gate, count: gate.entries })),
    marker: (state) => neuronOf(state)?.decided ?? null,
    subtitle: ({ binarize, view }) => {
      if (binarize !== "both") return "cut to ±t_clip, not to a sign";
      return view.examined < view.available ? `before signs, ${grouped(view.examined)} examples` : "before signs, all examples";
    },
    instead: (state) => {
      if (state.view.kind === "none") return "x needs examples, and a monitor has none.";
      return state.gates.length ? "" : "No layer takes signs here.";
    },
  });
}

function wallPanel(cockpit, what) {
  const title = element("h3");
  const subtitle = element("p", { class: "faint one-line" });
  const canvas = panelCanvas(() => shown && paint(), {});
  const handles = wallHandles(what.name, move);
  const zero = element("span", { class: "zero-label", "aria-hidden": "true" }, "0");
  const instead = element("p", { class: "panel-empty" });
  const plot = element("div", { class: "wall-plot" }, canvas.node, handles.node, zero);
  const subheader = element("div", { class: "subheader" }, subtitle);
  const node = element(
    "section", { class: "panel deck-panel walls-panel", "aria-label": `Distribution of ${what.name}` },
    element("header", {}, title), subheader, plot, instead,
  );
  const [writeTitle, writeSubtitle, writeInstead] = [termedText(title), termedLine(subtitle), termedText(instead)];
  let shown = null; // { state, palette, parts, reach, value }
  let own = null; // { value, until }: what the reader set, before a frame says it
  let reach = 0;

  function move(value, isLast) {
    own = { value, until: performance.now() + KEEP_OWN_MS };
    cockpit.act({ do: "set", settings: { [what.setting(shown.state)]: value } });
    if (isLast) writeAttribute(handles.node, "data-dragged", "false");
    show();
  }

  function draw(state, palette) {
    const text = what.instead(state);
    writeInstead(text);
    setHidden(instead, !text);
    setHidden(plot, Boolean(text));
    writeSubtitle(text ? "" : what.subtitle(state));
    shown = { state, palette };
    if (text) return writeTitle(what.name);
    const isTold = own && Math.abs(own.value - what.wall(state)) < 1e-9;
    if (own && !handles.isDragged() && (isTold || performance.now() > own.until || state.notice)) own = null;
    show();
  }

  function show() {
    const { state } = shown;
    const parts = what.parts(state);
    const wall = what.wall(state);
    const value = own?.value ?? wall;
    if (!handles.isDragged()) reach = roundReach(Math.max(...parts.map((part) => part.histogramLimit)), value, reach);
    const share = shareBeyond(parts, value, Math.abs(value - wall) < 1e-9);
    const text = titleText(what.name, share, state);
    writeTitle(text);
    setHidden(zero, value < 0.3 * reach);
    handles.draw(value, reach, state.canCommand, `t_clip ${axisNumber(value)}: ${text}`);
    nameCanvas(canvas.node, `${text}; t_clip ${axisNumber(value)}`);
    Object.assign(shown, { parts, value });
    paint();
  }

  function paint() {
    const pen = canvas.begin();
    if (!pen.width || !shown.parts) return;
    const { ctx, width, height } = pen;
    const { state, palette, parts, value } = shown;
    const across = (number) => width * (0.5 + number / (2 * reach));
    const bars = joinedBars(parts, reach, BARS);
    const roof = heightOfBars(bars);
    ctx.fillStyle = hatching(ctx, palette.grid);
    ctx.fillRect(0, 0, across(-value), height);
    ctx.fillRect(across(value), 0, width, height);
    for (let bar = 0; bar < BARS; bar += 1) {
      if (!bars[bar]) continue;
      const [low, high] = [(2 * bar) / BARS - 1, (2 * bar + 2) / BARS - 1].map((place) => place * reach);
      ctx.fillStyle = low + high < 0 ? palette.minus : palette.plus;
      const tall = Math.min(1, bars[bar] / roof) * (height - 6);
      paintBar(ctx, across, low, high, height - 1 - tall, height - 1, value);
      if (bars[bar] > roof) breakOff(ctx, across(low), across(high), palette);
    }
    ctx.fillStyle = palette.faint;
    ctx.fillRect(0, height - 1, width, 1);
    const marked = what.marker(state);
    if (isKnown(marked)) paintMarker(ctx, across(Math.max(-reach, Math.min(reach, marked))), height, palette);
  }

  return { node, subheader, draw, stop: canvas.stop };
}

// The part of a bar beyond a wall is faded, however thin it is.
function paintBar(ctx, across, low, high, top, bottom, wall) {
  const gap = across(high) - across(low) > 2.5 ? 0.6 : 0;
  for (const [from, to, within] of [[low, Math.min(high, -wall), 0], [Math.max(low, -wall), Math.min(high, wall), 1], [Math.max(low, wall), high, 0]]) {
    if (from >= to) continue;
    ctx.globalAlpha = within ? 1 : 0.4;
    ctx.fillRect(across(from), top, Math.max(0.5, across(to) - across(from) - (to === high ? gap : 0)), bottom - top);
  }
  ctx.globalAlpha = 1;
}

function breakOff(ctx, left, right, palette) {
  ctx.fillStyle = palette.panel;
  ctx.fillRect(left - 0.5, 11, right - left + 1, 3);
}

function paintMarker(ctx, x, height, palette) {
  ctx.fillStyle = palette.panel;
  ctx.fillRect(x - 2.5, height - 17, 5, 17);
  ctx.fillStyle = palette.ink;
  ctx.fillRect(x - 1, height - 16, 2, 16);
}

function titleText(name, share, { config, binarize }) {
  const part = `${grouped(100 * share, share > 0 && share < 0.01 ? 1 : 0)} %`;
  if (name === "x" && binarize !== "both") return `x: ${part} cut`;
  if (name === "weights" && binarize === "nothing") return `weights: ${part} beyond`;
  return config?.quantizer === "identity_ste" || config?.quantizer === "swish_sign" ? `${name}: ${part} beyond` : `${name}: ${part} blocked`;
}

function weightSubtitle({ config, binarize, layers, canCommand }) {
  if (binarize === "nothing") return config?.latent_clip ? "w, kept within the walls" : "w: walls do nothing now";
  const which = layers.length === 1 ? layers[0].name : `${layers.length} layers`;
  return canCommand ? `drag ±t_clip · ${which}` : which;
}
