// A matrix of numbers whose elements turn into signs one after another, along the rows or down the columns.

import { element, setText } from "../shared/dom.js";
import { signStrokes } from "./sign_strokes.js";

// Up to this many columns the numbers themselves fit; wider matrices show only the signs.
export const MAX_NUMBER_COLUMNS = 16;
// Rows in view at once: always whole ones, so that none looks like the end when it is not.
export const ROWS_IN_VIEW = { numbers: 12, signs: 14 };

// `turns` as in shared/turned_signs.js, or null where no sign can be turned. Calls onTurn(cell), onDone() and onLook(cell).
export function signMatrix({ turns, onTurn, onDone, onLook }) {
  const table = element("table");
  const node = element("div", { class: "matrix-frame fading" }, table);
  let side = null;
  let cells = []; // along the rows
  let entry = null; // the cell that the tab key leads to
  let rowsInView = 0;
  let painted = -1;
  const cellOf = (target) => (target.tagName === "TD" ? cells.indexOf(target) : -1);
  const strokes = signStrokes(table, {
    cellOf,
    shape: () => side,
    turn: (cell) => editable() && onTurn(cell),
    done: () => editable() && onDone(),
    look(cell) {
      if (cell >= 0 && editable()) enterAt(cells[cell]);
      onLook(cell);
    },
  });

  const editable = () => turns !== null && side.name !== "";

  function load(recorded) {
    const sameShape = side && side.rows === recorded.rows && side.columns === recorded.columns;
    side = recorded;
    if (!sameShape) build();
    const what = editable() ? "Arrow keys move, enter or space turns a sign." : "";
    table.setAttribute("aria-label", `${side.name || "Matrix"}, ${side.rows} × ${side.columns}. ${what}`);
    painted = -1;
    for (let index = 0; index < side.steps; index += 1) paint(index, -1);
  }

  function build() {
    const kind = side.columns <= MAX_NUMBER_COLUMNS ? "numbers" : "signs";
    cells = side.texts.map(() => element("td", editable() ? { tabindex: -1, role: "gridcell" } : {}));
    rowsInView = ROWS_IN_VIEW[kind];
    table.className = editable() ? `${kind} editable` : kind;
    if (editable()) table.setAttribute("role", "grid");
    node.style.setProperty("--rows-in-view", rowsInView);
    node.classList.toggle("long", side.rows > rowsInView);
    table.style.setProperty("--columns", side.columns);
    const lines = Array.from({ length: side.rows }, (_, row) =>
      element("tr", editable() ? { role: "row" } : {}, ...cells.slice(row * side.columns, (row + 1) * side.columns)),
    );
    table.replaceChildren(element("tbody", {}, ...lines));
    entry = null;
    if (editable()) enterAt(cells[0]);
    else node.tabIndex = 0; // so that it can be scrolled by keyboard
  }

  function enterAt(cell) {
    if (cell === entry) return;
    if (entry) entry.tabIndex = -1;
    entry = cell;
    entry.tabIndex = 0;
  }

  function show(at, now) {
    const from = Math.max(0, Math.min(painted, at));
    for (let index = from; index <= Math.max(painted, at); index += 1) paint(index, at, now);
    painted = at;
    if (now) reveal(cells[side.cellOf(at)]);
  }

  function repaint(cell) {
    paint(side.indexOf(cell), painted);
  }

  function paint(index, at, now = false) {
    const cell = side.cellOf(index);
    const waits = turns !== null && turns.waits(side.name, cell);
    const positive = side.signs[index] > 0 !== waits;
    const done = index <= at || waits;
    const turned = turns !== null && turns.turned(side.name, cell);
    const look = `${done ? (positive ? "plus" : "minus") : "waiting"}${turned ? " turned" : ""}`;
    cells[cell].className = now && index === at ? `${look} now` : look;
    const numbers = side.columns <= MAX_NUMBER_COLUMNS;
    setText(cells[cell], numbers && !waits ? cellText(side.texts[index], done, positive) : done ? glyph(positive) : "·");
  }

  // scrollIntoView would move the whole page too.
  function reveal(cell) {
    const left = cell.offsetLeft;
    const top = cell.offsetTop;
    if (left < node.scrollLeft || left + cell.offsetWidth > node.scrollLeft + node.clientWidth) {
      node.scrollLeft = left - node.clientWidth / 2;
    }
    if (top < node.scrollTop || top + cell.offsetHeight > node.scrollTop + node.clientHeight) {
      const [first, second] = table.rows;
      const row = cell.parentElement.rowIndex;
      node.scrollTop = (row - (row % rowsInView)) * (second.offsetTop - first.offsetTop);
    }
  }

  return { node, load, show, repaint, stop: strokes.stop };
}

// Once a number is packed, its sign stands before it; where that could be misread, behind it.
function cellText(text, done, positive) {
  if (!done) return text;
  if (positive && /^[\d∞]/.test(text)) return `+${text}`;
  if (!positive && /^−[\d∞]/.test(text)) return text;
  return `${text} ${glyph(positive)}`;
}

function glyph(positive) {
  return positive ? "+" : "−";
}

export const SIGN_MATRIX_STYLE = `
.bnnlab .matrix-frame {
  position: relative; overflow: auto; padding: 3px; margin: -3px; border-radius: 4px; max-width: 100%; flex: 0 1 auto;
  /* Whole rows, the space between them, and the padding above. */
  &.long { max-height: calc(var(--rows-in-view) * (var(--row) + var(--gap)) + var(--gap) + 3px); }
  &:has(.numbers) { --row: 19px; --gap: 2px; }
  &:has(.signs) { --row: 16px; --gap: 1px; }
  table { border-collapse: separate; border-spacing: var(--gap); border: none; user-select: none; margin: 0; }
  td {
    text-align: center; border: none; border-radius: 3px; padding: 0; line-height: var(--row); height: var(--row);
    white-space: nowrap; background: var(--paper); color: var(--ink); box-shadow: inset 0 0 0 1px var(--grid);
  }
  .editable td { cursor: pointer; touch-action: manipulation; }
  .numbers td { min-width: 35px; padding: 0 3px; font-size: calc(12px * var(--letters, 1)); }
  .signs { table-layout: fixed; width: calc(var(--columns) * 15px); min-width: calc(var(--columns) * 11px); }
  .signs td { border-radius: 2px; font: 600 11px/16px ui-monospace, "DejaVu Sans Mono", monospace; }
  td.minus { background: var(--minus); color: var(--paper); box-shadow: none; }
  td.plus { background: var(--plus); color: var(--on-plus); box-shadow: none; }
  td.waiting { color: var(--faint); }
  td.turned { text-decoration: underline; text-decoration-thickness: 2px; }
  td.now, td:focus-visible { outline: 2px solid var(--ink); outline-offset: 0; }
  .editable td:hover { outline: 2px solid var(--control); outline-offset: 0; }
}
@media (pointer: coarse) {
  .bnnlab .matrix-frame:has(.numbers) { --row: 28px; }
}
`;
