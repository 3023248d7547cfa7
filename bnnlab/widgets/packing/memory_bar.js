// What packing saves: two bars with one scale, and why the saving is below 32 times where it is.

import { element, setText } from "../shared/dom.js";
import { grouped } from "../shared/numbers.js";

export function memoryBar() {
  const float = bar("as float32");
  const packed = bar("packed");
  const sentence = element("p", { class: "note" });
  const node = element(
    "section", { class: "panel memory" }, element("h3", {}, "Memory"), float.node, packed.node, sentence,
  );

  function load({ memory, sides, padding }) {
    const { float_bytes: floatBytes, packed_bytes: packedBytes, ratio } = memory;
    float.show(1, bytesText(floatBytes));
    packed.show(packedBytes / floatBytes, bytesText(packedBytes));
    const size = ratio >= 1 ? `${tidy(ratio)} times smaller` : `${tidy(1 / ratio)} times larger`;
    const wasted = sides.reduce((sum, side) => sum + side.vectors, 0) * padding;
    const why = padding
      ? `A bit takes 32 times less than a float32, but ${grouped(wasted)} of ${grouped(packedBytes * 8)} bits are padding.`
      : "One bit instead of 32 for each number, and no padding.";
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
  display: flex; flex-direction: column; gap: 4px; padding: 8px 12px;
  .memory-line { display: grid; grid-template-columns: 72px minmax(0, 1fr) 84px; gap: 8px; align-items: center; }
  .memory-track {
    height: 14px; border-radius: 3px; overflow: hidden;
    background: var(--paper); box-shadow: inset 0 0 0 1px var(--grid);
  }
  .memory-fill { height: 100%; min-width: 2px; background: var(--faint); }
  .memory-amount { text-align: right; white-space: nowrap; }
}
`;
