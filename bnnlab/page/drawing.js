// Drawings made into images as their data set has them (ext/drawing.c).

import { instantiated } from "./compiled.js";

const SIDES = { digits: 8, mnist: 28 };

// `prepare(ink)` gives pixels, or null where there is no ink. `ink` holds size x size bytes, 255 where all is covered.
export function drawings(module, dataset, size) {
  const c = instantiated(module);
  const count = SIDES[dataset] ** 2;
  const [ink, pixels] = [c.room(size * size), c.room(count)];

  function prepare(drawn) {
    c.over(Uint8Array, ink, size * size).set(drawn);
    const any = c.exports[`draw_${dataset}`](ink, size, pixels);
    return any ? c.over(Uint8Array, pixels, count).slice() : null;
  }

  return { prepare, side: SIDES[dataset] };
}
