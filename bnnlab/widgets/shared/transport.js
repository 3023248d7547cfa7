// The toolbar of a step-by-step picture, and the clock behind its play button.
//
//     const transport = stepTransport({ label, onStep, onSettle, jump, noun, pace })
//     transport.node                      the toolbar
//     transport.reset(steps, at)          a new sequence
//     transport.go(at) / move(by) / leap(direction) / toggle()
//     transport.last()                    the index of the last step
//
// `onStep(at, playing)` redraws. `onSettle(at)` comes a quarter of a second after the last move and never while
// playing: it is for the page's address. `jump` = { text, label, target(at, direction) } adds a button for longer
// strides. `noun` is what its steps are called, `pace` how many of them a second it plays at first, one of SPEEDS.

import { element, setText } from "./dom.js";
import { icon } from "./icons.js";
import { countText } from "./numbers.js";
import { stepKeys } from "./step_keys.js";

const SPEEDS = [1, 2, 5, 15, 60]; // steps a second
const SETTLE_MS = 250;

export function stepTransport({ label, onStep, onSettle = () => {}, jump = null, noun = "step", pace = 2 }) {
  let steps = 1;
  let at = 0;
  let playing = false;
  let clock = 0;
  let settling = 0;
  const bar = transportBar(label, jump, noun, pace);
  const transport = { node: bar.node, reset, go, move, leap, toggle, destroy, last: () => steps - 1, stepsASecond: () => Number(bar.speed.value) };
  const presses = { first: () => go(0), previous: () => move(-1), play: toggle, next: () => move(1), leap: () => leap(1) };
  for (const [name, press] of Object.entries(presses)) bar[name]?.addEventListener("click", press);
  bar.last.addEventListener("click", () => go(steps - 1));
  bar.slider.addEventListener("input", () => go(Number(bar.slider.value)));
  // The slider and the choice of speed have their own use for these keys, and a space presses the focused button.
  const onKey = stepKeys(transport);
  bar.node.addEventListener("keydown", (event) => {
    if (event.target.closest("button") && event.key !== " ") onKey(event);
  });

  function reset(count, start) {
    pause();
    clearTimeout(settling);
    steps = count;
    bar.slider.max = count - 1;
    show(start);
  }

  function go(target) {
    pause();
    show(target);
    settle();
  }

  function move(by) {
    go(at + by);
  }

  function leap(direction) {
    if (jump) go(jump.target(at, direction));
  }

  function toggle() {
    if (steps < 2) return;
    if (playing) {
      pause();
      show(at);
      settle();
      return;
    }
    playing = true;
    clearTimeout(settling);
    show(at === steps - 1 ? 0 : at);
    tick();
  }

  function tick() {
    clock = setTimeout(() => {
      show(at + 1);
      if (at < steps - 1) tick();
      else toggle();
    }, 1000 / Number(bar.speed.value));
  }

  function pause() {
    clearTimeout(clock);
    playing = false;
  }

  function settle() {
    clearTimeout(settling);
    settling = setTimeout(() => onSettle(at), SETTLE_MS);
  }

  function show(target) {
    at = Math.max(0, Math.min(steps - 1, target));
    bar.show(at, steps, playing);
    onStep(at, playing);
  }

  function destroy() {
    pause();
    clearTimeout(settling);
  }

  return transport;
}

// What the toolbar looks like: its buttons, and which of them make sense at a step.
function transportBar(label, jump, noun, usual) {
  const first = playerButton("first", "First step");
  const previous = playerButton("previous", "Previous step");
  const play = playerButton("play", "Play");
  play.classList.add("transport-play");
  const next = playerButton("next", "Next step");
  const leap = jump && playerButton("jump", jump.label);
  leap?.append(element("span", {}, jump.text));
  const last = playerButton("last", "Last step");
  const speed = element("select", { "aria-label": "Speed" });
  for (const pace of SPEEDS) {
    const option = element("option", { value: pace }, `${countText(pace, noun)} / s`);
    option.selected = pace === usual;
    speed.append(option);
  }
  const slider = element("input", { type: "range", min: 0, value: 0, "aria-label": "Step" });
  const counter = element("output", { class: "transport-counter", "aria-live": "off" });
  const buttons = [first, previous, play, next, leap, last].filter(Boolean);
  const node = element(
    "div",
    { class: "transport", role: "toolbar", "aria-label": label },
    element("div", { class: "transport-buttons" }, ...buttons),
    speed,
    slider,
    counter,
  );

  function show(at, steps, playing) {
    slider.value = at;
    slider.setAttribute("aria-valuetext", `${noun} ${at + 1} of ${steps}`);
    setText(counter, `${noun} ${at + 1} of ${steps}`);
    // aria-disabled rather than disabled: a button that vanishes from the tab order under the user's hand loses the focus.
    for (const button of [first, previous]) button.ariaDisabled = at === 0;
    for (const button of [next, leap, last]) if (button) button.ariaDisabled = at === steps - 1;
    play.ariaDisabled = steps < 2;
    slider.disabled = speed.disabled = steps < 2;
    showPlaying(playing);
  }

  function showPlaying(playing) {
    const name = playing ? "pause" : "play";
    if (play.dataset.shows === name) return;
    play.dataset.shows = name;
    play.setAttribute("aria-label", playing ? "Pause" : "Play");
    play.title = playing ? "Pause" : "Play all steps";
    play.replaceChildren(icon(name));
  }

  return { node, first, previous, play, next, leap, last, speed, slider, show };
}

function playerButton(name, label) {
  return element("button", { type: "button", "aria-label": label, title: label }, icon(name));
}

export const TRANSPORT_STYLE = `
.bnnlab .transport {
  display: flex; flex-wrap: wrap; align-items: center; gap: 8px 10px;
  .transport-buttons { display: flex; gap: 4px; }
  button { display: inline-flex; align-items: center; justify-content: center; gap: 6px; white-space: nowrap; }
  .transport-play { min-width: 44px; background: var(--minus); border-color: var(--minus); color: var(--paper); }
  .transport-play[aria-disabled="true"] { background: var(--panel); border-color: var(--grid); color: var(--grid); }
  input[type="range"] { flex: 1 1 80px; height: 34px; }
  .transport-counter { min-width: 8.5em; text-align: right; white-space: nowrap; }
}
`;
