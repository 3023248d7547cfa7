// A small table whose rows are text: the first names the columns.

import { element } from "../shared/dom.js";

export function fillTable(table, rows) {
  const text = JSON.stringify(rows);
  if (table.dataset.text === text) return;
  table.dataset.text = text;
  table.replaceChildren(...rows.map((cells, at) => element("tr", {}, ...cells.map((cell) => element(at ? "td" : "th", {}, cell)))));
}
