// Matrices of numbers as a reader types them: { rows, columns, values }, values a Float64Array along the rows.

const SEPARATORS = /[\s,;]+/;

// What was typed, one line a row. Throws an Error that says in one sentence what is wrong.
export function typedMatrix(name, text, { maxRows, maxColumns }) {
  const lines = text.split("\n").map((line) => line.trim()).filter(Boolean);
  if (!lines.length) throw new Error(`${name} is empty: type one line of numbers for each row.`);
  const rows = lines.map((line) => line.split(SEPARATORS).filter(Boolean).map((word) => typedNumber(name, word)));
  const columns = rows[0].length;
  if (rows.some((row) => row.length !== columns)) throw new Error(`Every row of ${name} must hold equally many numbers.`);
  if (rows.length > maxRows || columns > maxColumns) {
    throw new Error(`${name} may have at most ${maxRows} rows and ${maxColumns} columns here.`);
  }
  return { rows: rows.length, columns, values: Float64Array.from(rows.flat()) };
}

function typedNumber(name, word) {
  const value = Number(word.replace("−", "-"));
  if (Number.isNaN(value)) throw new Error(`${name} must hold numbers; “${word}” is none.`);
  return value;
}

export function matrixText({ rows, columns, values }) {
  return Array.from({ length: rows }, (_, row) => (
    Array.from(values.subarray(row * columns, (row + 1) * columns), writtenNumber).join("  ")
  )).join("\n");
}

// With the signs of some cells turned, counted along the rows. A zero, which has none, becomes -1.
export function turnedMatrix({ rows, columns, values }, cells) {
  const turned = values.slice();
  for (const cell of cells) if (cell < turned.length) turned[cell] = turned[cell] === 0 ? -1 : -turned[cell];
  return { rows, columns, values: turned };
}

// As the kernels take it.
export function inFloats({ rows, columns, values }) {
  return { rows, columns, values: Float32Array.from(values) };
}

// A name for two matrices: equal numbers, equal name.
export function nameOfPair(a, b) {
  return [a, b].map(({ rows, columns, values }) => `${rows}x${columns}:${Array.from(values, writtenNumber)}`).join("|");
}

// JavaScript writes -0 without its sign.
function writtenNumber(value) {
  return Object.is(value, -0) ? "-0" : String(value);
}
