// The example's bits on their way. At full speed a few are always under way; slowly, a step is seen as one wave from left
// to right, and one back in which the gradient travels.

import { drawTravellers } from "./wires.js";

const FLIGHT = 900; // ms along one wire at full speed
const IN_FLIGHT = 5; // on each bundle of wires at full speed
const WAVE = 750; // ms for one way through the whole network
const MAX_IN_WAVE = 40; // bits on one bundle in a wave
const SLOW = 3; // steps a second up to which each step is seen as waves

// `look()` returns what is shown: { state, palette, layout, backward }.
export function stripTravel(canvas, look) {
  let handle = 0;
  let began = 0;
  let waves = []; // [{ backward, from (ms) }], those that play or wait
  let step = null;
  const flights = new Map(); // bundle and place -> { neuron, started }
  const still = matchMedia("(prefers-reduced-motion: reduce)");

  function follow({ state }, turned) {
    const slow = state.playing && state.stepsPerSecond <= SLOW && isSlow(state.speed);
    const stepped = step !== null && state.step !== step;
    step = state.step;
    if (slow && stepped) waves = startedWaves(state.passes.some((pass) => pass.after));
    if (turned) waves = startedWaves(true).slice(look().backward ? 1 : 0).map((wave) => ({ ...wave, from: performance.now() }));
    run();
  }

  // Both ways, one behind the other; the promise is kept when they are over, or at once where nothing may move.
  function play(bothWays) {
    if (still.matches) return Promise.resolve();
    waves = startedWaves(bothWays);
    run();
    return new Promise((resolve) => { setTimeout(resolve, waves.length * WAVE); });
  }

  function startedWaves(bothWays) {
    const now = performance.now();
    return [{ backward: false, from: now }, { backward: true, from: now + WAVE }].slice(0, bothWays ? 2 : 1);
  }

  function run() {
    if (!handle) handle = requestAnimationFrame(tick);
  }

  function tick(now) {
    handle = 0;
    const shown = look();
    if (!shown?.layout) return;
    began ||= now;
    waves = waves.filter((wave) => now < wave.from + WAVE);
    const streams = shown.state.playing && !isSlow(shown.state.speed) && !still.matches;
    const travellers = still.matches ? [] : waves.length ? inWaves(now, shown) : streams ? inStream(now, shown) : [];
    const { ctx, width } = canvas.begin();
    if (width) drawTravellers(ctx, shown.layout, shown.state, travellers, shown.palette);
    if (waves.length || streams) run();
  }

  function inWaves(now, { layout }) {
    const wave = waves.find(({ from }) => now >= from);
    if (!wave) return [];
    const bundles = layout.passes.length;
    const progress = ((now - wave.from) / WAVE) * bundles;
    const along = Math.min(bundles - 1, Math.floor(progress));
    const from = wave.backward ? bundles - 1 - along : along;
    const count = layout.neurons[from];
    const every = Math.ceil(count / MAX_IN_WAVE);
    return Array.from({ length: Math.ceil(count / every) }, (_, at) => ({
      from, neuron: at * every, at: Math.min(1, progress - along), backward: wave.backward,
    }));
  }

  function inStream(now, { layout, backward }) {
    const travellers = [];
    layout.passes.forEach((_, from) => {
      for (let place = 0; place < IN_FLIGHT; place += 1) {
        const key = from * IN_FLIGHT + place;
        let flight = flights.get(key);
        if (!flight || now - flight.started > FLIGHT || flight.neuron >= layout.neurons[from]) {
          const late = flight ? 0 : (place / IN_FLIGHT) * FLIGHT;
          flight = { neuron: Math.floor(Math.random() * layout.neurons[from]), started: now - late };
          flights.set(key, flight);
        }
        travellers.push({ from, neuron: flight.neuron, at: (now - flight.started) / FLIGHT, backward });
      }
    });
    return travellers;
  }

  function stop() {
    cancelAnimationFrame(handle);
  }

  return { follow, play, stop };
}

function isSlow(speed) {
  return speed === 1;
}
