// What the lab picture shows, from the frames it received. A frame says what changed; the flip counts and the test
// images travel only now and then, so the last ones are kept as long as they belong to the same run.

const EXACT_LEVELS = 128; // as in lab.py
const LEVELS_PER_DOUBLING = 14;

// The next state, from the one before (or null) and a decoded frame.
export function absorbFrame(before, { meta, arrays }) {
  const restarted = !before || meta.step < before.step;
  const known = (name) => arrays[name]?.data ?? new Float32Array(0);
  return {
    ...meta,
    serial: (before?.serial ?? 0) + 1,
    curves: {
      step: known("curve/step"),
      loss: known("curve/loss"),
      trainAccuracy: known("curve/train_accuracy"),
      testLoss: known("curve/test_loss"),
      testAccuracy: known("curve/test_accuracy"),
    },
    layers: meta.layers.map((layer, at) => {
      const same = restarted ? null : before.layers.find((other) => isSameLayer(layer, other));
      return {
        ...layer,
        weights: layer.rows * layer.columns,
        // Rows are padded to whole words of 8 bytes, lowest bit first.
        signs: bytesOver(arrays[`${at}/signs`].data),
        rowBytes: 8 * Math.ceil(layer.columns / 64),
        // Since the picture before: one that comes without a further step has no flips of its own.
        flips: same && meta.step === before.step ? same.flips : flipPositions(arrays, at, layer),
        histogram: arrays[`${at}/histogram`].data,
        levels: arrays[`${at}/levels`]?.data ?? same?.levels ?? null,
        curves: {
          flipRatio: known(`${at}/flip_ratio`),
          clippedWeights: known(`${at}/clipped_weight_gradients`),
          clippedInputs: known(`${at}/clipped_input_gradients`),
          normBefore: known(`${at}/gradient_norm_before`),
          normAfter: known(`${at}/gradient_norm_after`),
        },
      };
    }),
    view: meta.view.kind === "points" ? pointsView(meta, arrays) : imagesView(before, meta, arrays),
  };
}

export function signBit(layer, row, column) {
  return (layer.signs[row * layer.rowBytes + (column >> 3)] >> (column & 7)) & 1;
}

// How often a weight flipped, from its level (see `levels` in lab.py); above 127 only to about 5 %.
export function flipsOfLevel(level) {
  if (level < EXACT_LEVELS) return level;
  return Math.round(EXACT_LEVELS * 2 ** ((level - EXACT_LEVELS) / LEVELS_PER_DOUBLING));
}

export function isExactLevel(level) {
  return level < EXACT_LEVELS;
}

// The sum of one number over all binary layers, or NaN before the first step.
export function overLayers(state, valueOf) {
  return state.layers.reduce(
    (sum, layer) => sum + (layer.dynamics ? valueOf(layer.dynamics) : NaN), 0,
  );
}

export function isSameLayer(layer, other) {
  return layer.name === other.name && layer.rows === other.rows && layer.columns === other.columns;
}

function flipPositions(arrays, at, { rows, columns }) {
  const listed = arrays[`${at}/flips`];
  if (listed) return listed.data;
  const bits = bytesOver(arrays[`${at}/flipped`].data);
  const rowBytes = bits.length / rows;
  const positions = [];
  for (let row = 0; row < rows; row += 1) {
    for (let byte = 0; byte < rowBytes; byte += 1) {
      for (let rest = bits[row * rowBytes + byte], bit = 0; rest; rest >>= 1, bit += 1) {
        if (rest & 1) positions.push(row * columns + byte * 8 + bit);
      }
    }
  }
  return positions;
}

function pointsView({ view }, arrays) {
  const { data: grid, shape } = arrays.grid;
  const [points, labels, predictions] = ["points", "labels", "predictions"].map((name) => arrays[name].data);
  return { ...view, grid, side: shape[0], points, labels, predictions };
}

function imagesView(before, { view }, arrays) {
  const kept = before?.view.key === view.key ? before.view : null;
  const images = arrays.images;
  return {
    ...view,
    indices: arrays.indices.data,
    labels: arrays.labels.data,
    predictions: arrays.predictions.data,
    confidence: arrays.confidence.data,
    pixels: images ? images.data : (kept?.pixels ?? null),
    height: images ? images.shape[1] : (kept?.height ?? 0),
    width: images ? images.shape[2] : (kept?.width ?? 0),
  };
}

function bytesOver(words) {
  return new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
}
