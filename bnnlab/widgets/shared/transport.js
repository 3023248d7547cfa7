// The toolbar of a step-by-step picture, and the clock behind its play button.
//
//     const transport = new Transport({ label, onStep, onSettle, jump })
//     transport.node                      the toolbar
//     transport.reset(steps, at)          a new sequence
//     transport.go(at) / move(by) / leap(direction) / toggle()
//
// `onStep(at, playing)` redraws. `onSettle(at)` comes a quarter of a second after the last move and never while
// playing: it is for the page's address. `jump` = { text, label, target(at, direction) } adds a button for longer
// strides.

import { countText, element, setText } from "./dom.js";
import { icon } from "./icons.js";
import { stepKeys } from "./step_keys.js";

const SPEEDS = [1, 2, 5, 15, 60]; // steps a second
const SETTLE_MS = 250;

export class Transport {
  constructor({ label, onStep, onSettle = () => {}, jump = null }) {
    Object.assign(this, { onStep, onSettle, jump, steps: 1, at: 0, playing: false });
    this.clock = 0;
    this.settling = 0;
    this.build(label);
  }

  reset(steps, at) {
    this.pause();
    clearTimeout(this.settling);
    this.steps = steps;
    this.slider.max = steps - 1;
    this.show(at);
  }

  go(at) {
    this.pause();
    this.show(at);
    this.settle();
  }

  move(by) {
    this.go(this.at + by);
  }

  leap(direction) {
    if (this.jump) this.go(this.jump.target(this.at, direction));
  }

  toggle() {
    if (this.playing) {
      this.pause();
      this.show(this.at);
      this.settle();
      return;
    }
    this.playing = true;
    clearTimeout(this.settling);
    this.show(this.at === this.steps - 1 ? 0 : this.at);
    this.tick();
  }

  destroy() {
    this.pause();
    clearTimeout(this.settling);
  }

  tick() {
    this.clock = setTimeout(() => {
      this.show(this.at + 1);
      if (this.at < this.steps - 1) this.tick();
      else this.toggle();
    }, 1000 / Number(this.speed.value));
  }

  pause() {
    clearTimeout(this.clock);
    this.playing = false;
  }

  settle() {
    clearTimeout(this.settling);
    this.settling = setTimeout(() => this.onSettle(this.at), SETTLE_MS);
  }

  show(at) {
    this.at = Math.max(0, Math.min(this.steps - 1, at));
    this.slider.value = this.at;
    this.slider.setAttribute("aria-valuetext", `step ${this.at + 1} of ${this.steps}`);
    setText(this.counter, `step ${this.at + 1} of ${this.steps}`);
    this.showEnds();
    this.showPlaying();
    this.onStep(this.at, this.playing);
  }

  // aria-disabled rather than disabled: a button that vanishes from the tab order under the user's hand loses the focus.
  showEnds() {
    const atEnd = this.at === this.steps - 1;
    for (const button of [this.first, this.previous]) button.ariaDisabled = this.at === 0;
    for (const button of [this.next, this.leaper, this.last]) if (button) button.ariaDisabled = atEnd;
  }

  showPlaying() {
    const name = this.playing ? "pause" : "play";
    if (this.play.dataset.shows === name) return;
    this.play.dataset.shows = name;
    this.play.setAttribute("aria-label", this.playing ? "Pause" : "Play");
    this.play.title = this.playing ? "Pause" : "Play all steps";
    this.play.replaceChildren(icon(name));
  }

  build(label) {
    this.first = playerButton("first", "First step", () => this.go(0));
    this.previous = playerButton("previous", "Previous step", () => this.move(-1));
    this.play = playerButton("play", "Play", () => this.toggle());
    this.play.classList.add("transport-play");
    this.next = playerButton("next", "Next step", () => this.move(1));
    this.leaper = this.jump && playerButton("jump", this.jump.label, () => this.leap(1));
    this.leaper?.append(element("span", {}, this.jump.text));
    this.last = playerButton("last", "Last step", () => this.go(this.steps - 1));
    this.speed = element("select", { "aria-label": "Speed" });
    for (const speed of SPEEDS) {
      const option = element("option", { value: speed }, `${countText(speed, "step")} / s`);
      option.selected = speed === 2;
      this.speed.append(option);
    }
    this.slider = element("input", { type: "range", min: 0, value: 0, "aria-label": "Step" });
    this.slider.addEventListener("input", () => this.go(Number(this.slider.value)));
    this.counter = element("output", { class: "transport-counter", "aria-live": "off" });
    const buttons = [this.first, this.previous, this.play, this.next, this.leaper, this.last];
    this.node = element(
      "div",
      { class: "transport", role: "toolbar", "aria-label": label },
      element("div", { class: "transport-buttons" }, ...buttons.filter(Boolean)),
      this.speed,
      this.slider,
      this.counter,
    );
    // The slider and the choice of speed have their own use for these keys, and a space presses the focused button.
    const onKey = stepKeys(this);
    this.node.addEventListener("keydown", (event) => {
      if (event.target.closest("button") && event.key !== " ") onKey(event);
    });
  }
}

function playerButton(name, label, onClick) {
  const button = element("button", { type: "button", "aria-label": label, title: label }, icon(name));
  button.addEventListener("click", onClick);
  return button;
}

export const TRANSPORT_STYLE = `
.bnnlab .transport {
  display: flex; flex-wrap: wrap; align-items: center; gap: 8px 10px;
  .transport-buttons { display: flex; gap: 4px; }
  button { display: inline-flex; align-items: center; justify-content: center; gap: 6px; white-space: nowrap; }
  .transport-play { min-width: 44px; background: var(--minus); border-color: var(--minus); color: var(--paper); }
  input[type="range"] { flex: 1 1 80px; height: 34px; }
  .transport-counter { min-width: 8.5em; text-align: right; white-space: nowrap; }
}
`;
