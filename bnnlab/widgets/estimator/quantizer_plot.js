// One curve over x with a marker that sits on a sample. Between two samples that jump, nothing is drawn but a dotted
// drop: the library computed no value there. Drawn at the real size, so that the text keeps its size.

import { element, svgElement } from "../shared/dom.js";
import { setMarkedText } from "../shared/marked_text.js";
import { numberText } from "../shared/numbers.js";

const PLOT_HEIGHT = 230;
const PLOT_MARGIN = { left: 40, right: 14, top: 18, bottom: 30 };
const PLOT_BOTTOM = PLOT_HEIGHT - PLOT_MARGIN.bottom;
const JUMP = 0.25; // neighbouring samples that differ by this share of the whole range are no slope
const MAX_OUTWARD = 0.66; // share of the plot within which words beside a clip line find room outside it

// onPick(index) is told which sample the pointer chose.
export function quantizerPlot({ title, onPick }) {
  const caption = element("h3");
  setMarkedText(caption, title);
  const svg = svgElement("svg", { height: PLOT_HEIGHT, role: "img", "aria-label": title });
  const node = element("figure", { class: "quantizer-plot panel" }, caption, svg);
  let data = null;
  let scale = null;
  let range = [0, 1];
  let marked = null;
  let stem = null;
  let marker = null;
  svg.addEventListener("pointerdown", (event) => {
    svg.setPointerCapture(event.pointerId);
    onPick(nearest(event));
  });
  svg.addEventListener("pointermove", (event) => event.buttons && onPick(nearest(event)));
  const sizes = new ResizeObserver(draw);
  sizes.observe(svg);

  // samples: { x, y, clip, edges: x values where a jump may stand, blocked: [[from, to], ...] }
  function load(samples) {
    data = samples;
    const low = Math.min(0, ...data.y);
    const high = Math.max(1, ...data.y);
    const room = (high - low) * 0.14;
    range = [low - room, high + room];
    draw();
  }

  function draw() {
    const width = svg.clientWidth;
    if (!data || !width) return;
    scale = plotScale(data.x, range, width);
    stem = svgElement("line", { class: "stem", y1: PLOT_MARGIN.top, y2: PLOT_BOTTOM });
    marker = svgElement("circle", { class: "marker", r: 6 });
    svg.replaceChildren(
      hatchPattern(),
      ...blockedZones(data, scale),
      ...plotAxes(data, range, scale),
      ...clipLines(data, scale),
      ...curveParts(data, scale),
      stem,
      marker,
    );
    if (marked !== null) mark(Math.min(marked, data.x.length - 1));
  }

  function mark(index) {
    marked = index;
    if (!marker) return;
    const [x, y] = [scale.left(data.x[index]), scale.top(data.y[index])];
    stem.setAttribute("x1", x);
    stem.setAttribute("x2", x);
    marker.setAttribute("cx", x);
    marker.setAttribute("cy", y);
  }

  function nearest(event) {
    const { left, width } = svg.getBoundingClientRect();
    const inner = width - PLOT_MARGIN.left - PLOT_MARGIN.right;
    const [first, last] = [data.x[0], data.x.at(-1)];
    return nearestIndex(data.x, first + ((event.clientX - left - PLOT_MARGIN.left) / inner) * (last - first));
  }

  function describe(text) {
    if (svg.getAttribute("aria-label") !== text) svg.setAttribute("aria-label", text);
  }

  return { node, load, mark, describe, rename: (text) => setMarkedText(caption, text), stop: () => sizes.disconnect() };
}

// Where numbers stand, in pixels of the drawing.
function plotScale(x, range, width) {
  const [first, last] = [x[0], x.at(-1)];
  const right = width - PLOT_MARGIN.right;
  return {
    right,
    left: (value) => PLOT_MARGIN.left + ((value - first) / (last - first)) * (right - PLOT_MARGIN.left),
    top: (value) => PLOT_BOTTOM - ((value - range[0]) / (range[1] - range[0])) * (PLOT_BOTTOM - PLOT_MARGIN.top),
  };
}

function blockedZones({ blocked }, { left }) {
  return blocked.map(([from, to]) => {
    const x = left(from);
    const size = { x, y: PLOT_MARGIN.top, width: Math.max(1, left(to) - x), height: PLOT_BOTTOM - PLOT_MARGIN.top };
    return svgElement("rect", { fill: "url(#bnnlab-hatch)", ...size });
  });
}

