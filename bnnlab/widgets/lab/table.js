// Small tables and lists of text, written anew only where it changed.

import { element } from "../shared/dom.js";

// The first row names the columns.
export function fillTable(table, rows) {
  if (isSame(table, rows)) return;
  table.replaceChildren(...rows.map((cells, at) => element("tr", {}, ...cells.map((cell) => element(at ? "td" : "th", {}, cell)))));
}

export function fillList(list, items) {
  if (!isSame(list, items)) list.replaceChildren(...items.map((item) => element("li", {}, item)));
}

function isSame(node, content) {
  const text = JSON.stringify(content);
  const same = node.dataset.text === text;
  node.dataset.text = text;
  return same;
}
