// Icons of the panels, drawn as lines: fonts that hold such symbols are not installed everywhere. They are as large as
// the text beside them.

import { svgElement } from "../shared/dom.js";

const LINE_ICONS = {
  reset: "M4.6 10a5.8 5.8 0 1 0 1.7-4.1L4 8M4 3.4V8h4.6",
  undo: "M7.5 3.5L3.5 7.5l4 4M3.5 7.5H12a4.4 4.4 0 0 1 0 8.8H7",
  more: "M3 6h7M15 6h2M3 14h2M10 14h7M12.5 3.7a2.3 2.3 0 1 1 0 4.6 2.3 2.3 0 0 1 0-4.6M7.5 11.7a2.3 2.3 0 1 1 0 4.6 2.3 2.3 0 0 1 0-4.6",
  lock: "M4.5 9h11v8h-11zM7 9V6.2a3 3 0 0 1 6 0V9",
  unlock: "M4.5 9h11v8h-11zM7 9V5.6a3 3 0 0 1 5.8-1",
  plus: "M10 4v12M4 10h12",
  download: "M10 3v10M6 9.2l4 4 4-4M4 17h12",
  close: "M5 5l10 10M15 5L5 15",
  onward: "M3 10h13M11 5l5 5-5 5",
};

export function lineIcon(name) {
  const path = svgElement("path", {
    d: LINE_ICONS[name], fill: "none", stroke: "currentColor",
    "stroke-width": 1.8, "stroke-linejoin": "round", "stroke-linecap": "round",
  });
  return svgElement("svg", { viewBox: "0 0 20 20", class: "line-icon", "aria-hidden": "true" }, path);
}
