// Scales, round tick marks and the frame of a chart.

// A function from values to pixels.
export function linearScale(low, high, from, to) {
  const slope = (to - from) / (high - low || 1);
  return (value) => from + (value - low) * slope;
}

// Logarithmic above `low`; zero, which has no logarithm, gets a place of its own at `from`, one gap below.
export function logScale(low, high, from, to, gap = 18) {
  const place = linearScale(Math.log10(low), Math.log10(high), from + Math.sign(to - from) * gap, to);
  return (value) => (value < low ? from : place(Math.log10(value)));
}

// A few round values that cover [low, high].
export function roundTicks(low, high, most = 5) {
  const rough = (high - low) / most || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((factor) => factor * power >= rough * 0.999);
  const ticks = [];
  for (let at = Math.ceil(low / step - 1e-9); at * step <= high + step * 1e-9; at += 1) {
    ticks.push(Number((at * step).toPrecision(12)));
  }
  return ticks;
}

// Powers of ten from `low` to `high`, which are such powers; thinned where many, with 2 and 5 between where few.
export function logTicks(low, high, most = 5) {
  const decades = Math.round(Math.log10(high / low));
  const stride = Math.ceil((decades + 1) / most);
  const ticks = [];
  for (let down = 0; down <= decades; down += stride) ticks.push(high / 10 ** down);
  if (decades > 1) return ticks;
  return [high, high / 2, high / 5, low];
}

// The smallest round number that is at least `value`.
export function roundUp(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return power * [1, 1.5, 2, 3, 4, 5, 6, 8, 10].find((factor) => factor * power >= value * 0.9999);
}

// box: { left, right, top, bottom }; x and y: { scale, ticks, format, label }. The label of y stands above it.
export function drawAxes(ctx, box, palette, x, y) {
  ctx.lineWidth = 1;
  ctx.strokeStyle = palette.grid;
  ctx.fillStyle = palette.faint;
  ctx.beginPath();
  for (const tick of y.ticks) {
    const at = Math.round(y.scale(tick)) + 0.5;
    ctx.moveTo(box.left, at);
    ctx.lineTo(box.right, at);
  }
  ctx.stroke();
  ctx.textAlign = "right";
  ctx.textBaseline = "middle";
  for (const tick of y.ticks) ctx.fillText(y.format(tick), box.left - 6, y.scale(tick));
  ctx.textAlign = "left";
  ctx.textBaseline = "top";
  ctx.fillText(y.label, 0, 0);
  drawAcross(ctx, box, palette, x);
}

function drawAcross(ctx, box, palette, x) {
  ctx.strokeStyle = palette.faint;
  ctx.beginPath();
  ctx.moveTo(box.left, box.bottom + 0.5);
  ctx.lineTo(box.right, box.bottom + 0.5);
  for (const tick of x.ticks) {
    const at = Math.round(x.scale(tick)) + 0.5;
    ctx.moveTo(at, box.bottom);
    ctx.lineTo(at, box.bottom + 4);
  }
  ctx.stroke();
  ctx.textAlign = "center";
  ctx.textBaseline = "top";
  for (const tick of x.ticks) ctx.fillText(x.format(tick), x.scale(tick), box.bottom + 6);
  ctx.fillText(x.label, (box.left + box.right) / 2, box.bottom + 21);
}
