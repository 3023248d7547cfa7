// The live lab: the whole network on one screen, drawn from frames, and commands to the run behind it. Mounted once; each
// frame redraws what changed, at most once per animation frame.

import { adapt } from "../shared/adapter.js";
import { announce } from "../shared/announce.js";
import { element, setHidden } from "../shared/dom.js";
import { decodeFrame } from "../shared/frame.js";
import { addStyles } from "../shared/style.js";
import { followTheme } from "../shared/theme.js";
import { addressKeeper } from "./address.js";
import { fetchAhead } from "./ahead.js";
import { BIT_PAGES_STYLE } from "./bit_pages.js";
import { compareDrawer } from "./compare.js";
import { controlBar } from "./control_bar.js";
import { directionSwitch } from "./direction.js";
import { hidePanels } from "./hidden_panels.js";
import { inputPicture } from "./input_picture.js";
import { LAB_STYLE } from "./lab_style.js";
import { kernelLink } from "./kernel_link.js";
import { liveLink } from "./live_link.js";
import { neuronPanel } from "./neuron_panel.js";
import { PANEL_STYLE } from "./panel_style.js";
import { recordedBeginning } from "./recorded_beginning.js";
import { leadingSentence } from "./sentence.js";
import { settingsDrawer } from "./settings.js";
import { starvedAdvice } from "./starved_advice.js";
import { absorbFrame } from "./state.js";
import { networkStrip } from "./strip.js";
import { STRIP_DOTS_STYLE, stripDots } from "./strip_dots.js";
import { decisionSurface } from "./surface.js";
import { TERM_STYLE, termNotes } from "../shared/term.js";
import { timeLine } from "./time_line.js";
import { activationWalls, weightWalls } from "./walls.js";
import { weightPanel } from "./weight_panel.js";
import { wrongImages } from "./wrong_images.js";

const MIN_HEIGHT = 560; // CSS pixels
const SETTLING_DRAWS = 25;
const [NOTEBOOK_SHARE, MAX_NOTEBOOK_HEIGHT] = [0.8, 900]; // of the window; a notebook scrolls, so it must not follow its place
const MIN_WIDE_PX = 2400; // CSS pixels from which gradients have a place of their own

// What a word is about.
const MEANT_IN_LAB = {
  t_clip: ".wall-plot",
  x: '[aria-label="Distribution of x"] .wall-plot',
  normalised: ".sum-line",
  starved: '[aria-label="Distribution of weights"] .wall-plot',
  "latent weight": ".life-frame",
  word: ".panel-foot .word",
};

