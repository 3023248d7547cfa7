// How an answer about the plane is drawn: the probability of class 1 as colour, the undecided line, the test points.

import { mixColours, packedColour } from "./weight_pixels.js";

const UNDECIDED = 127.5; // of 255
const MANY = 200; // points above which each is drawn smaller

export function paintProbabilities(canvas, { grid, side }, colours) {
  if (canvas.width !== side) canvas.width = canvas.height = side;
  const ctx = canvas.getContext("2d");
  const image = ctx.createImageData(side, side);
  const words = new Uint32Array(image.data.buffer);
  for (let at = 0; at < grid.length; at += 1) words[at] = colours[grid[at]];
  ctx.putImageData(image, 0, 0);
}

export function surfaceColours(palette) {
  return Uint32Array.from({ length: 256 }, (_, level) => packedColour(surfaceColour(level / 255, palette)));
}

// Pale, so that the points stay readable; paper where the network cannot tell.
function surfaceColour(probability, palette) {
  const certainty = Math.abs(2 * probability - 1) * 0.55;
  return mixColours(palette.paper, probability < 0.5 ? palette.minus : palette.plus, certainty);
}

// Marching squares: in each square of four grid values, the straight piece along which they cross one half.
// `dashed` leaves out every other piece of it.
export function drawUndecidedLine(ctx, { grid, side }, width, height, colour, dashed = false) {
  const x = (column) => (column / (side - 1)) * width;
  const y = (row) => (row / (side - 1)) * height;
  ctx.strokeStyle = colour;
  ctx.lineWidth = 1.5;
  ctx.beginPath();
  for (let row = 0; row + 1 < side; row += 1) {
    for (let column = 0; column + 1 < side; column += 1) {
      if (dashed && (row + column) % 4 < 2) continue;
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
export function probabilityAt({ grid, side, extent }, x, y) {
  const along = (value) => Math.max(0, Math.min(side - 1.001, ((value / extent + 1) / 2) * (side - 1)));
  const [column, row] = [Math.floor(along(x)), Math.floor(along(-y))];
  const [right, down] = [along(x) - column, along(-y) - row];
  const at = row * side + column;
  const upper = grid[at] * (1 - right) + grid[at + 1] * right;
  const lower = grid[at + side] * (1 - right) + grid[at + side + 1] * right;
  return upper * (1 - down) + lower * down;
}

// By the network's own answer: between its points the grid is only drawn, and near the line it may be mistaken.
export function isWrong({ predictions, labels }, at) {
  return predictions[at] !== labels[at];
}

// Class 0 is a disc, class 1 a triangle; a ring marks a wrong answer. Each kind is one path: hundreds of single ones
// would take longer than all the rest of the picture.
export function drawPoints(ctx, view, width, height, palette, size = view.labels.length > MANY ? 0.75 : 1) {
  const [discs, triangles, rings] = [new Path2D(), new Path2D(), new Path2D()];
  for (let at = 0; at < view.labels.length; at += 1) {
    const x = (view.points[2 * at] / view.extent + 1) * 0.5 * width;
    const y = (1 - view.points[2 * at + 1] / view.extent) * 0.5 * height;
    if (view.labels[at] === 1) addTriangle(triangles, x, y, 5 * size);
    else addCircle(discs, x, y, 4 * size);
    if (isWrong(view, at)) addCircle(rings, x, y, 7.5 * size);
  }
  ctx.lineWidth = 1;
  ctx.strokeStyle = palette.paper;
  for (const [shapes, colour] of [[discs, palette.minus], [triangles, palette.plus]]) {
    ctx.fillStyle = colour;
    ctx.fill(shapes);
    ctx.stroke(shapes);
  }
  ctx.lineWidth = 2 * size;
  ctx.strokeStyle = palette.ink;
  ctx.stroke(rings);
}

function addCircle(path, x, y, radius) {
  path.moveTo(x + radius, y);
  path.arc(x, y, radius, 0, 2 * Math.PI);
}

function addTriangle(path, x, y, size) {
  path.moveTo(x, y - size);
  path.lineTo(x + size, y + 0.8 * size);
  path.lineTo(x - size, y + 0.8 * size);
  path.closePath();
}

// The point that goes through the network.
export function drawExamplePoint(ctx, { extent }, point, side, palette, radius = 9) {
  drawRing(ctx, (point[0] / extent + 1) * 0.5 * side, (1 - point[1] / extent) * 0.5 * side, radius, palette);
}

// A ring that stands out on any colour.
export function drawRing(ctx, x, y, radius, palette) {
  for (const [thick, colour] of [[4.5, palette.panel], [2.25, palette.ink]]) {
    ctx.lineWidth = thick;
    ctx.strokeStyle = colour;
    ctx.beginPath();
    ctx.arc(x, y, radius, 0, 2 * Math.PI);
    ctx.stroke();
  }
  ctx.lineWidth = 1;
}

export function nearestPoint(points, x, y) {
  let best = 0;
  const distance = (at) => (points[2 * at] - x) ** 2 + (points[2 * at + 1] - y) ** 2;
  for (let at = 1; 2 * at < points.length; at += 1) if (distance(at) < distance(best)) best = at;
  return best;
}
