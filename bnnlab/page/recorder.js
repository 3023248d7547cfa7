// The recorded loops in the compiled C. A matrix is { rows, columns, values }, values a Float32Array along its rows. Steps
// come as the C structures lie in memory: `xnor_pack_step` and `xnor_gemm_step`.

import { instantiated } from "./compiled.js";

const [PACK_STEP_BYTES, GEMM_STEP_BYTES, WORD_BYTES] = [32, 56, 8];

// Packs the rows of a matrix, or its columns: { words, steps }, words vector by vector with `bits` used bits each.
export function recordPack(module, { rows, columns, values }, axis, bits) {
  const c = instantiated(module);
  const [vectors, depth] = axis === "rows" ? [rows, columns] : [columns, rows];
  const count = vectors * Math.ceil(depth / bits);
  const [x, words] = [c.copied(values), c.room(count * WORD_BYTES)];
  const steps = c.room(values.length * PACK_STEP_BYTES);
  c.exports.record_pack(rows, columns, axis === "columns" ? 1 : 0, bits, x, words, steps);
  return {
    words: c.over(BigUint64Array, words, count),
    steps: c.over(DataView, steps, values.length * PACK_STEP_BYTES),
  };
}

// The lecture's loop on words that recordPack made of the rows of A and of the columns of B: { result, steps }.
export function recordGemm(module, aWords, bWords, { rows, columns, depth, bits }) {
  const c = instantiated(module);
  const [a, b] = [c.copied(aWords), c.copied(bWords)];
  const [aNarrow, bNarrow] = [c.room(aWords.byteLength), c.room(bWords.byteLength)];
  const count = rows * columns * Math.ceil(depth / bits);
  const [result, steps] = [c.room(rows * columns * 4), c.room(count * GEMM_STEP_BYTES)];
  c.exports.record_gemm(rows, columns, depth, bits, a, b, aNarrow, bNarrow, result, steps);
  return {
    result: c.over(Int32Array, result, rows * columns),
    steps: c.over(DataView, steps, count * GEMM_STEP_BYTES),
  };
}

// The product of two matrices as three plain loops of floats give it.
export function floatProduct(module, a, b) {
  const c = instantiated(module);
  const [first, second] = [c.copied(a.values), c.copied(b.values)];
  const product = c.room(a.rows * b.columns * 4);
  c.exports.float_gemm(a.rows, b.columns, a.columns, first, second, product);
  return c.over(Float32Array, product, a.rows * b.columns);
}

export function packStep({ steps }, at) {
  const from = at * PACK_STEP_BYTES;
  const [row, column, word, bit] = [0, 4, 8, 12].map((offset) => steps.getInt32(from + offset, true));
  const [value, sign] = [steps.getFloat32(from + 16, true), steps.getInt32(from + 20, true)];
  return { row, column, word, bit, value, sign, after: steps.getBigUint64(from + 24, true) };
}

export function gemmStep({ steps }, at) {
  const from = at * GEMM_STEP_BYTES;
  const [m, n, k, popcount] = [0, 4, 8, 12].map((offset) => steps.getInt32(from + offset, true));
  const [a, b, xor, xnor] = [16, 24, 32, 40].map((offset) => steps.getBigUint64(from + offset, true));
  return { m, n, k, popcount, a, b, xor, xnor, acc: Number(steps.getBigInt64(from + 48, true)) };
}
