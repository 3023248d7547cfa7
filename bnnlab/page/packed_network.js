// A packed network in the compiled C: memory and calls, as bnnlab/deploy/export/memory.py lays them out. What is computed,
// and how, is the C functions' business; here they are called in order.

import { START, instantiated } from "./compiled.js";

// `image` is a Uint8Array. `run(example)` gives the logits.
export function packedNetwork(module, image, { end, calls, given, inputs, pixels, result, class_names: classNames }) {
  const c = instantiated(module);
  c.room(end - START);
  c.over(Uint8Array, START, image.length).set(image);

  function run(example) {
    c.over(pixels ? Uint8Array : Float32Array, given, inputs).set(example);
    for (const [name, ...values] of calls) c.exports[name](...values);
    return c.over(Float32Array, result, classNames.length).slice();
  }

  return { run, classNames, inputs };
}
