// One matrix with its words, and how it is packed. B has a switch that packs it the wrong way.

import { element, setHidden, setText } from "../shared/dom.js";
import { countText } from "../shared/numbers.js";
import { IN_PROSE, termedText } from "../shared/term.js";
import { fillingWords, wordsPixels } from "./filling_words.js";
import { MAX_NUMBER_COLUMNS, signMatrix } from "./sign_matrix.js";

const TALL_ROWS = 6; // a matrix of more rows has its words beside it, not below
const MAX_WIDE_PX = 640;

export function packedPanel({ turns, onTurn, onDone, onLook, onWrong, onKey }) {
  const title = element("h3");
  const matrix = signMatrix({ turns, onTurn, onDone, onLook });
  const words = fillingWords(onKey);
  const hatched = element("p", { class: "note" });
  const sayHatched = termedText(hatched, IN_PROSE);
  const box = element("input", { type: "checkbox", role: "switch" });
  const wrongly = element("label", { class: "wrong-switch" }, box, "pack the weights along rows, the wrong way");
  const body = element("div", { class: "packed-body" }, matrix.node, words.node);
  const node = element("section", { class: "panel packed" }, title, wrongly, body, hatched);
  box.addEventListener("change", () => onWrong(box.checked));
  let side = null;

  function load(recorded, wrong) {
    side = recorded;
    matrix.load(side);
    words.load(side);
    setText(title, panelTitle(side));
    sayHatched(paddingReason(side));
    setHidden(hatched, side.padding === 0 || side.name === "B");
    setHidden(wrongly, turns === null || side.name !== "B");
    box.checked = wrong;
    const wide = Math.min(MAX_WIDE_PX, side.columns * (side.columns <= MAX_NUMBER_COLUMNS ? 38 : 15));
    const text = Math.min(MAX_WIDE_PX, wordsPixels(side));
    const tall = side.rows > TALL_ROWS;
    body.classList.toggle("tall", tall);
    node.style.setProperty("--basis", `${(tall ? wide + text + 16 : Math.max(wide, text)) + 30}px`);
  }

  // `at` null: all is packed.
  function show(at, looked) {
    const live = at !== null;
    const last = live ? at : side.steps - 1;
    matrix.show(last, live);
    words.show(last, looked, live);
  }

  return { node, load, show, repaint: matrix.repaint, stop: matrix.stop };
}

function panelTitle({ name, rows, columns, axis, walk }) {
  const size = `${name ? `${name}, ` : "Matrix "}${rows} × ${columns}`;
  if (walk !== axis) return `${size}, packed along its rows → instead of its columns`;
  return `${size}, packed ${axis === "rows" ? "row by row →" : "column by column ↓"}`;
}

function paddingReason({ depth, wordBits, wordsEach, padding, vectorName }) {
  return (
    `Hatched: ${countText(depth, "bit")} a ${vectorName} need ${countText(wordsEach, "word")} of ${wordBits}. ` +
    `The last ${countText(padding, "bit")} hold no number. They are padding, always 0.`
  );
}

export const PACKED_PANEL_STYLE = `
.bnnlab .packed {
  display: flex; flex-direction: column; gap: 6px; flex: 1 1 var(--basis); max-width: 100%; padding: 8px 12px;
  .packed-body { display: flex; flex-direction: column; gap: 8px 16px; align-items: stretch; }
  .packed-body > .matrix-frame { align-self: flex-start; }
  .packed-body > .filling { flex: none; }
  .packed-body.tall { flex-direction: row; flex-wrap: wrap; }
  .packed-body.tall > .filling { flex: 1 1 200px; }
  .wrong-switch { display: inline-flex; gap: 6px; align-items: center; cursor: pointer; align-self: flex-start; }
  .wrong-switch input { accent-color: var(--control); margin: 0; width: 16px; height: 16px; }
}
`;
