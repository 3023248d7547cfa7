// Some test images, each with what the network says it is; a wrong answer has a frame, a cross and the truth.

import { element } from "../shared/dom.js";
import { writeText } from "../shared/late_text.js";
import { cross } from "../shared/marked_text.js";
import { grouped, percentText } from "../shared/numbers.js";

// `pick(index)` is called with an image's position in the test set.
export function imagesPicture(card, pick) {
  const node = element("div", { class: "images", role: "group", "aria-label": "test images" });
  let tiles = [];
  let indices = []; // the images' positions in the test set
  let painted = null; // the pixels the tiles show
  let picked = null;

  function draw({ view }) {
    if (tiles.length !== view.labels.length) {
      tiles = Array.from(view.labels, (_, at) => imageTile(() => choose(at)));
      node.replaceChildren(...tiles.map((tile) => tile.node));
      painted = null;
    }
    indices = view.indices;
    if (view.pixels && painted !== view.pixels) {
      tiles.forEach((tile, at) => paintImage(tile.canvas, view, at));
      painted = view.pixels;
    }
    tiles.forEach((tile, at) => answer(tile, view, at, view.indices[at] === picked));
    card.read("Pick an image to follow it down to single bits.");
    return imagesTakeaway(view);
  }

  function choose(at) {
    picked = indices[at];
    tiles.forEach((tile, other) => tile.node.setAttribute("aria-pressed", String(other === at)));
    pick(picked);
  }

  return { node, draw, stop: () => {} };
}

function imageTile(choose) {
  const canvas = element("canvas", { "aria-hidden": "true" });
  const said = element("span", { class: "said" });
  const truth = element("span");
  const node = element("button", { type: "button", class: "tile" }, canvas, said, element("span", { class: "truth" }, cross(), truth));
  node.addEventListener("click", choose);
  return { node, canvas, said, truth };
}

function paintImage(canvas, { pixels, width, height }, at) {
  canvas.width = width;
  canvas.height = height;
  const ctx = canvas.getContext("2d");
  const image = ctx.createImageData(width, height);
  const words = new Uint32Array(image.data.buffer);
  const size = width * height;
  for (let pixel = 0; pixel < size; pixel += 1) {
    words[pixel] = ((255 << 24) | (pixels[at * size + pixel] * 0x010101)) >>> 0;
  }
  ctx.putImageData(image, 0, 0);
}

function answer(tile, view, at, picked) {
  const said = view.classes[view.predictions[at]];
  const truth = view.classes[view.labels[at]];
  const wrong = view.predictions[at] !== view.labels[at];
  tile.node.classList.toggle("wrong", wrong);
  tile.node.setAttribute("aria-pressed", String(picked));
  writeText(tile.said, `${said} · ${percentText(view.confidence[at], 0)}`);
  writeText(tile.truth, wrong ? ` true: ${truth}` : "\u00a0");
}

function imagesTakeaway({ labels, predictions }) {
  let wrong = 0;
  for (let at = 0; at < labels.length; at += 1) wrong += labels[at] !== predictions[at];
  if (wrong === 0) return `The network names all these ${grouped(labels.length)} test images correctly.`;
  return `The network names ${grouped(wrong)} of these ${grouped(labels.length)} test images wrongly.`;
}
