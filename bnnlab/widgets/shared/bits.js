// A row of bit cells in groups of eight, lowest bit first. Cells are made once; showing a word touches only those
// that change, so that a step costs far less than a frame.

import { element, setText } from "./dom.js";
import { bitOf } from "./words.js";

// kind: "sign" shows bits as - and +, "product" too but has no padding, as there is nothing to multiply there;
// "xor" marks each 1 as a difference, "xnor" each 1 as an agreement.
export function bitRow(kind, bits = 64) {
  const glyphs = GLYPHS_OF_KIND[kind];
  const cells = Array.from({ length: bits }, () => element("span", { class: "bit" }));
  const shown = new Array(bits).fill("");
  let marked = null;

  // Bits from `valid` on are padding; of the others those from `filled` on have not been written yet; bit `now` is
  // the one being written.
  function show(word, valid, filled = valid, now = -1) {
    for (let index = 0; index < cells.length; index += 1) {
      const bit = bitOf(word, index);
      const padding = index >= valid;
      const waiting = !padding && index >= filled;
      const look = padding ? `bit pad b${bit}` : waiting ? "bit waiting" : `bit b${bit}`;
      const state = index === now ? `${look} now` : look;
      if (shown[index] === state) continue;
      shown[index] = state;
      cells[index].className = state;
      // A padding bit is no -1: it is shown as the bit that the machine holds.
      setText(cells[index], waiting ? "" : (padding ? glyphs.padding : glyphs.value)[bit]);
    }
  }

  // Puts a frame round one bit, or with null round none.
  function mark(index) {
    if (index === marked) return;
    cells[marked]?.removeAttribute("data-marked");
    cells[index]?.setAttribute("data-marked", "");
    marked = index;
  }

  return { node: bitsNode(`bits-${kind}`, cells), cells, show, mark };
}

const GLYPHS_OF_KIND = {
  sign: { value: ["−", "+"], padding: ["0", "1"] },
  product: { value: ["−", "+"], padding: ["", ""] },
  xor: { value: ["0", "1"], padding: ["0", "1"] },
  xnor: { value: ["0", "1"], padding: ["0", "1"] },
};

// The index above each group's first bit, and above the last bit of all.
export function bitRuler(bits = 64) {
  const marks = Array.from({ length: bits }, (_, index) =>
    element("span", { class: "mark" }, index % 8 === 0 || index === bits - 1 ? String(index) : ""),
  );
  return bitsNode("ruler", marks);
}

function bitsNode(kind, cells) {
  const bytes = [];
  for (let start = 0; start < cells.length; start += 8) {
    bytes.push(element("span", { class: "byte" }, ...cells.slice(start, start + 8)));
  }
  const style = `--bytes: ${bytes.length}; --bytes-narrow: ${Math.min(4, bytes.length)}`;
  return element("div", { class: `bits ${kind}`, style, "aria-hidden": "true" }, ...bytes);
}

export const BITS_STYLE = `
.bnnlab .bits {
  display: grid; grid-template-columns: repeat(var(--bytes), minmax(0, 1fr)); gap: 4px; min-width: 0;
  .byte { display: grid; grid-template-columns: repeat(8, minmax(0, 1fr)); gap: 1px; }
  .bit {
    position: relative; height: 20px; border-radius: 2px; text-align: center;
    contain: strict; /* a new letter costs the layout of one cell, not of the page */
    font: 600 11px/20px ui-monospace, "DejaVu Sans Mono", monospace;
    background-color: var(--cell, var(--paper)); color: var(--letter, var(--faint));
    box-shadow: inset 0 0 0 1px var(--rim, transparent);
  }
  .bit.waiting { --rim: var(--grid); }
  .bit.now { outline: 2px solid var(--ink); outline-offset: 1px; }
  .bit[data-marked] { outline: 3px solid var(--ink); outline-offset: 1px; z-index: 1; border-radius: 1px; }
  .mark {
    display: flex; justify-content: center;
    font-size: calc(11px * var(--letters, 1)); line-height: 14px; color: var(--faint); white-space: nowrap;
  }
}
.bnnlab .bits-sign, .bnnlab .bits-product {
  .b0 { --cell: var(--minus); --letter: var(--paper); }
  .b1 { --cell: var(--plus); --letter: var(--on-plus); }
}
.bnnlab .bits-xor {
  .b0 { --rim: var(--grid); }
  .b1 { --cell: var(--mismatch); --letter: var(--paper); }
}
.bnnlab .bits-xnor {
  .b0 { --rim: var(--grid); }
  .b1 { --cell: var(--faint); --letter: var(--paper); }
}
/* The hatching of padding is faint, so that its letters stay readable. */
.bnnlab .bits .pad {
  --cell: transparent; --letter: var(--faint); --rim: transparent; border-radius: 0; font-weight: 400;
  background-image: repeating-linear-gradient(135deg, var(--grid) 0 2px, transparent 2px 5px);
}
@container (max-width: 679px) {
  .bnnlab .bits { grid-template-columns: repeat(var(--bytes-narrow), minmax(0, 1fr)); }
}
`;