function plotAxes({ x }, range, { left, top, right }) {
  const parts = [];
  for (const value of wholeNumbers(x[0], x.at(-1))) {
    const at = left(value);
    parts.push(svgElement("line", { class: "grid", x1: at, x2: at, y1: PLOT_MARGIN.top, y2: PLOT_BOTTOM }));
    parts.push(svgElement("text", { x: at, y: PLOT_BOTTOM + 18, "text-anchor": "middle" }, numberText(value)));
  }
  for (const value of wholeNumbers(...range)) {
    const at = top(value);
    const name = value === 0 ? "grid zero" : "grid";
    parts.push(svgElement("line", { class: name, x1: PLOT_MARGIN.left, x2: right, y1: at, y2: at }));
    parts.push(svgElement("text", { x: PLOT_MARGIN.left - 8, y: at + 4, "text-anchor": "end" }, numberText(value)));
  }
  parts.push(svgElement("text", { x: right, y: PLOT_BOTTOM + 18, "text-anchor": "end", class: "axis" }, "r", svgElement("tspan", { class: "low", dy: 4 }, "i")));
  return parts;
}

function clipLines({ clip, x }, { left }) {
  if (clip === null || clip > x.at(-1)) return [];
  return [-clip, clip].flatMap((value) => {
    const at = left(value);
    const line = { class: "clip", x1: at, x2: at, y1: PLOT_MARGIN.top, y2: PLOT_BOTTOM };
    // Above the curve and its marker; away from each other, unless the plot ends there.
    const rightwards = value < 0 === clip > x.at(-1) * MAX_OUTWARD;
    const text = { x: at, "text-anchor": rightwards ? "start" : "end", y: PLOT_MARGIN.top - 5, class: "axis" };
    return [svgElement("line", line), svgElement("text", text, value < 0 ? "−t_clip" : "+t_clip")];
  });
}

function curveParts({ x, y, edges }, { left, top }) {
  const jump = JUMP * (Math.max(...y) - Math.min(...y));
  const point = (index) => `${left(x[index]).toFixed(1)} ${top(y[index]).toFixed(1)}`;
  let path = `M${point(0)}`;
  const drops = [];
  const ends = [];
  for (let index = 1; index < x.length; index += 1) {
    const jumps = Math.abs(y[index] - y[index - 1]) > jump;
    path += `${jumps ? "M" : "L"}${point(index)}`;
    if (!jumps) continue;
    const [closed, open] = edges.includes(x[index - 1]) ? [index - 1, index] : [index, index - 1];
    const at = left(x[closed]);
    drops.push(svgElement("line", { class: "drop", x1: at, x2: at, y1: top(y[closed]), y2: top(y[open]) }));
    ends.push(svgElement("circle", { class: "closed", cx: at, cy: top(y[closed]), r: 3.5 }));
    ends.push(svgElement("circle", { class: "open", cx: at, cy: top(y[open]), r: 3.5 }));
  }
  return [...drops, svgElement("path", { class: "curve", d: path }), ...ends];
}

export function nearestIndex(sorted, wanted) {
  let best = 0;
  for (let index = 1; index < sorted.length; index += 1) {
    if (Math.abs(sorted[index] - wanted) < Math.abs(sorted[best] - wanted)) best = index;
  }
  return best;
}

function wholeNumbers(low, high) {
  const step = Math.max(1, Math.ceil((high - low) / 8));
  const values = [];
  for (let value = Math.ceil(low / step) * step; value <= high; value += step) values.push(value + 0);
  return values;
}

function hatchPattern() {
  const stripes = svgElement("path", { d: "M-1 1l2-2M0 8L8 0M7 9l2-2", class: "hatch-lines" });
  const size = { id: "bnnlab-hatch", width: 8, height: 8, patternUnits: "userSpaceOnUse" };
  return svgElement("defs", {}, svgElement("pattern", size, stripes));
}

export const QUANTIZER_PLOT_STYLE = `
.bnnlab .quantizer-plot {
  display: flex; flex-direction: column; gap: 6px;
  svg { display: block; width: 100%; margin-top: auto; cursor: ew-resize; touch-action: pan-y; user-select: none; }
  text { font-size: calc(12px * var(--letters, 1)); fill: var(--faint); }
  .axis { fill: var(--ink); paint-order: stroke; stroke: var(--panel); stroke-width: 4px; }
  .low { font-size: calc(10px * var(--letters, 1)); }
  .grid { stroke: var(--grid); }
  .zero { stroke: var(--faint); }
  .hatch-lines { stroke: var(--faint); stroke-width: 1; opacity: 0.55; }
  .clip { stroke: var(--ink); stroke-dasharray: 5 4; }
  .curve { fill: none; stroke: var(--minus); stroke-width: 3; stroke-linejoin: round; }
  .drop { stroke: var(--minus); stroke-width: 1.5; stroke-dasharray: 2 4; }
  .closed { fill: var(--minus); stroke: var(--minus); }
  .open { fill: var(--panel); stroke: var(--minus); stroke-width: 1.5; }
  .stem { stroke: var(--mismatch); }
  .marker { fill: var(--mismatch); stroke: var(--panel); stroke-width: 2; }
}
`;
