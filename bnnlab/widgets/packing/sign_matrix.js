// A matrix of numbers whose elements turn into signs one after another, along the rows or down the columns.

import { element, setHidden, setText } from "../shared/dom.js";

// Up to this many columns the numbers themselves fit; wider matrices show only the signs.
const MOST_NUMBER_COLUMNS = 16;
// Rows in view at once: always whole ones, so that none looks like the end when it is not.
const ROWS_IN_VIEW = { numbers: 13, signs: 18 };

export class SignMatrix {
  constructor() {
    this.title = element("h3");
    this.table = element("table");
    const scrolls = { class: "matrix-frame fading", tabindex: 0, role: "group", "aria-label": "Matrix" };
    this.frame = element("div", scrolls, this.table);
    this.legend = element("p", { class: "note" });
    this.pointedLine = element("p", { class: "note" });
    this.node = element(
      "section", { class: "panel matrix" }, this.title, this.frame, this.pointedLine, this.legend,
    );
    this.table.addEventListener("pointermove", ({ target }) => this.point(this.cells.indexOf(target)));
    this.table.addEventListener("pointerleave", () => this.point(-1));
  }

  // Elements are kept in the order in which they are packed.
  load(packing) {
    const { rows, columns, axis } = packing;
    this.packing = packing;
    this.at = -1;
    const numbers = columns <= MOST_NUMBER_COLUMNS;
    this.cells = packing.texts.map((text) => element("td", {}, numbers ? text : "·"));
    const byRow = axis === "rows";
    setText(this.title, `Matrix ${rows} × ${columns}, packed ${byRow ? "row-wise →" : "column-wise ↓"}`);
    const way = byRow ? "row is packed from left to right" : "column is packed from top to bottom";
    const kind = numbers ? "numbers" : "signs";
    const inView = ROWS_IN_VIEW[kind];
    const rest = rows > inView ? ` ${inView} of the ${rows} rows are in view; scroll for the others.` : "";
    setText(this.legend, `Each ${way}. A number that is packed shows its sign, + or −.${rest}`);
    setHidden(this.pointedLine, numbers);
    this.point(-1);
    this.table.className = kind;
    this.rowsInView = inView;
    this.frame.style.setProperty("--rows-in-view", inView);
    this.frame.classList.toggle("long", rows > inView);
    this.table.style.setProperty("--columns", columns);
    const lines = Array.from({ length: rows }, (_, row) =>
      element("tr", {}, ...Array.from({ length: columns }, (_, column) =>
        this.cells[byRow ? row * columns + column : column * rows + row])),
    );
    this.table.replaceChildren(element("tbody", {}, ...lines));
    this.cells.forEach((_, at) => this.paint(at, -1));
  }

  show(at) {
    const from = Math.max(0, Math.min(this.at, at));
    for (let index = from; index <= Math.max(this.at, at); index += 1) this.paint(index, at);
    this.at = at;
    this.reveal(this.cells[at]);
  }

  // Elements are kept in the order of packing: along the rows, or down the columns.
  point(index) {
    const { rows, columns, axis, texts } = this.packing;
    const depth = axis === "rows" ? columns : rows;
    const [vector, place] = [Math.floor(index / depth), index % depth];
    const [row, column] = axis === "rows" ? [vector, place] : [place, vector];
    setText(
      this.pointedLine,
      index < 0 ? "Too many numbers to print: point at one to read it." : `[${row}, ${column}] holds ${texts[index]}`,
    );
  }

  paint(index, at) {
    const { signs, texts, columns } = this.packing;
    const cell = this.cells[index];
    const sign = signs[index];
    const done = index <= at;
    cell.className = `${done ? (sign > 0 ? "plus" : "minus") : "waiting"}${index === at ? " now" : ""}`;
    if (columns > MOST_NUMBER_COLUMNS) setText(cell, done ? (sign > 0 ? "+" : "−") : "·");
    else setText(cell, texts[index]);
  }

  // scrollIntoView would move the whole page too.
  reveal(cell) {
    const { frame } = this;
    const left = cell.offsetLeft;
    const top = cell.offsetTop;
    if (left < frame.scrollLeft || left + cell.offsetWidth > frame.scrollLeft + frame.clientWidth) {
      frame.scrollLeft = left - frame.clientWidth / 2;
    }
    if (top < frame.scrollTop || top + cell.offsetHeight > frame.scrollTop + frame.clientHeight) {
      const [first, second] = this.table.rows;
      const row = cell.parentElement.rowIndex;
      const page = row - (row % this.rowsInView);
      frame.scrollTop = page * (second.offsetTop - first.offsetTop);
    }
  }
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
