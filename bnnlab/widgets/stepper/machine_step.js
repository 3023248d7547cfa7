// The loop's machine instructions, and what each that counts left behind in this step.

import { element, setHidden, setText } from "../shared/dom.js";
import { machineLines } from "../shared/machine_lines.js";
import { wordToHex } from "../shared/words.js";

export function machineStep() {
  const lines = machineLines("Machine code of the loop");
  const howToRead = element("p", { class: "note" });
  const node = element("div", { class: "machine-step" }, lines.node, element("p", { class: "note" }, WHICH_CODE), howToRead);
  let results = [];

  function load({ instructions, results: names, reading }) {
    setText(howToRead, reading);
    setHidden(node, !instructions.length);
    results = names;
    lines.load(instructions);
  }

  function show(step) {
    lines.showResults(results.map((name) => (name ? `→ ${resultText(name, step)}` : "")));
    lines.mark(step.mark === null ? -1 : results.indexOf("popcount"));
  }

  return { node, load, show };
}

function resultText(name, { bits, xor, xnor, popcount, acc, m, n }) {
  return {
    xor: () => wordToHex(xor, bits),
    xnor: () => wordToHex(xnor, bits),
    popcount: () => String(popcount),
    acc: () => `C[${m}, ${n}] = ${acc}`,
  }[name]();
}

const WHICH_CODE =
  "The loop of the loaded kernel \"lecture\": one turn of it is one step. An arrow shows what the instruction makes of " +
  "this step's words.";

export const MACHINE_STEP_STYLE = `
.bnnlab .machine-step {
  display: flex; flex-direction: column; gap: 8px; min-width: 0;
  .machine-operands { min-width: 16ch; }
}
@container (max-width: 520px) {
  .bnnlab .machine-step .machine-lines {
    li { flex-wrap: wrap; width: auto; gap: 0 10px; }
    .machine-result { flex: 1 0 100%; text-align: right; }
    .machine-result:empty { display: none; }
  }
}
`;
