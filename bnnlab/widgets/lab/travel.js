// The example's bits on their way. At full speed a few are always under way, layer by layer; slowly, a step is seen as one
// wave from left to right, and one back in which the gradient travels. Each is a small element that the browser moves by
// itself. Where pictures follow one another fast, each of them moves it on instead: a page that moves between its pictures
// shows them later (measured: 10 ms).

import { element } from "../shared/dom.js";
import { passedColour } from "./gate_picture.js";
import { wireOf } from "./wires.js";

const FLIGHT = 700; // ms along one wire at full speed
const STAGGER = 250; // ms between the first and the last of a group
const IN_FLIGHT = 8; // in a group
const WAVE = 450; // ms for one way through the whole network
const MAX_IN_WAVE = 32; // bits on one bundle in a wave
const PIECES = 14; // straight pieces that a wire is walked in
const FAST = 60; // ms between pictures, from which on they carry the motion
const [CROWDED, QUIET] = [220, 120]; // ms between pictures of a fast run from which motion is spared, and taken up again

// `look()` returns what is shown: { state, palette, layout, backward }.
export function stripTravel(look) {
  const node = element("div", { class: "travel", "aria-hidden": "true" });
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  let bits = []; // those under way: { dot, from, neuron, backward, motion }
  let streams = false;
  let step = null;
  let waving = 0; // number of the wave that plays, or 0
  let waves = 0;
  let layout = null;
  let spared = false; // where pictures come late, the computer has better to do than to move bits between them
  let between = QUIET; // ms, lately
  let followed = 0;

  // To be told every frame.
  function follow({ state, layout: places, backward }, turned) {
    if (places !== layout) clear();
    layout = places;
    const stepped = step !== null && state.step !== step && state.backAt === null;
    step = state.step;
    if (stepped && state.speed !== 10) pace();
    if (stepped && state.playing && isSlow(state.speed)) play(state.passes.some((pass) => pass.after));
    if (turned) wave(backward);
    const flows = Boolean(layout) && Boolean(state.example) && state.playing && state.backAt === null && !isSlow(state.speed) && !spared && !still.matches;
    if (!flows && streams && !waving) clear();
    streams = flows;
    if (flows && !waving && !bits.length) stream();
    for (const bit of bits) paint(bit);
    carry();
  }

  function pace() {
    const now = performance.now();
    between = 0.8 * between + 0.2 * Math.min(1000, now - followed);
    followed = now;
    spared = spared ? between > QUIET : between > CROWDED;
  }

  // Forward, then on request backward; the promise is kept when that is over, or at once where nothing may move.
  async function play(bothWays) {
    await wave(false);
    if (bothWays) await wave(true);
  }

  function wave(backward) {
    if (still.matches || !layout || !look().state.example) return Promise.resolve();
    clear();
    waving = waves += 1;
    const mine = waving;
    const bundles = layout.passes.length;
    layout.passes.forEach((_, at) => {
      const from = backward ? bundles - 1 - at : at;
      const every = Math.ceil(layout.neurons[from] / MAX_IN_WAVE);
      for (let neuron = 0; neuron < layout.neurons[from]; neuron += every) {
        fly(launch({ from, neuron, backward }), WAVE / bundles, (at * WAVE) / bundles);
      }
    });
    return new Promise((resolve) => {
      setTimeout(() => {
        if (waving === mine) clear();
        resolve();
      }, WAVE);
    });
  }

  // Layer by layer: when the last bit has landed, the next layer's are sent. So only one place of the picture moves at a
  // time, which also costs a browser without a graphics card least.
  function stream(from = 0) {
    const count = Math.min(IN_FLIGHT, layout.neurons[from]);
    const carried = between < FAST;
    for (let place = 0; place < count; place += 1) {
      const neuron = Math.floor(Math.random() * layout.neurons[from]);
      const delay = (place / count) * STAGGER;
      const bit = launch({ from, neuron, backward: look().backward, carried, departs: performance.now() + delay });
      if (!carried) fly(bit, FLIGHT, delay).onfinish = () => land(bit);
    }
  }

  // Those that the pictures carry.
  function carry() {
    const now = performance.now();
    for (const bit of bits) {
      if (!bit.carried) continue;
      const way = (now - bit.departs) / FLIGHT;
      if (way >= 1) land(bit);
      else if (way >= 0) Object.assign(bit.dot.style, placeOn(bit, way));
    }
  }

  // Taken away together: each time the page changes it is laid out anew.
  function land(bit) {
    if (!bits.includes(bit)) return;
    bit.landed = true;
    if (!bits.every(({ landed }) => landed)) return;
    clear();
    const bundles = layout.passes.length;
    if (streams) stream((bit.from + (bit.backward ? bundles - 1 : 1)) % bundles);
  }

  function launch(bit) {
    Object.assign(bit, { dot: element("i"), wire: wireOf(layout, bit.from, bit.neuron), motion: null });
    bits.push(bit);
    node.append(bit.dot);
    paint(bit);
    return bit;
  }

  function fly(bit, duration, delay) {
    const frames = Array.from({ length: PIECES + 1 }, (_, at) => placeOn(bit, at / PIECES));
    bit.motion = bit.dot.animate(frames, { duration, delay, fill: "none" });
    return bit.motion;
  }

  // In the colour of the value that the frame on the screen says it has; on the way back, of a gradient that is blocked
  // nothing goes on.
  function paint(bit) {
    const { state, palette } = look();
    const pass = state.passes[bit.from];
    const shows = pass && bit.neuron < neuronsOf(pass);
    const value = shows ? valueOf(pass, bit.neuron) : 0;
    const colour = bit.backward ? palette.ink : passedColour(value, state.clip, state.binarize === "both", palette);
    const blocked = bit.backward && pass?.after && !pass.conv && pass.after[bit.neuron] === 0;
    if (bit.colour !== colour) bit.dot.style.background = bit.colour = colour;
    if (bit.blocked !== blocked) bit.dot.classList.toggle("blocked", bit.blocked = blocked);
  }

  function clear() {
    waving = 0;
    for (const { dot, motion } of bits) {
      if (motion) motion.onfinish = null;
      motion?.cancel();
      dot.remove();
    }
    bits = [];
  }

  return { node, follow, play, stop: clear };
}

// `way` from 0 to 1.
function placeOn({ wire, backward }, way) {
  const { x, y } = wire(backward ? 1 - way : way);
  return { transform: `translate(${x}px, ${y}px)`, opacity: 1 };
}

function neuronsOf(pass) {
  return pass.conv ? pass.xShape[0] : pass.x.length;
}

// Of a convolution's filter, what most of its map says.
function valueOf(pass, neuron) {
  if (!pass.conv) return pass.x[neuron];
  const size = pass.xShape[1] * pass.xShape[2];
  let sum = 0;
  for (let at = neuron * size; at < (neuron + 1) * size; at += 1) sum += pass.x[at] >= 0 ? 1 : -1;
  return sum;
}

function isSlow(speed) {
  return speed === 1;
}
