// What the packing picture is told: the same as encode_pair in bnnlab/widgets/packing/pair.py, made of what the compiled C
// recorded.

import { numberText } from "../widgets/shared/numbers.js";
import { inFloats, nameOfPair, turnedMatrix } from "./matrix.js";
import { floatProduct, recordGemm, recordPack } from "./recorder.js";
import { signMatrixOf, stepsOf, wordHex } from "./recorded_signs.js";

const FLOAT32_BYTES = 4;

// `axis` says which matrix is stepped through; `edit` is what turned_signs.js told last, or null.
export function packingAnswer(module, { a: aBefore, b: bBefore, axis, bits }, edit) {
  const base = nameOfPair(aBefore, bBefore);
  const kept = edit?.base === base ? edit : { a: [], b: [] };
  const wrong = edit?.wrong === true;
  const [a, b] = [turnedMatrix(aBefore, kept.a), turnedMatrix(bBefore, kept.b)];
  // A loop that walks along the rows of B takes each K numbers that it meets for a column.
  const walked = wrong ? { ...b, rows: b.columns, columns: b.rows } : b;
  const packed = [recordPack(module, inFloats(a), "rows", bits), recordPack(module, inFloats(walked), wrong ? "rows" : "columns", bits)];
  const steps = packed.map((one, index) => stepsOf(one, [a, b][index].values.length));
  const shape = { rows: a.rows, columns: b.columns, depth: a.columns, bits };
  const { result } = recordGemm(module, packed[0].words, packed[1].words, shape);
  const signs = [signMatrixOf(steps[0], a), { ...signMatrixOf(steps[1], walked), rows: b.rows, columns: b.columns }];
  const words = packed[0].words.length + packed[1].words.length;
  const [floatBytes, packedBytes] = [(a.values.length + b.values.length) * FLOAT32_BYTES, (words * bits) / 8];
  return {
    id: JSON.stringify([base, axis, bits, kept.a, kept.b, wrong, edit?.serial]),
    base, answered: edit?.serial ?? 0, turned: { A: kept.a, B: kept.b }, wrong,
    axis, depth: a.columns, word_bits: bits,
    padding: Math.ceil(a.columns / bits) * bits - a.columns,
    sides: [
      sideOf("A", "rows", "rows", a, a, steps[0]),
      sideOf("B", "columns", wrong ? "rows" : "columns", b, walked, steps[1]),
    ],
    memory: { float_bytes: floatBytes, packed_bytes: packedBytes, ratio: floatBytes / packedBytes },
    product: { computed: inRows(result, shape), right: inRows(floatProduct(module, ...signs), shape), by: "The lecture's loop" },
  };
}

function sideOf(name, axis, walk, { rows, columns }, walked, steps) {
  return {
    name, axis, walk, rows, columns,
    texts: steps.map(({ row, column }) => threeDigits(walked.values[row * walked.columns + column])),
    signs: steps.map(({ sign }) => sign),
    after: steps.map(({ after }) => wordHex(after)),
  };
}

function inRows(values, { rows, columns }) {
  return Array.from({ length: rows }, (_, row) => Array.from(values.subarray(row * columns, (row + 1) * columns)));
}

function threeDigits(value) {
  return numberText(value === 0 ? value : Number(value.toPrecision(3)));
}
