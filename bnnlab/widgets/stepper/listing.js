// The C source of the loop, with the line that this step executed and what its indices were.

import { element, setText } from "../shared/dom.js";
import { SourceLines } from "../shared/source_lines.js";

export class Listing {
  constructor() {
    this.lines = new SourceLines("C source of the loop");
    this.indices = element("p", { class: "mono" });
    this.live = element("p", { class: "mono code-live" });
    this.node = element(
      "div", { class: "listing" },
      element("h3", {}, "The C line that did it"), this.lines.node, this.indices, this.live,
    );
  }

  load({ listing }) {
    this.lines.load(listing);
    this.statement = listing.lines[listing.active[0]].trim();
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
  .code-live { overflow-wrap: anywhere; }
}
`;
