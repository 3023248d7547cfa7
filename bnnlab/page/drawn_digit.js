// A field to draw a digit in, with mouse, pen or finger, and what the network makes of it. Ink becomes pixels, and pixels
// logits, in the compiled C.

import { element, setText } from "../widgets/shared/dom.js";
import { drawings } from "./drawing.js";

const SIDE = 280; // of the field, in places of ink
const PEN = 26; // about a tenth of the field: strokes as thick as those of the data set
const FULL = 255;
const CLEAR = "Draw a digit";

// `network` as packedNetwork gives it; `dataset` names what its images are like; `white` is its brightest pixel.
export function drawnDigit(module, network, { dataset, white }) {
  const paper = element("canvas", { width: SIDE, height: SIDE, class: "paper", role: "img", "aria-label": "Field to draw a digit in" });
  const pen = paper.getContext("2d", { willReadFrequently: true });
  const { prepare, side } = drawings(module, dataset, SIDE);
  const seen = element("canvas", { width: side, height: side, class: "seen", role: "img", "aria-label": "What the network sees" });
  const answer = element("output", { class: "drawn-class" }, CLEAR);
  const clear = element("button", { type: "button" }, "clear");
  const bars = network.classNames.map(scoreBar);
  const node = element(
    "div", { class: "drawn-digit" },
    element("div", { class: "drawn" }, paper, clear),
    element("figure", {}, seen, element("figcaption", {}, `${side} × ${side} pixels`)),
    element("div", { class: "scores" }, answer, ...bars.map((bar) => bar.node)),
  );
  let last = null; // where the pen is
  let pending = 0;
  Object.assign(pen, { lineWidth: PEN, lineCap: "round", lineJoin: "round" });

  paper.addEventListener("pointerdown", (event) => {
    paper.setPointerCapture(event.pointerId);
    last = placeOf(event);
    stroke(last);
  });
  paper.addEventListener("pointermove", (event) => {
    if (!last) return;
    for (const part of event.getCoalescedEvents?.() ?? [event]) stroke(placeOf(part));
  });
  for (const end of ["pointerup", "pointercancel"]) paper.addEventListener(end, () => { last = null; });
  clear.addEventListener("click", () => {
    pen.clearRect(0, 0, SIDE, SIDE);
    read();
  });

  function placeOf({ offsetX, offsetY }) {
    const scale = SIDE / paper.clientWidth;
    return { x: offsetX * scale, y: offsetY * scale };
  }

  function stroke(to) {
    pen.beginPath();
    pen.moveTo(last.x, last.y);
    pen.lineTo(to.x, to.y + 0.01); // a point is a line, too
    pen.stroke();
    last = to;
    if (!pending) pending = requestAnimationFrame(read);
  }

  // `data-took` is for measuring: from the ink to the answer, in ms.
  function read() {
    cancelAnimationFrame(pending);
    pending = 0;
    const began = performance.now();
    const pixels = prepare(inkOf(pen.getImageData(0, 0, SIDE, SIDE)));
    const logits = pixels && network.run(pixels);
    const best = logits ? logits.indexOf(Math.max(...logits)) : -1;
    node.dataset.took = performance.now() - began;
    setText(answer, logits ? network.classNames[best] : CLEAR);
    bars.forEach((bar, at) => bar.show(logits, at, at === best));
    showPixels(seen, pixels, side, white);
  }

  read();
  return { node };
}

function inkOf({ data }) {
  return Uint8Array.from({ length: data.length / 4 }, (_, at) => data[4 * at + 3]);
}

function showPixels(canvas, pixels, side, white) {
  const image = new ImageData(side, side);
  for (let at = 0; at < side * side; at += 1) {
    image.data.set([FULL, FULL, FULL].map((full) => (full * (pixels ? pixels[at] : 0)) / white), 4 * at);
    image.data[4 * at + 3] = FULL;
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
}

// A class and its logit: as long as it is above the least of them.
function scoreBar(name) {
  const bar = element("i", {});
  const node = element("div", { class: "score" }, element("b", {}, name), element("span", {}, bar));
  function show(logits, at, best) {
    const [least, most] = logits ? [Math.min(...logits), Math.max(...logits)] : [0, 1];
    bar.style.width = logits ? `${(100 * (logits[at] - least)) / (most - least || 1)}%` : "0";
    node.classList.toggle("best", best);
  }
  return { node, show };
}
