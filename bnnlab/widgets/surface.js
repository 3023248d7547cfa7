// What a network says about the plane: the probability of each class as colour, the undecided line, the test points.

import { nameCanvas, sharpCanvas } from "./canvas.js";
import { element } from "./dom.js";
import { grouped, percentText, roundedText } from "./numbers.js";
import { mixColours, packedColour } from "./weight_pixels.js";

const UNDECIDED = 127.5;

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

  function point(at) {
    pointed = at;
    if (shown) readOut();
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
    for (let at = 0; at < view.labels.length; at += 1) drawPoint(ctx, view, at, width, height, palette);
    readOut();
  }

  function readOut() {
    const { view } = shown;
    if (!pointed) return card.read("Point at the picture to read the probability there.");
    const { clientWidth: width, clientHeight: height } = canvas.node;
    const x = (pointed[0] / width - 0.5) * 2 * view.extent;
    const y = (0.5 - pointed[1] / height) * 2 * view.extent;
    card.read(`at (${roundedText(x)}, ${roundedText(y)}): class 1 with ${percentText(probabilityAt(view, x, y) / 255)}`);
  }

  return { node, draw, stop: canvas.stop };
}

function paintProbabilities(canvas, { grid, side }, colours) {
  if (canvas.width !== side) canvas.width = canvas.height = side;
  const ctx = canvas.getContext("2d");
  const image = ctx.createImageData(side, side);
  const words = new Uint32Array(image.data.buffer);
  for (let at = 0; at < grid.length; at += 1) words[at] = colours[grid[at]];
  ctx.putImageData(image, 0, 0);
}

function surfaceColours(palette) {
  return Uint32Array.from({ length: 256 }, (_, level) => packedColour(surfaceColour(level / 255, palette)));
}

// Pale, so that the points stay readable; paper where the network cannot tell.
function surfaceColour(probability, palette) {
  const certainty = Math.abs(2 * probability - 1) * 0.55;
  return mixColours(palette.paper, probability < 0.5 ? palette.minus : palette.plus, certainty);
}

// Marching squares: in each square of four grid values, the straight piece along which they cross one half.
function drawUndecidedLine(ctx, { grid, side }, width, height, palette) {
  const x = (column) => (column / (side - 1)) * width;
  const y = (row) => (row / (side - 1)) * height;
  ctx.strokeStyle = palette.ink;
  ctx.lineWidth = 1.5;
  ctx.beginPath();
  for (let row = 0; row + 1 < side; row += 1) {
    for (let column = 0; column + 1 < side; column += 1) {
      if (!isCrossed(grid, row * side + column, side)) continue;
      const crossings = crossingsOf(grid, side, row, column);
      for (let at = 0; at + 1 < crossings.length; at += 2) {
        ctx.moveTo(x(crossings[at][0]), y(crossings[at][1]));
        ctx.lineTo(x(crossings[at + 1][0]), y(crossings[at + 1][1]));
      }
    }
  }
  ctx.stroke();
}

function isCrossed(grid, at, side) {
  const above = (value) => value > UNDECIDED;
  const first = above(grid[at]);
  return above(grid[at + 1]) !== first || above(grid[at + side]) !== first || above(grid[at + side + 1]) !== first;
}

function crossingsOf(grid, side, row, column) {
  const corners = [[0, 0], [1, 0], [1, 1], [0, 1]].map(([right, down]) => ({
    x: column + right, y: row + down, value: grid[(row + down) * side + column + right] - UNDECIDED,
  }));
  const crossings = [];
  corners.forEach((from, at) => {
    const to = corners[(at + 1) % 4];
    if (from.value < 0 === to.value < 0) return;
    const share = from.value / (from.value - to.value);
    crossings.push([from.x + (to.x - from.x) * share, from.y + (to.y - from.y) * share]);
  });
  return crossings;
}

// Between four values of the grid, as the picture is drawn.
function probabilityAt({ grid, side, extent }, x, y) {
  const along = (value) => Math.max(0, Math.min(side - 1.001, ((value / extent + 1) / 2) * (side - 1)));
  const [column, row] = [Math.floor(along(x)), Math.floor(along(-y))];
  const [right, down] = [along(x) - column, along(-y) - row];
  const at = row * side + column;
  const upper = grid[at] * (1 - right) + grid[at + 1] * right;
  const lower = grid[at + side] * (1 - right) + grid[at + side + 1] * right;
  return upper * (1 - down) + lower * down;
}

function isWrong(view, at) {
  const probability = probabilityAt(view, view.points[2 * at], view.points[2 * at + 1]);
  return probability > UNDECIDED !== (view.labels[at] === 1);
}

// Class 0 is a disc, class 1 a triangle; a ring marks a wrong answer.
function drawPoint(ctx, view, at, width, height, palette) {
  const x = (view.points[2 * at] / view.extent + 1) * 0.5 * width;
  const y = (1 - view.points[2 * at + 1] / view.extent) * 0.5 * height;
  ctx.beginPath();
  if (view.labels[at] === 1) {
    ctx.moveTo(x, y - 5);
    ctx.lineTo(x + 5, y + 4);
    ctx.lineTo(x - 5, y + 4);
    ctx.closePath();
  } else {
    ctx.arc(x, y, 4, 0, 2 * Math.PI);
  }
  ctx.fillStyle = view.labels[at] === 1 ? palette.plus : palette.minus;
  ctx.fill();
  ctx.lineWidth = 1;
  ctx.strokeStyle = palette.paper;
  ctx.stroke();
  if (!isWrong(view, at)) return;
  ctx.beginPath();
  ctx.arc(x, y, 8, 0, 2 * Math.PI);
  ctx.lineWidth = 2;
  ctx.strokeStyle = palette.mismatch;
  ctx.stroke();
}

function pointsTakeaway(view) {
  const all = view.labels.length;
  let wrong = 0;
  for (let at = 0; at < all; at += 1) wrong += isWrong(view, at);
  if (wrong === 0) return `All ${grouped(all)} test points shown lie on their own side of the line.`;
  return `${grouped(wrong)} of ${grouped(all)} test points shown lie on the wrong side of the line.`;
}
