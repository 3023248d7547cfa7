// The one row of controls: the clock, the data, what is binarised, and the two numbers that everybody asks for.

import { element, setHidden } from "../shared/dom.js";
import { icon } from "../shared/icons.js";
import { writeAttribute, writeText } from "../shared/late_text.js";
import { grouped } from "../shared/numbers.js";
import { dataRow } from "./data_row.js";
import { lineIcon } from "./panel_icons.js";
import { nounOf } from "./input_picture.js";
import { choiceRow, setLine, cockpitButton } from "./panel_parts.js";

const SPEED_CHOICES = [
  { value: 1, text: "1/s", title: "One step a second" },
  { value: 10, text: "10/s", title: "Ten steps a second" },
  { value: "fast", text: "fast", title: "As fast as this computer can" },
];
const BINARISE_CHOICES = [
  { value: "both", text: "W and x", title: "Weights and activations are signs: a binary network" },
  { value: "weights", text: "W", title: "Weights are signs, activations are numbers" },
  { value: "nothing", text: "nothing", title: "Neither: the ordinary network with the same hidden numbers" },
];

const NO_NUMBERS = "This optimiser keeps no hidden numbers, only signs: there is nothing that could stand in for them.";

// cockpit: { act(command), ... }; `openSettings(opener)` shows all other settings, `openComparison(opener)` what stands beside.
export function controlBar(cockpit, openSettings, openComparison) {
  const act = (command) => () => cockpit.act(command);
  let state = null;
  let before = null; // what stood there before the last new start: { dataset, step }

  const playFace = element("span", { class: "play-face" });
  const reset = cockpitButton(lineIcon("reset"), "Start again at step 0 (key 0)", act({ do: "reset" }), { "aria-label": "Start again" });
  const play = cockpitButton(playFace, "", togglePlay, { class: "tool primary play" });
  const step = cockpitButton("step", "Pause, and do one step (key s)", act({ do: "step" }), { class: "tool step" });
  const speed = choiceRow("Speed", SPEED_CHOICES, (value) => cockpit.act({ do: "speed", value }));
  speed.buttons[2].classList.add("wide");
  const data = dataRow(chooseData, (dataset) => cockpit.act({ do: "fetch", dataset }));
  const binarise = choiceRow("Binarise", BINARISE_CHOICES, (value) => set({ binarize: value }));
  const [undoWord, undoAim] = [element("span"), element("span")];
  const undoFace = element("span", { class: "two-lines" }, undoWord, undoAim);
  const undo = cockpitButton([lineIcon("undo"), undoFace], "", act({ do: "undo" }), { class: "tool undo" });
  const more = cockpitButton([lineIcon("more"), element("span", { class: "more-text" }, "more")], "All other settings", () => openSettings(more), {
    class: "tool more", "aria-haspopup": "dialog", "aria-label": "more settings",
  });
  const compare = cockpitButton("compare", "A network beside this one, runs put aside, where flips come from", () => openComparison(compare), {
    class: "tool compare", "aria-haspopup": "dialog",
  });
  const steps = bigNumber("progress");
  const right = bigNumber("accuracy");
  const commands = [
    element("div", { class: "pilot" }, reset, play, step),
    speed.node,
    data.node,
    element("div", { class: "binarise" }, element("span", { class: "faint", "aria-hidden": "true" }, "binarise"), binarise.node),
  ];
  const node = element(
    "section", { class: "control-bar", "aria-label": "Controls" },
    ...commands, steps.node, right.node, element("div", { class: "last-tools" }, undo, compare, more),
  );
  window.addEventListener("keydown", onKey);

  function set(settings) {
    cockpit.act({ do: "set", settings });
  }

  function togglePlay() {
    cockpit.act(state?.playing ? { do: "pause" } : { do: "play", elapsed: 0 });
  }

  // Points have no rows and columns to convolve over.
  function chooseData(dataset) {
    const { kind } = (state.datasets ?? []).find(({ name }) => name === dataset) ?? {};
    set(kind === "points" && state.config?.model === "convnet" ? { dataset, model: "mlp" } : { dataset });
  }

  function onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || !state?.canCommand || !node.isConnected) return;
    if (!cockpit.hears(event) || isField(event.composedPath()[0])) return;
    const action = {
      p: togglePlay, s: act({ do: "step" }), 0: act({ do: "reset" }),
    }[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  }

  function draw(next, palette) {
    remember(next);
    if (next.notice && next.notice !== state?.notice) data.release();
    state = next;
    const absent = !next.canCommand && !next.recorded;
    for (const part of [...commands, compare, more]) setHidden(part, absent);
    showPlay(next.playing);
    speed.show(next.speed === 1 || next.speed === 10 ? next.speed : "fast");
    writeText(speed.buttons[2], next.speed === "start" ? "speeding up" : "fast");
    data.draw(next, palette);
    binarise.show(next.binarize);
    binarise.forbid("nothing", next.latent ? "" : NO_NUMBERS);
    steps.show(`step ${grouped(next.step)}`, stepDetail(next));
    setHidden(right.node, next.view.kind === "none");
    right.show(...accuracyTexts(next));
    setHidden(undo, !next.canUndo || absent);
    const aim = undoAimText(before, next);
    writeText(undoWord, aim ? "back to" : "undo");
    writeText(undoAim, aim);
    writeAttribute(undo, "title", undoTitle(before, next));
  }

  function showPlay(playing) {
    const name = playing ? "pause" : "play";
    if (play.dataset.shows === name) return;
    play.dataset.shows = name;
    play.title = playing ? "Pause after this step (key p)" : "Train on (key p)";
    playFace.replaceChildren(icon(name, 16), playing ? "Pause" : "Play");
  }

  function remember(next) {
    if (!state?.config || !next.config) return;
    const anew = next.now < state.now || next.config.dataset !== state.config.dataset;
    if (anew) before = { dataset: state.config.dataset, step: state.now };
  }

  function stop() {
    window.removeEventListener("keydown", onKey);
  }

  return { node, draw, stop };
}

