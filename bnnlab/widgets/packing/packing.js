// Packing: from matrices of numbers to signs to bits in machine words, and the product of these words. Recorded packings
// arrive whole; stepping needs no Python. A sign that is turned is told to it as "edit", and it packs anew.

import { adapt } from "../shared/adapter.js";
import { announce } from "../shared/announce.js";
import { BITS_STYLE } from "../shared/bits.js";
import { element, setHidden, setText } from "../shared/dom.js";
import { countText } from "../shared/numbers.js";
import { stepKeys } from "../shared/step_keys.js";
import { addStyles } from "../shared/style.js";
import { followTheme } from "../shared/theme.js";
import { TERM_STYLE, termNotes } from "../shared/term.js";
import { stepTransport, TRANSPORT_STYLE } from "../shared/transport.js";
import { turnedSigns } from "../shared/turned_signs.js";
import { elementPath, ELEMENT_PATH_STYLE } from "./element_path.js";
import { FILLING_WORDS_STYLE } from "./filling_words.js";
import { memoryBar, MEMORY_BAR_STYLE } from "./memory_bar.js";
import { packingData } from "./pack_data.js";
import { packedPanel, PACKED_PANEL_STYLE } from "./packed_panel.js";
import { SIGN_MATRIX_STYLE } from "./sign_matrix.js";
import { wordProduct, WORD_PRODUCT_STYLE } from "./word_product.js";

export function mountPacking(host, send) {
  let packing = null;
  let at = 0;
  let looked = null; // { name, cell } that the reader is at
  let panels = [];
  addStyles(
    host, TRANSPORT_STYLE, BITS_STYLE, SIGN_MATRIX_STYLE, ELEMENT_PATH_STYLE, FILLING_WORDS_STYLE, PACKED_PANEL_STYLE,
    WORD_PRODUCT_STYLE, MEMORY_BAR_STYLE, TERM_STYLE, PACKING_STYLE,
  );
  const theme = followTheme(host, () => {});
  const turns = turnedSigns(send);
  const transport = stepTransport({
    label: "Step through the packing",
    onStep: step,
    jump: {
      text: "next word",
      label: "Next finished word",
      target: (from, direction) => packing.stepped.filling(from, direction),
    },
  });
  const path = elementPath();
  const product = wordProduct();
  const memory = memoryBar();
  const count = element("span", { class: "note" });
  const reset = element("button", { type: "button" }, "reset");
  const undo = element("div", { class: "packing-undo" }, count, reset);
  const sides = element("div", { class: "packing-sides" });
  const beside = element("div", { class: "packing-beside" }, product.node, memory.node);
  const spoken = element("p", { class: "visually-hidden", "aria-live": "polite" });
  const head = element("div", { class: "packing-head" }, path.node, undo);
  host.append(element("div", { class: "packing" }, transport.node, head, sides, spoken));
  const notes = termNotes(host, MEANT_IN_PACKING);
  reset.addEventListener("click", () => {
    if (reset.ariaDisabled === "true") return;
    turns.reset();
    changed();
    for (const [index, side] of packing.sides.entries()) {
      for (let cell = 0; cell < side.steps; cell += 1) panels[index].repaint(cell);
    }
  });

  function update(data) {
    if (packing && packing.id === data.id) return;
    const next = packingData(data);
    if (next.base !== null && !turns.take(next)) return;
    const before = packing;
    packing = next;
    if (panels.length !== packing.sides.length) buildPanels();
    panels.forEach((panel, index) => panel.load(packing.sides[index], packing.wrong));
    for (const part of [product, memory]) part.load(packing);
    setHidden(undo, packing.base === null);
    if (looked && !packing.sides.some((side) => side.name === looked.name && looked.cell < side.steps)) looked = null;
    // Signs that were turned leave the step where it is; whatever else is new is shown packed.
    const { steps } = packing.stepped;
    const same = before && before.axis === packing.axis && before.stepped.steps === steps;
    transport.reset(steps, same ? at : steps - 1);
  }

  function buildPanels() {
    panels = packing.sides.map(({ name }) => packedPanel({
      turns: packing.base === null ? null : turns,
      onTurn: (cell) => turn(name, cell),
      onDone: turns.tell,
      onLook: (cell) => look(name, cell),
      onWrong: (wrong) => { turns.pack(wrong); product.waits(true); },
      onKey: stepKeys(transport),
    }));
    sides.replaceChildren(...panels.map((panel) => panel.node), beside);
  }

  function turn(name, cell) {
    turns.turn(name, cell);
    const index = packing.sides.findIndex((side) => side.name === name);
    panels[index].repaint(cell);
    changed();
    const side = packing.sides[index];
    if (side === packing.stepped && side.indexOf(cell) > at) transport.go(side.indexOf(cell));
  }

  function changed() {
    product.waits(true);
    showCount();
    tellTour();
  }

  function look(name, cell) {
    looked = cell < 0 ? null : { name, cell };
    show();
  }

  function step(index, playing) {
    at = index;
    show();
    tellTour();
    const { stepped, steps } = { ...packing, steps: packing.stepped.steps };
    if (!playing) setText(spoken, `Step ${at + 1} of ${steps}. ${packingSentence(stepped.step(at))}`);
  }

  function show() {
    host.dataset.step = at;
    let [shown, where] = [packing.stepped.step(at), packing.stepped];
    packing.sides.forEach((side, index) => {
      const seen = looked && looked.name === side.name ? side.step(side.indexOf(looked.cell)) : null;
      if (seen) [shown, where] = [seen, side];
      panels[index].show(side === packing.stepped ? at : null, seen);
    });
    const written = where === packing.stepped ? at : where.steps - 1;
    path.show(shown, where.wordAfter(shown.vector, shown.word, written).word, packing.wordBits);
    showCount();
  }

  function showCount() {
    const turned = turns.count();
    setText(count, turned ? `${countText(turned, "sign")} turned` : "Click or drag over signs to turn them.");
    reset.ariaDisabled = turned === 0;
  }

  function tellTour() {
    const { axis, wordBits, depth, padding, wrong } = packing;
    const detail = { axis, word_bits: wordBits, depth, padding, flipped: turns.count(), step: at, wrong };
    announce(host, "packing", detail);
  }

  function destroy() {
    transport.destroy();
    notes.stop();
    for (const panel of panels) panel.stop();
    theme.stop();
    host.remove();
  }

  return { update, destroy };
}

