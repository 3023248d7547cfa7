// What the recorder says of the signs of a matrix.

import { packStep } from "./recorder.js";

// The recorded steps of a packing, as the pictures read them.
export function stepsOf({ steps }, count) {
  return Array.from({ length: count }, (_, at) => packStep({ steps }, at));
}

// The matrix of +1 and -1 that was packed, in floats.
export function signMatrixOf(steps, { rows, columns }) {
  const values = new Float32Array(rows * columns);
  for (const { row, column, sign } of steps) values[row * columns + column] = sign;
  return { rows, columns, values };
}

export function wordHex(word) {
  return word.toString(16).padStart(16, "0");
}
