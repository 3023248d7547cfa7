// The C source of the loop, with the line that this step executed and what its indices were.

import { element, setText } from "./dom.js";

// Deeper lines, such as parameters lined up under each other, are drawn no further in: they would not fit.
const DEEPEST_INDENT = 16;

export class Listing {
  constructor() {
    this.title = element("h3", {}, "The C line that did it");
    this.lines = element("ol", { class: "code-lines mono", "aria-label": "C source of the loop" });
    this.indices = element("p", { class: "mono" });
    this.live = element("p", { class: "mono code-live" });
    this.node = element("div", { class: "listing" }, this.title, this.lines, this.indices, this.live);
  }

  // `firstLine` is the number of the first line in its file.
  load(listing, activeLine, firstLine) {
    this.lines.style.setProperty("--before", firstLine - 1);
    const shown = listing.map((text, index) => {
      const indent = Math.min(text.search(/\S|$/), DEEPEST_INDENT);
      const line = element("li", {}, element("code", { style: `--indent: ${indent}ch` }, text.trim()));
      if (index === activeLine) {
        line.className = "active";
        line.setAttribute("aria-current", "step");
      }
      return line;
    });
    this.lines.replaceChildren(...shown);
    this.statement = listing[activeLine].trim();
  }

  show({ m, k, n }) {
    setText(this.indices, `m = ${m} (row of A)   k = ${k} (word)   n = ${n} (column of B)`);
    setText(this.live, substituted(this.statement, { m, k, n }));
  }
}

// The statement with the loop's indices replaced by what they were.
function substituted(statement, indices) {
  return statement.replace(/\b[mkn]\b/g, (name) => indices[name]);
}

export const LISTING_STYLE = `
.bnnlab .listing {
  display: flex; flex-direction: column; gap: 8px; min-width: 0;
  .mono { white-space: pre-wrap; }
  .code-lines { list-style: none; counter-reset: line var(--before); margin: 0; overflow-x: auto; }
  .code-lines li {
    width: max-content; min-width: 100%;
    counter-increment: line; display: flex; gap: 10px; margin: 0; padding: 1px 8px 1px 0;
    border-left: 4px solid transparent; line-height: 1.4;
  }
  .code-lines li::before { content: counter(line); min-width: 2ch; text-align: right; color: var(--faint); }
  .code-lines code { white-space: pre; font-size: 11.5px; padding-left: var(--indent); }
  .code-lines li.active { border-left-color: var(--minus); background: var(--paper); font-weight: 700; }
  .code-live { overflow-wrap: anywhere; }
}
`;
