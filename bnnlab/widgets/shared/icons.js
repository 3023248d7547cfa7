// The icons of the toolbars, drawn as paths: fonts that hold media symbols are not installed everywhere.

import { svgElement } from "./dom.js";

const ICON_PATHS = {
  first: "M5 4v12M15 4l-8 6 8 6z",
  previous: "M13 4l-8 6 8 6z",
  play: "M6 3.5l10 6.5-10 6.5z",
  pause: "M6 4h3v12H6zM11 4h3v12h-3z",
  next: "M7 4l8 6-8 6z",
  jump: "M3 4l6 6-6 6zM9 4l6 6-6 6zM17 4v12",
  last: "M15 4v12M5 4l8 6-8 6z",
  whole: "M3 8V3h5zM12 3h5v5zM17 12v5h-5zM8 17H3v-5z",
  cross: "M4 4l12 12M16 4l-12 12",
};
const STROKES = { cross: 4 }; // of 20; an icon that is drawn small needs a bold line

export function icon(name, size = 18) {
  const path = svgElement("path", {
    d: ICON_PATHS[name],
    fill: "currentColor",
    stroke: "currentColor",
    "stroke-width": STROKES[name] ?? 1.6,
    "stroke-linejoin": "round",
    "stroke-linecap": "round",
  });
  const drawing = { viewBox: "0 0 20 20", width: size, height: size, "aria-hidden": "true" };
  return svgElement("svg", drawing, path);
}
