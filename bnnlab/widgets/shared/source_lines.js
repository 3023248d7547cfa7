// Lines of C source, numbered as in their file, with those that compute marked.

import { element } from "./dom.js";

// Deeper lines, such as parameters lined up under each other, are drawn no further in: they would not fit.
const MAX_INDENT = 16;

export function sourceLines(label) {
  const node = element("ol", { class: "code-lines mono", "aria-label": label });

  // `numbers` are those of the lines in their file, `active` the indices of those that are marked.
  function load({ lines, numbers, active }) {
    node.style.setProperty("--digits", `${String(numbers.at(-1)).length}ch`);
    const shown = lines.flatMap((text, index) => {
      const leftOut = index && numbers[index] !== numbers[index - 1] + 1;
      const line = sourceLine(numbers[index], text, active.includes(index));
      return leftOut ? [sourceLine("⋮", "", false), line] : [line];
    });
    node.replaceChildren(...shown);
  }

  return { node, load };
}

function sourceLine(number, text, active) {
  const indent = Math.min(text.search(/\S|$/), MAX_INDENT);
  const code = element("code", { style: `--indent: ${indent}ch` }, text.trim());
  const line = element("li", {}, element("span", { class: "code-number" }, String(number)), code);
  if (active) {
    line.className = "active";
    line.setAttribute("aria-current", "step");
  }
  return line;
}

export const SOURCE_LINES_STYLE = `
.bnnlab .code-lines {
  list-style: none; margin: 0; white-space: pre-wrap;
  li {
    display: flex; gap: 10px; margin: 0; padding: 1px 8px 1px 0;
    border-left: 4px solid transparent; line-height: 1.4;
  }
  .code-number { min-width: var(--digits); text-align: right; color: var(--faint); font-weight: 400; }
  code { white-space: pre-wrap; overflow-wrap: anywhere; min-width: 0; font-size: calc(11.5px * var(--letters, 1)); padding-left: var(--indent); }
  li.active { border-left-color: var(--minus); background: var(--paper); font-weight: 700; }
}
`;
