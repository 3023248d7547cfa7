// A matrix of numbers whose elements turn into signs one after another, along the rows or down the columns.

import { element, setHidden, setText } from "../shared/dom.js";

// Up to this many columns the numbers themselves fit; wider matrices show only the signs.
const MAX_NUMBER_COLUMNS = 16;
// Rows in view at once: always whole ones, so that none looks like the end when it is not.
const ROWS_IN_VIEW = { numbers: 13, signs: 18 };

export function signMatrix() {
  const title = element("h3");
  const table = element("table");
  const scrolls = { class: "matrix-frame fading", tabindex: 0, role: "group", "aria-label": "Matrix" };
  const frame = element("div", scrolls, table);
  const legend = element("p", { class: "note" });
  const pointedLine = element("p", { class: "note" });
  const node = element("section", { class: "panel matrix" }, title, frame, pointedLine, legend);
  let packing = null;
  let cells = []; // in the order in which they are packed
  let rowsInView = 0;
  let painted = -1;
  table.addEventListener("pointermove", ({ target }) => point(cells.indexOf(target)));
  table.addEventListener("pointerleave", () => point(-1));

  function load(recorded) {
    const { rows, columns, axis, texts } = recorded;
    packing = recorded;
    painted = -1;
    const numbers = columns <= MAX_NUMBER_COLUMNS;
    cells = texts.map((text) => element("td", {}, numbers ? text : "·"));
    const byRow = axis === "rows";
    setText(title, `Matrix ${rows} × ${columns}, packed ${byRow ? "row-wise →" : "column-wise ↓"}`);
    const way = byRow ? "row is packed from left to right" : "column is packed from top to bottom";
    const kind = numbers ? "numbers" : "signs";
    rowsInView = ROWS_IN_VIEW[kind];
    const rest = rows > rowsInView ? ` ${rowsInView} of the ${rows} rows are in view; scroll for the others.` : "";
    setText(legend, `Each ${way}. A number that is packed shows its sign, + or −.${rest}`);
    setHidden(pointedLine, numbers);
    point(-1);
    table.className = kind;
    frame.style.setProperty("--rows-in-view", rowsInView);
    frame.classList.toggle("long", rows > rowsInView);
    table.style.setProperty("--columns", columns);
    const lines = Array.from({ length: rows }, (_, row) =>
      element("tr", {}, ...Array.from({ length: columns }, (__, column) =>
        cells[byRow ? row * columns + column : column * rows + row])),
    );
    table.replaceChildren(element("tbody", {}, ...lines));
    cells.forEach((_, at) => paint(at, -1));
  }

  function show(at) {
    const from = Math.max(0, Math.min(painted, at));
    for (let index = from; index <= Math.max(painted, at); index += 1) paint(index, at);
    painted = at;
    reveal(cells[at]);
  }

  function point(index) {
    if (index < 0) {
      setText(pointedLine, "Too many numbers to print: point at one to read it.");
      return;
    }
    const { row, column, text } = packing.step(index);
    setText(pointedLine, `[${row}, ${column}] holds ${text}`);
  }

  function paint(index, at) {
    const { signs, texts, columns } = packing;
    const positive = signs[index] > 0;
    const done = index <= at;
    cells[index].className = `${done ? (positive ? "plus" : "minus") : "waiting"}${index === at ? " now" : ""}`;
    const sign = done ? (positive ? "+" : "−") : "·";
    setText(cells[index], columns > MAX_NUMBER_COLUMNS ? sign : texts[index]);
  }

  // scrollIntoView would move the whole page too.
  function reveal(cell) {
    const left = cell.offsetLeft;
    const top = cell.offsetTop;
    if (left < frame.scrollLeft || left + cell.offsetWidth > frame.scrollLeft + frame.clientWidth) {
      frame.scrollLeft = left - frame.clientWidth / 2;
    }
    if (top < frame.scrollTop || top + cell.offsetHeight > frame.scrollTop + frame.clientHeight) {
      const [first, second] = table.rows;
      const row = cell.parentElement.rowIndex;
      const page = row - (row % rowsInView);
      frame.scrollTop = page * (second.offsetTop - first.offsetTop);
    }
  }

  return { node, load, show };
}

export const SIGN_MATRIX_STYLE = `
.bnnlab .matrix {
  display: flex; flex-direction: column; gap: 8px;
  .matrix-frame { position: relative; overflow: auto; padding: 4px; margin: -4px; border-radius: 4px; }
  /* Whole rows, the space between them, and the padding above. */
  .matrix-frame.long { max-height: calc(var(--rows-in-view) * (var(--row) + var(--gap)) + var(--gap) + 4px); }
  .matrix-frame:has(.numbers) { --row: 24px; --gap: 2px; }
  .matrix-frame:has(.signs) { --row: 17px; --gap: 1px; }
  table { border-collapse: separate; border-spacing: 2px; border: none; }
  td {
    text-align: center; border: none; border-radius: 3px; padding: 0; line-height: 24px; white-space: nowrap;
    background: var(--paper); color: var(--ink); box-shadow: inset 0 0 0 1px var(--grid);
  }
  .numbers td { min-width: 56px; padding: 0 15px 0 4px; font-size: 12.5px; position: relative; text-align: right; }
  .numbers td::after { position: absolute; right: 4px; font-weight: 700; }
  .numbers td.plus::after { content: "+"; }
  .numbers td.minus::after { content: "−"; }
  .signs {
    table-layout: fixed; border-spacing: 1px;
    width: min(100%, var(--columns) * 15px); min-width: calc(var(--columns) * 9px);
  }
  .signs td { border-radius: 2px; font: 600 11px/17px ui-monospace, "DejaVu Sans Mono", monospace; }
  td.minus { background: var(--minus); color: var(--paper); box-shadow: none; }
  td.plus { background: var(--plus); color: var(--on-plus); box-shadow: none; }
  td.waiting { color: var(--faint); }
  td.now { outline: 2px solid var(--ink); outline-offset: 1px; }
}
`;
