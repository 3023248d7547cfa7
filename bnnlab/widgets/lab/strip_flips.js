// Which weights have just flipped: a ring around the new sign, gone after one step. At full speed the picture would
// flicker, so it takes new rings at most four times a second, and a soft tint tells where flips were lately.

import { cellAtWeight, cellPlace } from "./strip_places.js";
import { paintTint } from "./weight_pixels.js";

const MIN_PAUSE = 260; // ms between two repaints at full speed
const [MAX_RINGS, MAX_RINGS_QUICK] = [500, 40]; // in each layer; more are a tint only
const FADING = 0.7; // share of the tint that a repaint leaves
const QUICK = 12; // steps a second above which marks are taken together

export function stripFlips() {
  let rings = []; // for each pass, positions in its layer
  let gathered = []; // since the last repaint
  let painted = 0;
  let seen = { steps: 0, counts: [] }; // how many steps the rings are of, and how many weights flipped in them
  let step = null;
  let paintedStep = null; // the first picture says nothing of the steps before it

  // To be told every frame; returns whether other rings are to be drawn now.
  function note({ state, layout, palette }, maps) {
    if (!layout || state.step === step) return false;
    step = state.step;
    const quick = state.playing && state.backAt === null && state.stepsPerSecond > QUICK;
    state.passes.forEach(({ layer }, at) => {
      if (layer) gathered[at] = quick && gathered[at] ? [...gathered[at], ...layer.flips] : [...layer.flips];
    });
    const now = performance.now();
    if (quick && now - painted < MIN_PAUSE) return false;
    painted = now;
    if (state.backAt === null) { // what flips while one looks back is marked on coming back
      seen = { steps: paintedStep === null ? 0 : state.step - paintedStep, counts: gathered.map((positions) => new Set(positions).size) };
      paintedStep = state.step;
    }
    layout.passes.forEach(({ weights }, at) => {
      const layer = state.passes[at].layer;
      if (!layer) return;
      const places = gathered[at].map((position) =>
        cellAtWeight(weights, Math.floor(position / layer.columns), position % layer.columns));
      paintTint(maps[at].tint, weights, places, palette.mismatch, quick ? FADING : 0);
    });
    rings = gathered.map((positions) => spreadOut(positions ?? [], quick ? MAX_RINGS_QUICK : MAX_RINGS));
    gathered = [];
    return true;
  }

  function draw(ctx, { state, layout, palette }) {
    ctx.strokeStyle = palette.mismatch;
    ctx.lineWidth = 2;
    layout.passes.forEach(({ weights }, at) => {
      const layer = state.passes[at].layer;
      for (const position of layer ? rings[at] ?? [] : []) {
        const cell = cellPlace(weights, Math.floor(position / layer.columns), position % layer.columns);
        const size = Math.max(8, cell.width + 3);
        ctx.strokeRect(cell.x + cell.width / 2 - size / 2, cell.y + cell.height / 2 - size / 2, size, size);
      }
    });
    ctx.lineWidth = 1;
  }

  function forget() {
    [rings, gathered, step] = [[], [], null];
  }

  return { note, draw, forget, seen: () => seen };
}

// Not the first ones only: they would all lie in one corner.
function spreadOut(positions, most) {
  const every = Math.ceil(positions.length / most);
  return every > 1 ? positions.filter((_, at) => at % every === 0) : positions;
}
