// The C source of the loop, with the line that this step executed and what its indices were.

import { element, setHidden, setText } from "../shared/dom.js";
import { sourceLines } from "../shared/source_lines.js";

export function loopListing() {
  const lines = sourceLines("C source of the loop");
  const indices = element("p", { class: "mono" });
  const live = element("p", { class: "mono code-live" });
  const cast = element("p", { class: "note" });
  const number = element("span", { class: "code-number" });
  const code = element("code");
  let statement = "";
  // The one line stands beside the word, the loop around it further down.
  const line = element(
    "div", { class: "listing-line" },
    element("h3", {}, "The C line that did it, and its instructions"),
    element("p", { class: "mono code-line" }, number, code),
    live,
    cast,
  );
  const node = element("div", { class: "listing" }, element("h3", {}, "The loop in C"), lines.node, indices, element("p", { class: "note" }, NAMES));

  function load({ listing, cast: why }) {
    setText(cast, why);
    setHidden(cast, !why);
    lines.load(listing);
    const [active] = listing.active;
    statement = listing.lines[active].trim();
    setText(number, String(listing.numbers[active]));
    setText(code, statement);
  }

  function show({ m, k, n }) {
    setText(indices, `m = ${m} (row of A)   k = ${k} (word)   n = ${n} (column of B)`);
    setText(live, substituted(statement, { m, k, n }));
  }

  return { node, line, load, show };
}

const NAMES =
  "BINARY_WORD is a word. lda, ldb and ldc say how many entries lie from one row to the next. __builtin_popcountll counts ones.";

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
    display: flex; gap: 10px; padding: 2px 8px 2px 6px;
    border-left: 4px solid var(--minus); background: var(--paper); font-weight: 700;
  }
  .code-number { color: var(--faint); font-weight: 400; }
  code, .code-live { white-space: pre-wrap; font-size: calc(11.5px * var(--letters, 1)); }
  .code-live { padding-left: 12px; }
}
`;
