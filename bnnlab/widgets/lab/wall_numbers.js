// The numbers behind a distribution with walls: bars from the histograms of several layers, what lies beyond a wall.

const STEPS_OF_REACH = [0.5, 0.75, 1, 1.25, 1.5, 2, 2.5, 3, 3.5, 4, 5, 6, 8, 10, 12, 16, 24, 32, 48, 64];
const MAX_OVER_TYPICAL = 2.2; // a bar that is higher than that is broken off, or it would flatten all others
export const MIN_WALL = 0.01;
export const MAX_WALL = 10;

// parts: [{ histogram, histogramLimit, count, outside }]. Their bars on one axis of +-reach.
export function joinedBars(parts, reach, bins) {
  const bars = new Float64Array(bins);
  for (const { histogram, histogramLimit } of parts) {
    const width = (2 * histogramLimit) / histogram.length;
    for (let bin = 0; bin < histogram.length; bin += 1) {
      if (!histogram[bin]) continue;
      spread(bars, reach, -histogramLimit + bin * width, width, histogram[bin]);
    }
  }
  return bars;
}

// A bin's entries lie evenly in it; what is beyond the axis is gathered in its outermost bars.
function spread(bars, reach, low, width, entries) {
  const size = (2 * reach) / bars.length;
  const [from, to] = [(low + reach) / size, (low + width + reach) / size];
  const last = bars.length - 1;
  for (let bar = Math.floor(from); bar < to; bar += 1) {
    const share = (Math.min(bar + 1, to) - Math.max(bar, from)) / (to - from);
    if (share > 0) bars[Math.max(0, Math.min(last, bar))] += share * entries;
  }
}

// The height of the axis: the typical bars fill it, a lone spike does not decide it.
export function heightOfBars(bars) {
  const sorted = [...bars].filter((bar) => bar > 0).sort((a, b) => a - b);
  if (!sorted.length) return 1;
  return Math.min(sorted.at(-1), MAX_OVER_TYPICAL * sorted[Math.floor(0.8 * (sorted.length - 1))]);
}

// The smallest round reach that holds both, or the one before as long as it is not far too wide.
export function roundReach(limit, clip, before) {
  const needed = Math.max(limit, 1.2 * clip);
  if (before >= needed && before <= 1.7 * needed) return before;
  return STEPS_OF_REACH.find((step) => step >= needed) ?? needed;
}

// The share beyond +-wall: counted where the frame counted it, else read off the bars.
export function shareBeyond(parts, wall, counted) {
  const total = parts.reduce((sum, { count }) => sum + count, 0);
  if (!total) return NaN;
  if (counted) return parts.reduce((sum, { outside }) => sum + outside, 0) / total;
  let beyond = 0;
  for (const { histogram, histogramLimit } of parts) {
    const width = (2 * histogramLimit) / histogram.length;
    for (let bin = 0; bin < histogram.length; bin += 1) {
      const [low, high] = [-histogramLimit + bin * width, -histogramLimit + (bin + 1) * width];
      const within = Math.max(0, Math.min(high, wall) - Math.max(low, -wall));
      beyond += histogram[bin] * (1 - within / width);
    }
  }
  return Math.min(1, beyond / total);
}

export function roundedWall(value, fine = false) {
  const step = fine ? 0.01 : value < 2 ? 0.05 : 0.1;
  const rounded = Math.round(value / step) * step;
  return Number(Math.max(MIN_WALL, Math.min(MAX_WALL, rounded || MIN_WALL)).toFixed(2));
}
