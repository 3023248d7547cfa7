// Scales and round tick marks of a chart.

// A function from values to pixels.
export function linearScale(low, high, from, to) {
  const slope = (to - from) / (high - low || 1);
  return (value) => from + (value - low) * slope;
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
