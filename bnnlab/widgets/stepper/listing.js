// The C source of the loop, with the line that this step executed and what its indices were.

import { element, setText } from "../shared/dom.js";
import { SourceLines } from "../shared/source_lines.js";

export class Listing {
  constructor() {
    this.lines = new SourceLines("C source of the loop");
    this.indices = element("p", { class: "mono" });
    this.live = element("p", { class: "mono code-live" });
    this.number = element("span", { class: "code-number" });
    this.code = element("code");
    // The one line stands beside the word, the loop around it further down.
    this.line = element(
      "div", { class: "listing-line" },
      element("h3", {}, "The C line that did it, and its instructions"),
      element("p", { class: "mono code-line fading" }, this.number, this.code),
      this.live,
    );
    this.node = element(
      "div", { class: "listing" }, element("h3", {}, "The loop in C"), this.lines.node, this.indices,
    );
  }

  load({ listing }) {
    this.lines.load(listing);
    const [active] = listing.active;
    this.statement = listing.lines[active].trim();
    setText(this.number, String(listing.numbers[active]));
    setText(this.code, this.statement);
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
}
.bnnlab .listing-line {
  display: flex; flex-direction: column; gap: 6px; min-width: 0;
  .code-line {
    display: flex; gap: 10px; overflow-x: auto; padding: 2px 8px 2px 6px;
    border-left: 4px solid var(--minus); background: var(--paper); font-weight: 700;
  }
  .code-number { color: var(--faint); font-weight: 400; }
  code, .code-live { white-space: pre; font-size: 11.5px; }
  .code-live { padding-left: 12px; overflow-x: auto; }
}
`;