// What a word is about.
const MEANT_IN_PACKING = { word: ".filling-word .bits", padding: ".filling .pad" };

function packingSentence({ row, column, text, sign, word, bit, vector, vectorName }) {
  return (
    `Row ${row}, column ${column} holds ${text}. Its sign ${sign > 0 ? "+1" : "−1"} is stored as ` +
    `${sign > 0 ? 1 : 0} in bit ${bit} of word ${word} of ${vectorName} ${vector}.`
  );
}

const PACKING_STYLE = `

.bnnlab .packing {
  display: flex; flex-direction: column; gap: 8px;
  /* What is said of a number may be long or short: nothing below it moves for that. */
  .packing-head { display: grid; grid-template-columns: minmax(0, 1fr); align-items: center; gap: 4px 16px; }
  .packing-undo { display: flex; gap: 8px; align-items: center; white-space: nowrap; }
  .packing-undo button { min-height: 28px; }
  .packing-sides { display: flex; flex-wrap: wrap; gap: 10px; }
  .packing-beside { flex: 1 1 270px; display: flex; flex-direction: column; gap: 10px; min-width: 0; }
  .packing-beside > .word-product { flex: 1 1 auto; }
}
@container (min-width: 900px) { .bnnlab .packing .packing-head { grid-template-columns: minmax(0, 1fr) auto; } }
@container (max-width: 699px) { .bnnlab .element-path > .note { display: none; } }
`;

export default adapt(mountPacking);