function bigNumber(kind) {
  const value = element("b");
  const detail = element("span");
  const node = element("div", { class: `big-number ${kind}` }, value, detail);
  return {
    node,
    show(text, below) {
      writeText(value, text);
      setLine(detail, below);
    },
  };
}

function stepDetail({ backAt, now, step, epoch, view }) {
  if (view.kind === "none") return "of your own loop";
  if (backAt !== null) return `back, of ${grouped(now)}`;
  return step ? `epoch ${grouped(epoch + 1)}` : "not trained yet";
}

// What stands beside has the place of the count.
function rivalText({ rival: { name, step, right, examined }, now }) {
  return step < now ? `${name}: at step ${grouped(step)}` : `${name}: ${grouped((100 * right) / examined, 1)} %`;
}

// Never that of the training batch: a batch of 32 jumps, and beside the test set it looks like a mistake.
function accuracyTexts(state) {
  const { view, evaluated } = state;
  if (!view?.examined) {
    if (!evaluated) return ["– %", "not asked yet"];
    return [`${grouped(100 * evaluated.test_accuracy, 1)} %`, `of the test set, step ${grouped(evaluated.step)}`];
  }
  const { right, examined, available } = view;
  const things = `test ${nounOf(view)}s`;
  const share = `${grouped((100 * right) / examined, 1)} %`;
  if (state.rival && state.backAt === null) return [share, rivalText(state)];
  if (available > examined) return [share, `${grouped(right)} of the first ${grouped(examined)}`];
  return [share, `${grouped(right)} of ${grouped(examined)} ${things}`];
}

function undoAimText(before, { config }) {
  if (!before) return "";
  if (before.dataset !== config?.dataset) return before.dataset;
  return before.step ? `step ${grouped(before.step)}` : "";
}

function undoTitle(before, { config }) {
  if (!before) return "Brings back the network before the last new start";
  const data = before.dataset === config?.dataset ? "" : ` on ${before.dataset}`;
  return `Undoes the new start: brings back the network${data} as it was after step ${grouped(before.step)}`;
}

function isField(node) {
  return Boolean(node?.closest?.('input, select, textarea, [contenteditable=""], [contenteditable="true"]'));
}
