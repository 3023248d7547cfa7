// What a network says about the plane: the probability of each class as colour, the undecided line, the test points.
// A click on a point sends it through the network.

import { nameCanvas, sharpCanvas } from "../shared/canvas.js";
import { element } from "../shared/dom.js";
import { writeText } from "../shared/late_text.js";
import { grouped, percentText, roundedText } from "../shared/numbers.js";
import {
  drawExamplePoint, drawPoints, drawUndecidedLine, nearestPoint, paintProbabilities, probabilityAt, surfaceColours,
} from "./plane.js";

export function decisionSurface(cockpit) {
  let shown = null; // { state, palette }
  let colours = null; // of each probability, for the palette shown
  const pixels = document.createElement("canvas");
  const title = element("b");
  const readout = element("p", { class: "faint surface-readout" });
  const canvas = sharpCanvas(0, () => shown && paint(), { class: "surface" });
  const node = element(
    "section", { class: "surface-side", "aria-label": "decision surface" },
    element("p", { class: "side-title" }, title), canvas.node, readout,
  );

  canvas.node.addEventListener("pointermove", ({ offsetX, offsetY }) => read(placeAt(offsetX, offsetY)));
  canvas.node.addEventListener("pointerleave", () => read(null));
  canvas.node.addEventListener("click", ({ offsetX, offsetY }) => {
    const { x, y } = placeAt(offsetX, offsetY);
    cockpit.act({ do: "example", index: nearestPoint(shown.state.view.points, x, y) });
  });

  function draw(state, palette) {
    if (state.view.kind !== "points") return;
    if (shown?.palette !== palette) colours = surfaceColours(palette);
    shown = { state, palette };
    paintProbabilities(pixels, state.view, colours);
    paint();
    const wrong = state.view.examined - state.view.right;
    writeText(title, wrong ? `${grouped(wrong)} of ${grouped(state.view.examined)} wrong` : "all test points right");
    nameCanvas(canvas.node, `Decision surface over the plane; ${wrong} of ${state.view.examined} test points are wrong.`);
    read(null);
  }

  function paint() {
    const { ctx, width, height } = canvas.begin();
    const { view, example } = shown.state;
    if (!width) return;
    ctx.imageSmoothingEnabled = true;
    // The outermost values stand on the very edge, half a pixel inside the image.
    ctx.drawImage(pixels, 0.5, 0.5, view.side - 1, view.side - 1, 0, 0, width, height);
    drawUndecidedLine(ctx, view, width, height, shown.palette.ink);
    const { rival } = shown.state;
    if (rival?.grid) drawUndecidedLine(ctx, { ...view, grid: rival.grid }, width, height, shown.palette.control, true);
    drawPoints(ctx, view, width, height, shown.palette);
    if (example?.point) drawExamplePoint(ctx, view, example.point, width, shown.palette);
  }

  function placeAt(offsetX, offsetY) {
    const { extent } = shown.state.view;
    const { clientWidth: width, clientHeight: height } = canvas.node;
    return { x: (offsetX / width - 0.5) * 2 * extent, y: (0.5 - offsetY / height) * 2 * extent };
  }

  function read(place) {
    if (!place) return writeText(readout, "blue class 0, orange class 1; a ring is a wrong answer");
    const probability = percentText(probabilityAt(shown.state.view, place.x, place.y) / 255);
    return writeText(readout, `at (${roundedText(place.x)}, ${roundedText(place.y)}): class 1 with ${probability}`);
  }

  return { node, draw, stop: canvas.stop };
}
