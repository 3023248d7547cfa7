// A neuron's bits for fingers: sixteen large cells at a time, inputs above weights, and whether the two agree. A swipe or
// an arrow turns to the next sixteen; a bar beneath says where in which word they stand.

import { element, setHidden } from "../shared/dom.js";
import { writeAttribute, writeText } from "../shared/late_text.js";
import { signedText } from "../shared/numbers.js";
import { tapText } from "./bit_rows.js";
import { bitGroups } from "./neuron_bits.js";
import { cockpitButton } from "./panel_parts.js";

const [CELLS, BITS_IN_WORD] = [16, 64];
const GROUPS = ["agree", "differ", "meet a 0"];
const SWIPE = 40; // CSS pixels

// `choose(tap)` selects a weight.
export function bitPages(choose) {
  let shown = null; // { neuron, pages, at }
  let isSeen = false;
  let revealed = "";
  let swiped = false; // so that lifting the finger chooses nothing
  let start = null;
  const cells = Array.from({ length: CELLS }, (_, index) => bitCell(() => {
    if (!swiped) choose(shown.pages[shown.at].taps[index]);
  }));
  const before = cockpitButton("‹", "the bits before these", () => turn(-1), { "aria-label": "the bits before these" });
  const after = cockpitButton("›", "the bits after these", () => turn(1), { "aria-label": "the bits after these" });
  const title = element("b");
  const thumb = element("i");
  const track = element("div", { class: "bit-track", "aria-hidden": "true" }, thumb);
  const reading = element("p", { class: "faint bit-reading" });
  const table = element("div", { class: "bit-cells" }, ...cells.map(({ node }) => node));
  const node = element(
    "div", { class: "bit-pages", role: "group", "aria-label": "Bits of the neuron, sixteen at a time" },
    element("div", { class: "bit-turn" }, before, title, after), table, track, reading,
  );
  const watcher = new ResizeObserver(([entry]) => {
    isSeen = entry.contentRect.width > 0;
    paint();
  });
  watcher.observe(node);

  table.addEventListener("pointerdown", ({ clientX, clientY }) => {
    [start, swiped] = [{ x: clientX, y: clientY }, false];
  });
  table.addEventListener("pointerup", ({ clientX, clientY }) => {
    const [across, down] = start ? [clientX - start.x, clientY - start.y] : [0, 0];
    start = null;
    swiped = Math.abs(across) > SWIPE && Math.abs(across) > Math.abs(down);
    if (swiped) turn(across < 0 ? 1 : -1);
  });

  function turn(by) {
    shown.at += by;
    paint();
  }

  function draw(neuron, sorted) {
    setHidden(node, !neuron.counts || !neuron.inputs);
    if (node.hidden) return;
    const pages = pagesOf(neuron, sorted);
    shown = { neuron, pages, at: shown?.at ?? 0 };
    const key = `${neuron.layer.name} ${neuron.neuron} ${neuron.weight} ${sorted}`;
    if (key !== revealed) {
      revealed = key;
      shown.at = Math.max(0, pages.findIndex(({ taps }) => taps.includes(neuron.weight)));
    }
    paint();
  }

  function paint() {
    if (!isSeen || !shown) return;
    const { neuron, pages } = shown;
    const at = shown.at = Math.max(0, Math.min(pages.length - 1, shown.at));
    cells.forEach((cell, index) => cell.show(neuron, pages[at].taps[index]));
    writeText(title, pages[at].title);
    writeAttribute(before, "aria-disabled", String(at === 0));
    writeAttribute(after, "aria-disabled", String(at === pages.length - 1));
    const words = pages[at].places;
    writeAttribute(thumb, "style", `left:${100 * words.from}%;width:${100 * (words.to - words.from)}%`);
    writeAttribute(track, "style", `--word:${(100 * BITS_IN_WORD) / neuron.signs.length}%`);
    writeText(reading, neuron.weight === null ? "tap a pair of bits to follow its weight" : tapText(neuron, neuron.weight));
  }

  return { node, draw, stop: () => watcher.disconnect() };
}