// `kernel`: the one behind a notebook, or nothing in the lab. Its `share` is how much of the window's height the picture takes.
export function mountLab(host, send, kernel) {
  let state = null;
  let pending = 0;
  let draws = 0;
  let shown = 0; // which frame is on the screen
  let backward = false;
  let gradients = false; // whether frames are to carry the example's gradients
  let room = 0; // CSS pixels from top to bottom
  let chosen = new URLSearchParams(location.search).has("layer"); // by the reader, so that it belongs into the address
  let files = null; // where what can be taken along is had: { path, token }
  let waving = false; // while a single step is being shown as waves

  addStyles(host, LAB_STYLE, PANEL_STYLE, BIT_PAGES_STYLE, STRIP_DOTS_STYLE, TERM_STYLE);
  const link = kernel ? kernelLink(kernel) : liveLink({ onFrame: (bytes) => absorb(decodeFrame(bytes), true), send });
  const beginning = recordedBeginning((decoded) => absorb(decoded, false));
  const cockpit = { act, select, stepThrough: kernel ? null : stepThrough, hears, inspect: () => deck[0].unfold(), files: () => files };
  const [sentence, advice] = [leadingSentence(), starvedAdvice(cockpit)];
  const direction = directionSwitch((chosen) => {
    backward = chosen;
    schedule();
  });
  const input = inputPicture(cockpit);
  const strip = networkStrip(cockpit);
  const scroller = element("div", { class: "strip-scroll" }, strip.node);
  const dots = stripDots(scroller, strip.places);
  const sides = { images: wrongImages(cockpit), points: decisionSurface(cockpit) };
  const network = element(
    "section", { class: "panel network", "aria-label": "the network" },
    element("header", {}, sentence.node, advice.node, direction.node),
    element(
      "div", { class: "network-body" },
      input.node, scroller, dots.node, sides.images.node, sides.points.node,
    ),
  );
  const settings = settingsDrawer(cockpit);
  const comparison = compareDrawer(cockpit);
  const bar = controlBar(cockpit, settings.open, comparison.open);
  const deck = [neuronPanel(cockpit), weightWalls(cockpit), activationWalls(cockpit), weightPanel(cockpit)];
  const board = element("div", { class: "deck" }, ...deck.map((panel) => panel.node));
  const line = timeLine(cockpit);
  const address = addressKeeper();
  const around = [bar, ...deck, line, settings, comparison];
  const node = element(
    "div", { class: "cockpit", style: "visibility: hidden" }, // until there is something to see
    bar.node, network, board, line.node, settings.node, comparison.node,
  );
  const [neuron, weights, x, weight] = deck.map((panel) => panel.node);
  if (!kernel) hidePanels(node, board, { bar: bar.node, network, neuron, weights, x, weight, time: line.node });
  const notes = termNotes(node, MEANT_IN_LAB);
  const theme = followTheme(host, schedule);
  host.append(node);
  const sizes = new ResizeObserver(fit);
  sizes.observe(document.documentElement);

  // The whole picture is as high as the window leaves room for.
  function fit() {
    const top = host.getBoundingClientRect().top + (document.scrollingElement?.scrollTop ?? 0);
    const space = kernel ? Math.min(MAX_NOTEBOOK_HEIGHT, (kernel.share ?? NOTEBOOK_SHARE) * innerHeight) : innerHeight - Math.max(0, top) - 8;
    const next = Math.max(MIN_HEIGHT, Math.floor(space));
    if (next === room) return;
    room = next;
    node.style.setProperty("--room", `${room}px`);
  }

  // A frame that came by the page; all others come by the link.
  function update(frame) {
    if (!frame?.byteLength) return; // a notebook mounts the picture before the first frame
    const decoded = decodeFrame(frame);
    const { connect } = decoded.meta;
    if (!state) fetchAhead(connect?.ahead ?? []);
    if (connect?.files) files = { path: connect.files, token: connect.token };
    if (link.page(decoded.meta)) state = null;
    if (connect?.recorded) beginning.begin(connect.recorded);
    absorb(decoded, false);
  }

  function absorb(decoded, acknowledged) {
    const { serial, empty, recorded } = decoded.meta;
    if (acknowledged) link.expectShown(serial);
    if (empty || !(recorded || beginning.yieldsTo(decoded.meta))) return link.shown(serial);
    if (state && serial < state.frame) return undefined; // overtaken by a newer one
    state = absorbFrame(state, decoded);
    if (link.apply) state = link.apply(state);
    return schedule();
  }

  // A single step is shown in slow order before it is done: forward, backward, and then what it changed. Who presses again
  // wants no show.
  async function act(command) {
    beginning.stop();
    if (command.do === "step" && !state.playing && !waving) {
      waving = true;
      await strip.travel.play(true);
      waving = false;
    }
    link.command(command);
  }

  function select(selection) {
    chosen = true;
    link.command({ do: "select", ...selection });
    reconsider();
  }

  // The same picture, but other things can be done with it, or another weight is chosen.
  function reconsider() {
    if (!link.apply || !state) return;
    state = link.apply({ ...state, restarted: false });
    schedule();
  }

  // Whether a key is meant for the picture: in a notebook only if the focus is in it.
  function hears(event) {
    return !kernel || event.composedPath().includes(node);
  }

  function stepThrough(selection) {
    link.command({ do: "keep", serial: shown }); // until the page comes to it, many newer frames are made
    link.leave({ serial: shown, ...selection });
  }

  function schedule() {
    if (!pending && state) pending = requestAnimationFrame(draw);
  }

  function draw() {
    pending = 0;
    if (draws < SETTLING_DRAWS || draws % SETTLING_DRAWS === 0) fit(); // while a page is built, things above still move
    link.shown(state.frame); // the next one may be made while this one is painted
    const { palette } = theme;
    const view = { backward };
    for (const [kind, side] of Object.entries(sides)) {
      side.node.hidden = state.view.kind !== kind;
      if (!side.node.hidden) side.draw(state, palette);
    }
    network.dataset.kind = state.view.kind;
    setHidden(sentence.node, advice.draw(state, sentence.draw(state, view)));
    direction.draw(backward, state.canLook);
    input.draw(state, palette);
    strip.draw(state, palette, view);
    dots.draw();
    // A picture that nobody can ask has no neuron to choose: what is about one goes.
    const idle = !state.canLook && !state.selection && !kernel;
    board.classList.toggle("idle", idle);
    for (const panel of [deck[0], deck[3]]) setHidden(panel.node, idle);
    for (const part of around) part.draw(state, palette);
    if (!kernel) address.draw(chosen ? state : { ...state, selection: null }); // a notebook's address is not ours
    askForGradients();
    shown = state.frame;
    announce(host, "lab", { state });
    if (!draws) node.style.visibility = "";
    draws += 1;
    // For measuring: which step is on the screen, since when, and when its snapshot was taken (ms since 1970).
    Object.assign(host.dataset, {
      draws, step: state.step, created: state.created, drawn: performance.timeOrigin + performance.now(),
    });
  }

  // They cost the run a backward pass a frame, so only what shows them asks.
  function askForGradients() {
    const wanted = backward || state.selection?.weight != null || !state.playing || state.speed === 1 || innerWidth >= MIN_WIDE_PX;
    if (wanted === gradients || !state.canLook) return;
    gradients = wanted;
    link.command({ do: "backward", on: wanted });
  }

  function destroy() {
    cancelAnimationFrame(pending);
    beginning.stop();
    link.stop();
    theme.stop();
    sizes.disconnect();
    for (const part of [input, strip, ...Object.values(sides), ...around, address, notes]) part.stop();
    host.remove();
  }

  if (kernel) kernel.wake = reconsider;
  fit();
  return { update, destroy };
}

export default adapt(mountLab);
