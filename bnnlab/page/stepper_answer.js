// What the stepper is told: the same as encode in bnnlab/widgets/stepper/stepper.py, made of what the compiled loop recorded.

import { inFloats, nameOfPair, turnedMatrix } from "./matrix.js";
import { floatProduct, gemmStep, recordGemm, recordPack } from "./recorder.js";
import { signMatrixOf, stepsOf, wordHex } from "./recorded_signs.js";

const WHOLE_WORD = 64;

// `texts` are what is the same for all products: { listing, cast, reading }. `edit` is what turned_signs.js told last.
export function stepperAnswer(module, texts, { a: aBefore, b: bBefore, bits }, edit) {
  const base = nameOfPair(aBefore, bBefore);
  const kept = edit?.base === base ? edit : { a: [], b: [] };
  const [a, b] = [turnedMatrix(aBefore, kept.a), turnedMatrix(bBefore, kept.b)];
  const packed = [recordPack(module, inFloats(a), "rows", bits), recordPack(module, inFloats(b), "columns", bits)];
  const signs = packed.map((one, index) => signMatrixOf(stepsOf(one, [a, b][index].values.length), [a, b][index]));
  const { rows, columns: depth } = a;
  const { columns } = b;
  const recorded = recordGemm(module, packed[0].words, packed[1].words, { rows, columns, depth, bits });
  const words = Math.ceil(depth / bits);
  const steps = Array.from({ length: rows * words * columns }, (_, at) => gemmStep(recorded, at));
  return {
    id: JSON.stringify([base, bits, kept.a, kept.b, edit?.serial]),
    start_step: 0,
    rows, columns, words, depth, word_bits: bits,
    guess: false,
    edit: { base, answered: edit?.serial ?? 0, turned: { A: kept.a, B: kept.b }, wrong: false },
    cast: bits < WHOLE_WORD ? texts.cast : "",
    padding: words * bits - depth,
    a: steps.filter(({ n }) => n === 0).map(({ a: word }) => wordHex(word)),
    b: steps.slice(0, words * columns).map(({ b: word }) => wordHex(word)),
    xnor: steps.map(({ xnor }) => wordHex(xnor)),
    popcount: steps.map(({ popcount }) => popcount),
    acc: steps.map(({ acc }) => acc),
    result: Array.from(recorded.result),
    reference: Array.from(floatProduct(module, ...signs)),
    listing: texts.listing,
    instructions: [], // of the machine that wrote the page, not of the one that reads it
    results: [],
    reading: texts.reading,
    context: null,
    mark: null,
  };
}
