// What a network says about the plane: the probability of each class as colour, the undecided line, the test points.

import { nameCanvas, sharpCanvas } from "../shared/canvas.js";
import { element } from "../shared/dom.js";
import { grouped, percentText, roundedText } from "../shared/numbers.js";
import {
  drawPoints, drawProbe, drawUndecidedLine, isWrong, paintProbabilities, probabilityAt, surfaceColours,
} from "./plane.js";

const KEY_STEPS = 40; // presses of an arrow key from one side to the other

// Draws into `card`; `draw` returns the takeaway.
export function surfacePicture(card) {
  let shown = null; // { view, palette }
  let colours = null; // of each probability, for the palette shown
  let pointed = null; // where the pointer is, in CSS pixels
  const pixels = document.createElement("canvas");
  const canvas = sharpCanvas(0, () => shown && paint(), { class: "drawing surface" });
  const node = element("div", { class: "surface-frame" }, canvas.node);

  canvas.node.addEventListener("pointermove", ({ offsetX, offsetY }) => point([offsetX, offsetY]));
  canvas.node.addEventListener("pointerleave", () => point(null));
  canvas.node.addEventListener("blur", () => point(null));
  canvas.node.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!by) return;
    event.preventDefault();
    const { clientWidth: width, clientHeight: height } = canvas.node;
    const [x, y] = pointed ?? [width / 2, height / 2];
    const [across, down] = [x + (by[0] * width) / KEY_STEPS, y + (by[1] * height) / KEY_STEPS];
    point([Math.max(0, Math.min(width, across)), Math.max(0, Math.min(height, down))]);
  });

  function point(at) {
    pointed = at;
    if (shown) paint();
  }

  function draw(state, palette) {
    const { view } = state;
    if (shown?.palette !== palette) colours = surfaceColours(palette);
    shown = { view, palette };
    paintProbabilities(pixels, view, colours);
    paint();
    const takeaway = pointsTakeaway(view);
    nameCanvas(canvas.node, `Decision surface. ${takeaway}`);
    return takeaway;
  }

  function paint() {
    const { ctx, width, height } = canvas.begin();
    const { view, palette } = shown;
    if (!width) return;
    ctx.imageSmoothingEnabled = true;
    // The outermost values stand on the very edge, half a pixel inside the image.
    ctx.drawImage(pixels, 0.5, 0.5, view.side - 1, view.side - 1, 0, 0, width, height);
    drawUndecidedLine(ctx, view, width, height, palette);
    drawPoints(ctx, view, width, height, palette);
    if (pointed) drawProbe(ctx, pointed, palette);
    readOut();
  }

  function readOut() {
    const { view } = shown;
    if (!pointed) return card.read("Point at the picture to read the probability there.");
    const { clientWidth: width, clientHeight: height } = canvas.node;
    const x = (pointed[0] / width - 0.5) * 2 * view.extent;
    const y = (0.5 - pointed[1] / height) * 2 * view.extent;
    const probability = percentText(probabilityAt(view, x, y) / 255);
    card.read(`at (${roundedText(x)}, ${roundedText(y)}): class 1 with ${probability}`);
  }

  return { node, draw, stop: canvas.stop };
}

function pointsTakeaway(view) {
  const all = view.labels.length;
  let wrong = 0;
  for (let at = 0; at < all; at += 1) wrong += isWrong(view, at);
  if (wrong === 0) return `The network answers all ${grouped(all)} test points correctly.`;
  return `The network answers ${grouped(wrong)} of ${grouped(all)} test points wrongly; each has a ring.`;
}
