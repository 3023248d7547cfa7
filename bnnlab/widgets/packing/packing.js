// Packing, one number at a time: from a matrix of floats to signs to bits in machine words. The recorded packing
// arrives once; stepping needs no Python.

import { adapt } from "../shared/adapter.js";
import { BITS_STYLE } from "../shared/bits.js";
import { element, setText } from "../shared/dom.js";
import { elementPath, ELEMENT_PATH_STYLE } from "./element_path.js";
import { fillingWords, FILLING_WORDS_STYLE } from "./filling_words.js";
import { memoryBar, MEMORY_BAR_STYLE } from "./memory_bar.js";
import { packingTrace } from "./pack_data.js";
import { signMatrix, SIGN_MATRIX_STYLE } from "./sign_matrix.js";
import { stepKeys } from "../shared/step_keys.js";
import { addStyles } from "../shared/style.js";
import { followTheme } from "../shared/theme.js";
import { stepTransport, TRANSPORT_STYLE } from "../shared/transport.js";

export function mountPacking(host) {
  let packing = null;
  addStyles(
    host, TRANSPORT_STYLE, BITS_STYLE, SIGN_MATRIX_STYLE, ELEMENT_PATH_STYLE, FILLING_WORDS_STYLE,
    MEMORY_BAR_STYLE, PACKING_STYLE,
  );
  const theme = followTheme(host, () => {});
  const transport = stepTransport({
    label: "Step through the packing",
    onStep: show,
    jump: {
      text: "next word",
      label: "Next finished word",
      target: (at, direction) => packing.filling(at, direction),
    },
  });
  const matrix = signMatrix();
  const path = elementPath();
  const words = fillingWords(stepKeys(transport));
  const memory = memoryBar();
  const takeaway = element("p", { class: "takeaway" });
  const spoken = element("p", { class: "visually-hidden", "aria-live": "polite" });
  host.append(
    element(
      "div",
      { class: "packing" },
      transport.node,
      takeaway,
      element("div", { class: "packing-top" }, matrix.node, path.node),
      words.node,
      memory.node,
      spoken,
    ),
  );

  function update(data) {
    if (packing && packing.id === data.id) return;
    packing = packingTrace(data);
    for (const part of [matrix, words, memory]) part.load(packing);
    transport.reset(packing.steps, 0);
  }

  function show(at, playing) {
    const step = packing.step(at);
    host.dataset.step = at;
    matrix.show(at);
    words.show(at);
    path.show(step);
    setText(takeaway, packingSentence(step));
    if (!playing) setText(spoken, `Step ${at + 1} of ${packing.steps}. ${packingSentence(step)}`);
  }

  function destroy() {
    transport.destroy();
    theme.stop();
    host.remove();
  }

  return { update, destroy };
}

function packingSentence({ row, column, text, sign, word, bit, vector, vectorName }) {
  return (
    `Row ${row}, column ${column} holds ${text}. Its sign ${sign > 0 ? "+1" : "−1"} is stored as ` +
    `${sign > 0 ? 1 : 0} in bit ${bit} of word ${word} of ${vectorName} ${vector}.`
  );
}

const PACKING_STYLE = `
.bnnlab .packing {
  display: flex; flex-direction: column; gap: 12px;
  .packing-top { display: flex; flex-wrap: wrap; gap: 12px; }
  .matrix { flex: 1 1 auto; max-width: 100%; }
  .element-path { flex: 1 1 400px; }
}
`;

export default adapt(mountPacking);
