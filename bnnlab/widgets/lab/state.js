// What the lab picture shows, from the frames it received. A frame says what changed; what is large and changes slowly
// travels only now and then, so the last of it is kept as long as it belongs to the same run.

const PLAYING = ["playing", "waiting"];

// The next state, from the one before (or null) and a decoded frame.
export function absorbFrame(before, { meta, arrays }) {
  const now = meta.now ?? meta.step;
  const restarted = !before || now < before.now || !sameNetwork(before, meta);
  const kept = restarted ? null : before;
  const layers = meta.layers.map((layer, at) => layerState(kept, meta, arrays, layer, at));
  return {
    serial: (before?.serial ?? 0) + 1, // of the picture; the frame's own number is `frame`
    frame: meta.serial ?? null,
    step: meta.step, // that is shown
    now, // steps done: more where one looks back
    backAt: meta.back_at ?? null, // the past step that was asked for
    way: meta.way ?? 0, // steps to be done again until the picture is of that step
    created: meta.created,
    epoch: meta.epoch,
    state: meta.state ?? (meta.playing ? "playing" : "paused"),
    playing: meta.state ? PLAYING.includes(meta.state) : meta.playing,
    error: meta.error ?? null,
    notice: meta.notice ?? null,
    recorded: Boolean(meta.recorded),
    canCommand: Boolean(meta.commands),
    canLook: Boolean(meta.commands || meta.looks),
    pending: null, // why a chosen weight is not told of
    canUndo: Boolean(meta.can_undo),
    autoPaused: Boolean(meta.auto_paused),
    scheduleDone: Boolean(meta.schedule_done),
    flipReport: meta.flip_report ?? null,
    speed: meta.speed ?? null,
    stepsPerSecond: meta.steps_per_second ?? 0,
    stepsPerEpoch: meta.steps_per_epoch ?? 0,
    config: meta.config ?? null,
    choices: meta.choices ?? before?.choices ?? null,
    datasets: meta.datasets ?? before?.datasets ?? null,
    suited: meta.suited ?? before?.suited ?? null,
    defaults: meta.defaults ?? before?.defaults ?? null,
    clip: meta.clip,
    weightClip: meta.weight_clip,
    binarize: meta.binarize,
    latent: meta.latent,
    trainAccuracy: meta.train_accuracy,
    loss: meta.loss,
    evaluated: meta.evaluated,
    starvedAfter: meta.starved_after,
    stride: meta.stride,
    restarted,
    curves: curvesOf(kept, arrays, "curve", RUN_CURVES),
    rival: rivalOf(kept, meta, arrays),
    pinned: pinnedOf(before, meta, arrays),
    statistics: meta.statistics ?? [],
    layers,
    gates: meta.gates.map((gate, at) => ({
      name: gate.name, entries: gate.entries, outside: gate.outside,
      histogram: arrays[`G${at}/histogram`].data, histogramLimit: gate.histogram_limit,
    })),
    floats: meta.floats.map((layer, at) => ({
      ...layer,
      greys: arrays[`F${at}/weights`]?.data ?? kept?.floats.find(({ name }) => name === layer.name)?.greys ?? null,
    })),
    passes: passesOf(meta, arrays, layers),
    example: exampleOf(meta, arrays),
    selection: meta.selection,
    weight: weightOf(meta, arrays),
    view: VIEWS[meta.view.kind](meta, arrays),
  };
}

export function signBit(layer, row, column) {
  return (layer.signs[row * layer.rowBytes + (column >> 3)] >> (column & 7)) & 1;
}

const RUN_CURVES = {
  step: "step", loss: "loss", trainAccuracy: "train_accuracy", testLoss: "test_loss", testAccuracy: "test_accuracy",
};
const LAYER_CURVES = {
  flipRatio: "flip_ratio", clippedWeights: "clipped_weight_gradients", clippedInputs: "clipped_input_gradients",
  normBefore: "gradient_norm_before", normAfter: "gradient_norm_after",
};

function sameNetwork(before, meta) {
  return before.layers.length === meta.layers.length
    && before.layers.every((layer, at) => {
      const other = meta.layers[at];
      return layer.name === other.name && layer.rows === other.rows && layer.columns === other.columns;
    });
}

function layerState(kept, meta, arrays, layer, at) {
  const same = kept?.layers[at] ?? null;
  const dynamics = layer.dynamics;
  return {
    name: layer.name,
    rows: layer.rows,
    columns: layer.columns,
    weights: layer.rows * layer.columns,
    // Rows are padded to whole words of 8 bytes, lowest bit first.
    signs: bytesOver(arrays[`L${at}/signs`].data),
    rowBytes: 8 * Math.ceil(layer.columns / 64),
    // Since the picture before: one that comes without a further step has no flips of its own.
    flips: same && meta.step === kept.step ? same.flips : flipPositions(arrays, at, layer),
    flipCount: dynamics ? dynamics.flips : null,
    netFlips: dynamics ? dynamics.net_flips : 0,
    outside: layer.outside,
    starved: dynamics ? dynamics.starved : 0,
    clippedWeights: dynamics ? dynamics.clipped_weight_gradients : null,
    clippedInputs: dynamics ? dynamics.clipped_input_gradients : null,
    normBefore: dynamics ? dynamics.gradient_norm_before : null,
    normAfter: dynamics ? dynamics.gradient_norm_after : null,
    histogram: arrays[`L${at}/histogram`].data,
    histogramLimit: layer.histogram_limit,
    curves: curvesOf(kept, arrays, `L${at}`, LAYER_CURVES, same?.curves),
  };
}

