// What goes into the network: one test image, or one point of the plane; the next one is a click away.

import { nameCanvas, sharpCanvas } from "../shared/canvas.js";
import { element, setHidden } from "../shared/dom.js";
import { writeText } from "../shared/late_text.js";
import { grouped } from "../shared/numbers.js";
import { pixelsFor } from "./weight_pixels.js";
import { drawExamplePoint, drawPoints, nearestPoint } from "./plane.js";

const NO_DATA = "A monitor watches layers only. What an example makes of them, its answer and the wrong ones would need your data.";

export function inputPicture(cockpit) {
  let shown = null; // { state, palette }
  const title = element("b");
  const image = element("canvas", { class: "input-image" });
  const plane = sharpCanvas(0, () => shown && paintPlane(), { class: "input-plane" });
  const caption = element("p", { class: "faint input-caption" });
  const before = element("button", { type: "button", title: "the test example before this one" }, "‹");
  const next = element("button", { type: "button", title: "the next test example" }, "next ›");
  const buttons = element("div", { class: "input-buttons" }, before, next);
  const legend = element(
    "ul", { class: "strip-legend", "aria-label": "what the colours mean" },
    entry("plus", "+1"), entry("minus", "−1"), entry("flipped", "just flipped"), entry("hatched", "gradient blocked"),
  );
  const node = element(
    "div", { class: "input" }, element("p", { class: "input-title" }, title), image, plane.node, buttons, caption, legend,
  );

  next.addEventListener("click", () => move(1));
  before.addEventListener("click", () => move(-1));
  plane.node.addEventListener("click", ({ offsetX, offsetY }) => {
    const { view } = shown.state;
    const side = plane.node.clientWidth;
    const [x, y] = [(offsetX / side - 0.5) * 2 * view.extent, (0.5 - offsetY / side) * 2 * view.extent];
    cockpit.act({ do: "example", index: nearestPoint(view.points, x, y) });
  });

  function move(by) {
    const { example, view } = shown.state;
    const count = view.kind === "points" ? view.labels.length : view.available;
    cockpit.act({ do: "example", index: ((example.index ?? 0) + by + count) % count });
  }

  function draw(state, palette) {
    shown = { state, palette };
    const { example, view } = state;
    const points = view.kind === "points";
    const nothing = view.kind === "none";
    setHidden(image, points || !example?.image);
    setHidden(plane.node, !points);
    setHidden(buttons, !state.canLook || nothing);
    writeText(title, nothing ? "no data" : `one ${nounOf(view)}`);
    if (nothing) writeText(caption, NO_DATA);
    if (!example) return;
    if (points) paintPlane();
    else if (example.image) paintImage(image, example.image, palette);
    const truth = example.label === null ? "" : `: ${view.classes[example.label]}`;
    const noun = `test ${nounOf(view)}`;
    writeText(caption, `${noun} ${grouped(example.index)}${points ? `, class ${view.classes[example.label]}` : truth}`);
    nameCanvas(image, `The ${nounOf(view)} that goes into the network: ${noun} ${example.index}${truth}`);
  }

  function paintPlane() {
    const { ctx, width } = plane.begin();
    if (!width || shown.state.view.kind !== "points") return;
    ctx.globalAlpha = 0.45;
    drawPoints(ctx, shown.state.view, width, width, shown.palette, 0.6);
    ctx.globalAlpha = 1;
    drawExamplePoint(ctx, shown.state.view, shown.state.example.point, width, shown.palette, 6);
    nameCanvas(plane.node, "The test points; the ringed one goes into the network. Click another.");
  }

  return { node, draw, stop: plane.stop };
}

// What goes in, one of many.
export function nounOf(view) {
  return view.kind === "points" ? "point" : view.noun ?? "image";
}

// Dark on light, as on paper, whatever the theme: what it looks like is what is recognised.
export function paintImage(canvas, { data, width, height }, palette, offset = 0) {
  const pixels = pixelsFor(canvas, width, height);
  const dark = palette.dark;
  for (let at = 0; at < width * height; at += 1) {
    const grey = dark ? data[offset + at] : 255 - data[offset + at];
    pixels.words[at] = ((255 << 24) | (grey * 0x010101)) >>> 0;
  }
  pixels.put();
}

function entry(kind, text) {
  return element("li", {}, element("i", { class: kind }), text);
}
