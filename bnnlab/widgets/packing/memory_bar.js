// What packing saves: two bars with one scale, and why the saving is below 32 times where it is.

import { element, setText } from "../shared/dom.js";
import { grouped } from "../shared/numbers.js";

export function memoryBar() {
  const float = bar("as float32");
  const packed = bar("packed");
  const sentence = element("p", { class: "takeaway" });
  const node = element(
    "section", { class: "panel memory" }, element("h3", {}, "Memory"), float.node, packed.node, sentence,
  );

  function load({ memory, wordBits, vectors, wordsEach, padding }) {
    const { float_bytes: floatBytes, packed_bytes: packedBytes, ratio } = memory;
    float.show(1, bytesText(floatBytes));
    packed.show(packedBytes / floatBytes, bytesText(packedBytes));
    const size = ratio >= 1 ? `${tidy(ratio)} times smaller` : `${tidy(1 / ratio)} times larger`;
    const bits = vectors * wordsEach * wordBits;
    const wasted = vectors * padding;
    const why = padding
      ? `A bit is 32 times smaller than a float32, but ${grouped(wasted)} of these ${grouped(bits)} bits are padding.`
      : "One bit instead of 32 for each number, and none is wasted on padding.";
    setText(sentence, `${size[0].toUpperCase()}${size.slice(1)}. ${why}`);
  }

  return { node, load };
}

function bytesText(count) {
  return `${grouped(count)} ${count === 1 ? "byte" : "bytes"}`;
}

function tidy(ratio) {
  return String(Math.round(ratio * 10) / 10);
}

function bar(name) {
  const fill = element("div", { class: "memory-fill" });
  const amount = element("span", { class: "memory-amount" });
  const track = element("div", { class: "memory-track" }, fill);
  const node = element("div", { class: "memory-line" }, element("span", { class: "faint" }, name), track, amount);
  return {
    node,
    show(share, text) {
      fill.style.width = `${Math.min(1, share) * 100}%`;
      setText(amount, text);
    },
  };
}

export const MEMORY_BAR_STYLE = `
.bnnlab .memory {
  display: flex; flex-direction: column; gap: 6px;
  .takeaway { min-height: 0; } /* it stays as it is for the whole packing */
  .memory-line { display: grid; grid-template-columns: 82px minmax(0, 1fr) 92px; gap: 8px; align-items: center; }
  .memory-track {
    height: 16px; border-radius: 3px; overflow: hidden;
    background: var(--paper); box-shadow: inset 0 0 0 1px var(--grid);
  }
  .memory-fill { height: 100%; min-width: 2px; background: var(--faint); }
  .memory-amount { text-align: right; white-space: nowrap; }
}
`;
