// Where a neuron has more lines of bits than there is room for, they are scrolled to: the outermost lines fade, and how
// many bits are further up and down is said.

import { element, setHidden } from "../shared/dom.js";
import { writeText } from "../shared/late_text.js";
import { grouped } from "../shared/numbers.js";

const MARGIN = 8; // CSS pixels above the chosen line

// `arranged()` is called when the room has another height.
export function bitScroll(canvas, arranged) {
  let room = 0;
  let scrolled = 0; // kept, as asking for it would force a layout in the middle of a drawing
  let told = "";
  let lines = []; // { taps, top, height }
  let revealed = "";
  const box = element("div", { class: "bits-scroll" }, canvas);
  const rest = element("p", { class: "bits-rest faint", "aria-hidden": "true", hidden: true });
  const node = element("div", { class: "bits-frame" }, box, rest);
  const watcher = new ResizeObserver(([entry]) => {
    room = entry.contentRect.height;
    arranged();
  });
  watcher.observe(box);
  box.addEventListener("scroll", () => {
    scrolled = box.scrollTop;
    tell();
  }, { passive: true });

  // The canvas is as high as its lines; `chosen` is a text that changes when another weight is chosen, to be brought
  // into sight once: the reader may scroll away.
  function show(next, height, chosen, weight) {
    lines = next;
    const wanted = `${Math.ceil(height)}px`;
    if (canvas.style.minHeight !== wanted) canvas.style.minHeight = wanted;
    if (chosen !== revealed) {
      revealed = chosen;
      const line = lines.find(({ taps }) => taps.includes(weight));
      if (line && lines.length > 1) box.scrollTop = Math.max(0, line.top - MARGIN);
    }
    tell();
  }

  function tell() {
    const above = bitsOf(lines.filter(({ top, height }) => top + height / 2 < scrolled));
    const below = bitsOf(lines.filter(({ top, height }) => top + height > scrolled + room));
    const next = `${above} ${below} ${room > 0}`;
    if (next === told) return;
    told = next;
    setHidden(rest, !room || !(above || below));
    box.classList.toggle("bits-before", Boolean(above) && !rest.hidden);
    box.classList.toggle("bits-after", Boolean(below) && !rest.hidden);
    writeText(rest, `${above ? `↑ ${grouped(above)}  ` : ""}${below ? `↓ ${grouped(below)}  ` : ""}more`);
  }

  return { node, room: () => room, show, stop: () => watcher.disconnect() };
}

function bitsOf(lines) {
  return lines.reduce((sum, { taps }) => sum + taps.length, 0);
}
