// One curve over x with a marker that sits on a sample. Between two samples that jump, nothing is drawn but a dotted
// drop: the library computed no value there. Drawn at the real size, so that the text keeps its size.

import { element, numberText, setText, svgElement } from "../shared/dom.js";

const PLOT_HEIGHT = 230;
const PLOT_MARGIN = { left: 40, right: 14, top: 14, bottom: 30 };
const JUMP = 0.25; // neighbouring samples that differ by this share of the whole range are no slope

export class QuantizerPlot {
  // onPick(index) is told which sample the pointer chose.
  constructor({ title, onPick }) {
    this.caption = element("h3", {}, title);
    this.svg = svgElement("svg", { height: PLOT_HEIGHT, role: "img", "aria-label": title });
    this.node = element("figure", { class: "quantizer-plot panel" }, this.caption, this.svg);
    this.data = null;
    this.svg.addEventListener("pointerdown", (event) => {
      this.svg.setPointerCapture(event.pointerId);
      onPick(this.nearest(event));
    });
    this.svg.addEventListener("pointermove", (event) => event.buttons && onPick(this.nearest(event)));
    this.sizes = new ResizeObserver(() => this.draw());
    this.sizes.observe(this.svg);
  }

  // data: { x, y, clip, edges: x values where a jump may stand, blocked: [[from, to], ...] }
  load(data) {
    this.data = data;
    const low = Math.min(0, ...data.y);
    const high = Math.max(1, ...data.y);
    const room = (high - low) * 0.14;
    this.range = [low - room, high + room];
    this.draw();
  }

  mark(index) {
    this.marked = index;
    if (!this.marker) return;
    const [x, y] = [this.left(this.data.x[index]), this.top(this.data.y[index])];
    this.stem.setAttribute("x1", x);
    this.stem.setAttribute("x2", x);
    this.marker.setAttribute("cx", x);
    this.marker.setAttribute("cy", y);
  }

  stop() {
    this.sizes.disconnect();
  }

  nearest(event) {
    const { left, width } = this.svg.getBoundingClientRect();
    const { x } = this.data;
    const inner = width - PLOT_MARGIN.left - PLOT_MARGIN.right;
    const wanted = x[0] + ((event.clientX - left - PLOT_MARGIN.left) / inner) * (x[x.length - 1] - x[0]);
    return nearestIndex(x, wanted);
  }

  left(value) {
    const { x } = this.data;
    const share = (value - x[0]) / (x[x.length - 1] - x[0]);
    return PLOT_MARGIN.left + share * (this.width - PLOT_MARGIN.left - PLOT_MARGIN.right);
  }

  top(value) {
    const share = (value - this.range[0]) / (this.range[1] - this.range[0]);
    return PLOT_HEIGHT - PLOT_MARGIN.bottom - share * (PLOT_HEIGHT - PLOT_MARGIN.bottom - PLOT_MARGIN.top);
  }

  draw() {
    this.width = this.svg.clientWidth;
    if (!this.data || !this.width) return;
    this.stem = svgElement("line", { class: "stem", y1: PLOT_MARGIN.top, y2: PLOT_HEIGHT - PLOT_MARGIN.bottom });
    this.marker = svgElement("circle", { class: "marker", r: 6 });
    this.svg.replaceChildren(
      hatchPattern(),
      ...this.blockedZones(),
      ...this.axes(),
      ...this.clipLines(),
      ...this.curve(),
      this.stem,
      this.marker,
    );
    if (this.marked !== undefined) this.mark(Math.min(this.marked, this.data.x.length - 1));
  }

  blockedZones() {
    const high = PLOT_HEIGHT - PLOT_MARGIN.top - PLOT_MARGIN.bottom;
    return this.data.blocked.map(([from, to]) => {
      const x = this.left(from);
      const size = { x, y: PLOT_MARGIN.top, width: Math.max(1, this.left(to) - x), height: high };
      return svgElement("rect", { fill: "url(#bnnlab-hatch)", ...size });
    });
  }

  axes() {
    const { x } = this.data;
    const bottom = PLOT_HEIGHT - PLOT_MARGIN.bottom;
    const right = this.width - PLOT_MARGIN.right;
    const parts = [];
    for (const value of wholeNumbers(x[0], x[x.length - 1])) {
      const at = this.left(value);
      parts.push(svgElement("line", { class: "grid", x1: at, x2: at, y1: PLOT_MARGIN.top, y2: bottom }));
      parts.push(svgElement("text", { x: at, y: bottom + 18, "text-anchor": "middle" }, numberText(value)));
    }
    for (const value of wholeNumbers(...this.range)) {
      const at = this.top(value);
      const name = value === 0 ? "grid zero" : "grid";
      parts.push(svgElement("line", { class: name, x1: PLOT_MARGIN.left, x2: right, y1: at, y2: at }));
      parts.push(svgElement("text", { x: PLOT_MARGIN.left - 8, y: at + 4, "text-anchor": "end" }, numberText(value)));
    }
    parts.push(svgElement("text", { x: right, y: bottom - 6, "text-anchor": "end", class: "axis" }, "rᵢ"));
    return parts;
  }

  clipLines() {
    const { clip, x } = this.data;
    if (clip === null || clip > x[x.length - 1]) return [];
    return [-clip, clip].flatMap((value) => {
      const at = this.left(value);
      const line = { class: "clip", x1: at, x2: at, y1: PLOT_MARGIN.top, y2: PLOT_HEIGHT - PLOT_MARGIN.bottom };
      // Between the lines where there is room, outside them otherwise.
      const rightwards = value < 0 === clip > 0.6;
      const place = { x: at + (rightwards ? 5 : -5), "text-anchor": rightwards ? "start" : "end" };
      const text = { ...place, y: PLOT_MARGIN.top + 11, class: "axis" };
      return [svgElement("line", line), svgElement("text", text, value < 0 ? "−t_clip" : "+t_clip")];
    });
  }

  curve() {
    const { x, y, edges } = this.data;
    const jump = JUMP * (Math.max(...y) - Math.min(...y));
    const point = (index) => `${this.left(x[index]).toFixed(1)} ${this.top(y[index]).toFixed(1)}`;
    let path = `M${point(0)}`;
    const drops = [];
    const ends = [];
    for (let index = 1; index < x.length; index += 1) {
      const jumps = Math.abs(y[index] - y[index - 1]) > jump;
      path += `${jumps ? "M" : "L"}${point(index)}`;
      if (!jumps) continue;
      const [closed, open] = edges.includes(x[index - 1]) ? [index - 1, index] : [index, index - 1];
      const at = this.left(x[closed]);
      drops.push(svgElement("line", { class: "drop", x1: at, x2: at, y1: this.top(y[closed]), y2: this.top(y[open]) }));
      ends.push(svgElement("circle", { class: "closed", cx: at, cy: this.top(y[closed]), r: 3.5 }));
      ends.push(svgElement("circle", { class: "open", cx: at, cy: this.top(y[open]), r: 3.5 }));
    }
    return [...drops, svgElement("path", { class: "curve", d: path }), ...ends];
  }

  describe(text) {
    if (this.svg.getAttribute("aria-label") !== text) this.svg.setAttribute("aria-label", text);
  }

  rename(title) {
    setText(this.caption, title);
  }
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
  text { font-size: 12px; fill: var(--faint); }
  .axis { fill: var(--ink); paint-order: stroke; stroke: var(--panel); stroke-width: 4px; }
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
