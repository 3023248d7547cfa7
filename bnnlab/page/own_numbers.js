// Two matrices to type into, and how wide a word is: what both pictures below work on.

import { element, setHidden, setText } from "../widgets/shared/dom.js";
import { matrixText, typedMatrix } from "./matrix.js";

const WORD_WIDTHS = [8, 16, 32, 64];
const MAX_SIZES = { A: { maxRows: 16, maxColumns: 130 }, B: { maxRows: 130, maxColumns: 16 } }; // each step is drawn

// Calls `onChange({ a, b, bits })` with what is typed, as soon as the two can be multiplied.
export function ownNumbers({ a, b }, onChange) {
  const fields = { A: matrixField("A, one row for each input", a), B: matrixField("B, one column for each neuron", b) };
  const widths = element("select", { id: "word-width" }, ...WORD_WIDTHS.map((bits) => element("option", { value: bits }, `${bits} bits`)));
  const problem = element("p", { class: "problem", role: "alert", hidden: true });
  const node = element(
    "div", { class: "own-numbers" },
    fields.A.node, fields.B.node,
    element("label", {}, element("span", {}, "Bits in a word"), widths),
    problem,
  );
  for (const field of Object.values(fields)) field.input.addEventListener("input", read);
  widths.addEventListener("change", read);

  function read() {
    let operands = null;
    let said = "";
    try {
      operands = typedOperands(fields, Number(widths.value));
    } catch ({ message }) {
      said = message;
    }
    setText(problem, said);
    setHidden(problem, !said);
    if (operands) onChange(operands);
  }

  return { node, read };
}

function typedOperands(fields, bits) {
  const [a, b] = ["A", "B"].map((name) => typedMatrix(name, fields[name].input.value, MAX_SIZES[name]));
  if (a.columns !== b.rows) {
    throw new Error(`A has ${a.columns} columns but B has ${b.rows} rows: they must be equally many to multiply.`);
  }
  return { a, b, bits };
}

function matrixField(label, matrix) {
  const input = element("textarea", { rows: matrix.rows, spellcheck: "false", wrap: "off" });
  input.value = matrixText(matrix);
  return { input, node: element("label", {}, element("span", {}, label), input) };
}
