// C as a table: agreements counted so far, and the dot product of every cell that is finished. Of a large C it shows
// the part around the cell at hand.

import { element, setText } from "../shared/dom.js";
import { numberText } from "../shared/numbers.js";

const PRODUCT_WINDOW = { rows: 8, columns: 8 };

export function productTable() {
  const title = element("h3");
  const table = element("table", { "aria-label": "Output matrix C" });
  const legend = element("p", { class: "note" });
  const node = element("div", { class: "product" }, title, table, legend);
  let trace = null;
  let columnHeads = [];
  let rowHeads = [];
  let cells = [];

  function load(recorded) {
    trace = recorded;
    setText(title, `C = A × B, ${trace.rows} × ${trace.columns}`);
    const rows = Math.min(trace.rows, PRODUCT_WINDOW.rows);
    const columns = Math.min(trace.columns, PRODUCT_WINDOW.columns);
    const line = (parts) => element("tr", {}, ...parts);
    columnHeads = Array.from({ length: columns }, () => element("th", { scope: "col" }));
    rowHeads = Array.from({ length: rows }, () => element("th", { scope: "row" }));
    cells = rowHeads.map(() => columnHeads.map(() => element("td")));
    const corner = element("td", { class: "corner" });
    table.replaceChildren(
      element("thead", {}, line([corner, ...columnHeads])),
      element("tbody", {}, ...cells.map((row, at) => line([rowHeads[at], ...row]))),
    );
  }

  function show(step) {
    const top = windowStart(step.m, rowHeads.length, trace.rows);
    const left = windowStart(step.n, columnHeads.length, trace.columns);
    const shown = { rows: rowHeads.length, columns: columnHeads.length, top, left };
    setText(legend, [...partShown(trace, shown), ...PRODUCT_LEGEND].join("\n"));
    columnHeads.forEach((head, column) => setText(head, `n = ${left + column}`));
    rowHeads.forEach((head, row) => setText(head, `m = ${top + row}`));
    cells.forEach((row, down) => row.forEach((cell, across) => showCell(cell, top + down, left + across, step)));
  }

  function showCell(cell, m, n, step) {
    const written = trace.lastWrite(m, n, step.at);
    const finished = written >= 0 && trace.step(written).finished;
    const value = finished ? trace.result[m * trace.columns + n] : written < 0 ? 0 : trace.acc[written];
    const current = m === step.m && n === step.n;
    cell.className = [finished ? "finished" : "counting", current ? "current" : ""].join(" ");
    if (current) cell.setAttribute("aria-current", "true");
    else cell.removeAttribute("aria-current");
    setText(cell, written < 0 ? "·" : finished ? numberText(value) : `#${value}`);
  }

  return { node, load, show };
}

// A count and a dot product are two different things, and so they do not look the same.
const PRODUCT_LEGEND = ["behind a #: how many bits agree so far", "in bold: a dot product that is finished"];

// Which part of a C that is larger than the window.
function partShown(trace, { rows, columns, top, left }) {
  if (rows === trace.rows && columns === trace.columns) return [];
  return [`shown: rows ${top} to ${top + rows - 1}, columns ${left} to ${left + columns - 1}; the rest follows`];
}

// The window moves by whole pages, so that the table stands still while the loop walks through it.
function windowStart(index, size, total) {
  return Math.min(total - size, Math.floor(index / size) * size);
}

export const PRODUCT_TABLE_STYLE = `
.bnnlab .product {
  display: flex; flex-direction: column; gap: 6px; min-width: 0;
  table { font-size: calc(12px * var(--letters, 1)); align-self: flex-start; border: none; }
  th, td { padding: 0 6px; text-align: right; line-height: 17px; white-space: nowrap; }
  th { border: none; font-weight: 400; color: var(--faint); }
  td { border: 1px solid var(--grid); min-width: 44px; background: var(--paper); }
  .note { white-space: pre-line; }
  td.corner { border: none; background: none; min-width: 0; }
  td.counting { color: var(--faint); font-weight: 400; }
  td.finished { font-weight: 700; }
  td.current { outline: 2px solid var(--ink); outline-offset: -1px; }
}
`;