// Curves travel a few times a second only; the last ones are kept.
function curvesOf(kept, arrays, key, names, before = kept?.curves) {
  const first = arrays[`${key}/${Object.values(names)[0]}`];
  if (!first && before) return before;
  return Object.fromEntries(
    Object.entries(names).map(([name, travels]) => [name, arrays[`${key}/${travels}`]?.data ?? new Float32Array(0)]),
  );
}

const BESIDE_CURVES = { step: "step", loss: "loss", testAccuracy: "test_accuracy" };

// The network that learns beside this one.
function rivalOf(kept, { rival }, arrays) {
  if (!rival) return null;
  const same = kept?.rival?.name === rival.name ? kept.rival : null;
  return { ...rival, curves: curvesOf(same, arrays, "rival", BESIDE_CURVES), grid: arrays["rival/grid"]?.data ?? null };
}

// Curves that were put aside stay over new starts.
function pinnedOf(before, { pinned = [] }, arrays) {
  return pinned.map((name, at) => {
    const same = before?.pinned.length === pinned.length ? before.pinned[at] : null;
    return { name, curves: curvesOf(same, arrays, `pinned${at}`, BESIDE_CURVES) };
  });
}

function passesOf(meta, arrays, layers) {
  if (!meta.example) return unseenPasses(layers);
  return meta.example.passes.map((pass, at) => ({
    name: pass.name,
    binary: pass.binary,
    countsBits: pass.counts_bits,
    inputShape: pass.input_shape,
    sumShape: pass.sum_shape,
    xShape: pass.x_shape,
    inputs: numbersOf(arrays[`P${at}/inputs`].data),
    sums: arrays[`P${at}/sums`].data,
    scale: arrays[`P${at}/scale`].data,
    shift: arrays[`P${at}/shift`].data,
    x: arrays[`P${at}/x`].data,
    before: arrays[`P${at}/before`]?.data ?? null,
    after: arrays[`P${at}/after`]?.data ?? null,
    layer: layers.find((layer) => layer.name === pass.name) ?? null,
    conv: pass.sum_shape.length === 3,
    reads: at === 0, // the data themselves
  }));
}

// Without an example only the layers themselves are there, each in its place, and behind them nobody who answers.
function unseenPasses(layers) {
  const nothing = new Float32Array(0);
  const bare = {
    unseen: true, binary: true, countsBits: false, conv: false, reads: false, before: null, after: null,
    inputs: nothing, sums: nothing, scale: nothing, shift: nothing, x: nothing,
  };
  const passes = layers.map((layer) => ({
    ...bare, name: layer.name, layer, inputShape: [layer.columns], sumShape: [layer.rows], xShape: [layer.rows],
  }));
  const end = { ...bare, name: "", binary: false, layer: null, inputShape: [0], sumShape: [0], xShape: [0] };
  return layers.length ? [...passes, end] : [];
}

// Signs travel as 0 and 1.
function numbersOf(data) {
  return data instanceof Uint8Array ? Float32Array.from(data, (bit) => 2 * bit - 1) : data;
}

function exampleOf(meta, arrays) {
  if (!meta.example) return null;
  const { index, label, loss, probabilities } = meta.example;
  const image = arrays["example/image"];
  return {
    index, label, loss, probabilities,
    image: image ? { data: image.data, height: image.shape[0], width: image.shape[1] } : null,
    point: arrays["example/point"]?.data ?? null,
  };
}

function weightOf(meta, arrays) {
  if (!meta.weight) return null;
  const { latent, gradient_before, gradient_after, life_since, crossings_since, effect } = meta.weight;
  return {
    latent, effect,
    gradientBefore: gradient_before,
    gradientAfter: gradient_after,
    lifeSteps: arrays["weight/life_steps"].data,
    lifeValues: arrays["weight/life_values"].data,
    lifeSince: life_since,
    crossings: arrays["weight/crossings"].data,
    crossingsSince: crossings_since,
  };
}

function flipPositions(arrays, at, { rows, columns }) {
  const listed = arrays[`L${at}/flips`];
  if (listed) return listed.data;
  const bits = bytesOver(arrays[`L${at}/flipped`].data);
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

const VIEWS = { points: pointsView, images: imagesView, none: ({ view }) => view };

function pointsView({ view }, arrays) {
  const { data: grid, shape } = arrays.grid;
  const [points, labels, predictions] = ["points", "labels", "predictions"].map((name) => arrays[name].data);
  const neurons = view.neurons.map(([count, side], at) => ({
    count, side, bits: arrays[`N${at}`].data, bytes: Math.ceil((side * side) / 8),
  }));
  return { ...view, grid, side: shape[0], points, labels, predictions, neurons };
}

function imagesView({ view }, arrays) {
  const images = arrays["wrong/images"];
  return {
    ...view,
    indices: arrays["wrong/indices"].data,
    labels: arrays["wrong/labels"].data,
    predictions: arrays["wrong/predictions"].data,
    pixels: images.data,
    height: images.shape[1],
    width: images.shape[2],
  };
}

function bytesOver(words) {
  return new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
}