// Sixteen taps each; a page never reaches from one word, or from one group, into the next.
function pagesOf(neuron, sorted) {
  const all = neuron.signs.length;
  const words = Math.ceil(all / BITS_IN_WORD);
  let passed = 0;
  return bitGroups(neuron, sorted).flatMap((group, kind) => {
    const pages = [];
    for (let from = 0; from < group.length; from += CELLS) {
      const taps = group.slice(from, from + CELLS);
      const last = from + taps.length - 1;
      const word = `${words > 1 ? `word ${Math.floor(from / BITS_IN_WORD)} of ${words}` : "its word"}, bits ${from % BITS_IN_WORD}–${last % BITS_IN_WORD}`;
      pages.push({
        taps, title: sorted ? `${from + 1}–${last + 1} of ${group.length} that ${GROUPS[kind]}` : word,
        places: { from: passed / all, to: (passed + taps.length) / all },
      });
      passed += taps.length;
    }
    return pages;
  });
}

function bitCell(press) {
  const [input, mark, weight] = ["bit-half", "bit-mark", "bit-half"].map((kind) => element("span", { class: kind, "aria-hidden": "true" }));
  const node = element("button", { type: "button", class: "bit-cell" }, input, mark, weight);
  let last = "";
  node.addEventListener("click", press);

  function show(neuron, tap) {
    const { inputs, signs, weight: chosen } = neuron;
    const next = tap === undefined ? "" : `${tap} ${inputs[tap]} ${signs[tap]} ${chosen === tap}`;
    if (next === last) return;
    last = next;
    writeAttribute(node, "style", next ? "" : "visibility:hidden");
    if (!next) return;
    for (const [half, value] of [[input, inputs[tap]], [weight, signs[tap]]]) {
      writeAttribute(half, "data-sign", String(Math.sign(value)));
      writeText(half, value ? signedText(Math.sign(value))[0] : "0");
    }
    const agrees = inputs[tap] === signs[tap];
    writeAttribute(node, "data-agrees", String(agrees));
    writeText(mark, inputs[tap] ? (agrees ? "=" : "≠") : "");
    writeAttribute(node, "aria-label", tapText(neuron, tap));
    writeAttribute(node, "aria-pressed", String(chosen === tap));
  }

  return { node, show };
}

export const BIT_PAGES_STYLE = `
.bnnlab .bit-pages { display: none; }
@container (max-width: 760px) {
  .bnnlab .bit-pages {
    display: grid; gap: 0.5em;
    &:not([hidden]) ~ .bits-frame { display: none; }
    .bit-turn { display: flex; align-items: center; justify-content: space-between; gap: 0.6em; .tool { min-width: 48px; font-size: 1.3em; } }
    .bit-cells { display: grid; grid-template-columns: repeat(8, minmax(0, 1fr)); row-gap: 6px; margin: 0 -4px; touch-action: pan-y; }
    .bit-cell {
      min-width: 0; min-height: 68px; padding: 4px 2px; border: 2px solid transparent; background: none; border-radius: 6px;
      display: grid; grid-template-rows: 1fr 16px 1fr; line-height: 1; user-select: none;
      &[aria-pressed="true"] { border-color: var(--ink); }
    }
    .bit-half {
      display: grid; place-items: center; border-radius: 3px; font-weight: 700; font-size: 15px;
      &[data-sign="1"] { background: var(--plus); color: var(--on-plus); }
      &[data-sign="-1"] { background: var(--minus); color: var(--paper); }
      &[data-sign="0"] { background: var(--grid); }
    }
    .bit-mark { display: grid; place-items: center; font-size: 14px; font-weight: 700; color: var(--faint); }
    [data-agrees="true"] .bit-mark { color: var(--ink); }
    .bit-track {
      position: relative; height: 8px; border-radius: 4px; border: 1px solid var(--grid); overflow: hidden;
      background: repeating-linear-gradient(to right, transparent 0 calc(var(--word) - 2px), var(--faint) calc(var(--word) - 2px) var(--word));
      i { position: absolute; top: 0; bottom: 0; min-width: 6px; background: var(--control); }
    }
  }
}
`;
