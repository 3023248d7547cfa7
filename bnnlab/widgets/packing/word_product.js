// The product that the kernel computed from the words, each cell beside what it should be.

import { element, setHidden, setText } from "../shared/dom.js";
import { numberText } from "../shared/numbers.js";

export function wordProduct() {
  const table = element("table", { "aria-label": "Product of A and B" });
  const frame = element("div", { class: "product-frame", tabindex: 0, role: "group", "aria-label": "Product" }, table);
  const sentence = element("p", { class: "product-sentence", "aria-live": "polite" });
  const node = element(
    "section", { class: "panel word-product" }, element("h3", {}, "A · B, from these words"), frame, sentence,
  );

  function load({ product, wrong }) {
    setHidden(node, product === null);
    if (product === null) return;
    const lines = product.computed.map((line, row) =>
      element("tr", {}, ...line.map((value, column) => productCell(value, product.right[row][column]))),
    );
    table.replaceChildren(element("tbody", {}, ...lines));
    setText(sentence, productSentence(product, wrong));
    waits(false);
  }

  // The numbers are those of the signs before: the kernel has not answered yet.
  function waits(waiting) {
    table.classList.toggle("stale", waiting);
  }

  return { node, load, waits };
}

function productCell(value, right) {
  if (value === right) return element("td", {}, numberText(value));
  const struck = element("s", {}, numberText(value));
  const says = `${numberText(value)}, right is ${numberText(right)}`;
  return element("td", { class: "wrong", title: says, "aria-label": says }, struck, numberText(right));
}

function productSentence({ computed, right, by }, wrong) {
  const values = computed.flat();
  const correct = right.flat();
  const count = values.filter((value, index) => value !== correct[index]).length;
  if (!wrong) {
    return count
      ? `${count} of ${values.length} sums differ from the product of the signs.`
      : `${by} counted on the words. All ${values.length} sums equal the product of the signs.`;
  }
  if (!count) return `The order is wrong, yet by chance all ${values.length} sums come out right. Turn a sign.`;
  return (
    `${count} of ${values.length} sums ${count === 1 ? "is" : "are"} wrong (struck out; beside it the right one). ` +
    "Bits meet that do not belong together. Nothing crashed."
  );
}

export const WORD_PRODUCT_STYLE = `
.bnnlab .word-product {
  display: flex; flex-direction: column; gap: 6px; padding: 8px 12px;
  .product-frame { overflow: auto; max-height: 240px; padding: 3px; margin: -3px; }
  table { border-collapse: separate; border-spacing: 3px; border: none; margin: 0; }
  td {
    min-width: 44px; height: 26px; padding: 0 5px; text-align: center; border: none; border-radius: 3px;
    background: var(--paper); box-shadow: inset 0 0 0 1px var(--grid); white-space: nowrap; color: var(--ink);
  }
  td.wrong { box-shadow: inset 0 0 0 2px var(--mismatch); }
  td s { margin-right: 5px; font-weight: 700; color: var(--mismatch); text-decoration-thickness: 2px; }
  .stale td { color: var(--faint); }
}
`;
