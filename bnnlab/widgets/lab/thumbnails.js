// Small pictures of the data sets: points in the colours of their classes, and a real digit.

const THUMBNAIL_PIXELS = 108;
const THUMBNAIL_POINTS = 46;
// A three of the digits data set, grey levels 0..g.
const DIGIT_THREE = "006eb00003g9g0000375c000001e8200002ggg4000000b800004af20005gc400";

// For each data set of points: where the point of +1 (or -1) number `at` of all lies, in a square of +-1.
const THUMBNAIL_SHAPES = {
  moons(share, sign) {
    const turn = share * Math.PI;
    return [sign * (0.65 * Math.cos(turn) - 0.25), sign * (0.25 - 0.75 * Math.sin(turn))];
  },
  circles(share, sign) {
    const [turn, radius] = [2 * Math.PI * share, sign > 0 ? 0.42 : 0.92];
    return [radius * Math.cos(turn), radius * Math.sin(turn)];
  },
  xor(share, sign, at) {
    const across = 0.14 + 0.76 * (((at * 7) % 23) / 22);
    const down = (0.14 + 0.76 * (((at * 13) % 29) / 28)) * (at % 2 ? 1 : -1);
    return [across * Math.sign(down) * sign, down];
  },
  spiral(share, sign) {
    const [turn, radius] = [3.2 * Math.PI * share, 0.95 * share];
    return [sign * radius * Math.cos(turn), sign * radius * Math.sin(turn)];
  },
};

export const DRAWN_DATASETS = [...Object.keys(THUMBNAIL_SHAPES), "digits"];

export function drawThumbnail(canvas, dataset, palette) {
  canvas.width = canvas.height = THUMBNAIL_PIXELS;
  const ctx = canvas.getContext("2d");
  if (dataset === "digits") drawDigit(ctx, palette);
  else drawShape(ctx, THUMBNAIL_SHAPES[dataset], palette);
}

function drawShape(ctx, shape, palette) {
  const half = THUMBNAIL_PIXELS / 2;
  for (let at = 0; at < THUMBNAIL_POINTS; at += 1) {
    for (const sign of [1, -1]) {
      const [x, y] = shape((at + 0.5) / THUMBNAIL_POINTS, sign, at);
      ctx.fillStyle = sign > 0 ? palette.plus : palette.minus;
      ctx.beginPath();
      ctx.arc(half + 0.82 * half * x, half + 0.82 * half * y, 3.4, 0, 2 * Math.PI);
      ctx.fill();
    }
  }
}

function drawDigit(ctx, palette) {
  const [margin, cell] = [10, (THUMBNAIL_PIXELS - 20) / 8];
  ctx.fillStyle = palette.ink;
  for (let pixel = 0; pixel < 64; pixel += 1) {
    ctx.globalAlpha = parseInt(DIGIT_THREE[pixel], 17) / 16;
    ctx.fillRect(margin + (pixel % 8) * cell, margin + (pixel >> 3) * cell, cell + 0.5, cell + 0.5);
  }
  ctx.globalAlpha = 1;
}
