// The values at which estimators differ from each other, each sent through sign and back by the library.

import { element } from "../shared/dom.js";
import { setMarkedText } from "../shared/marked_text.js";

export function specialValues() {
  const body = element("tbody");
  const heads = ["rᵢ", "forward rₒ", "backward s(rᵢ)"].map((text) => {
    const head = element("th", { scope: "col" });
    setMarkedText(head, text);
    return head;
  });
  const node = element(
    "section",
    { class: "panel special" },
    element("h3", {}, "At the edges"),
    element("table", {}, element("thead", {}, element("tr", {}, ...heads)), body),
    element("p", { class: "note" }, "Zero, the clip limits, infinity, and NaN: what is not a number."),
  );

  function load({ special }) {
    const rows = special.map(({ x, forward, backward }) =>
      element("tr", {}, element("th", { scope: "row" }, x), element("td", {}, forward), element("td", {}, backward)),
    );
    body.replaceChildren(...rows);
  }

  return { node, load };
}

export const SPECIAL_VALUES_STYLE = `
.bnnlab .special {
  display: flex; flex-direction: column; gap: 8px;
  .note { max-width: 26em; }
  table { align-self: flex-start; font-size: calc(13px * var(--letters, 1)); border: none; }
  th, td { text-align: right; padding: 2px 22px 2px 0; font-weight: 400; border: none; }
  thead th { color: var(--faint); }
  tbody th { font-weight: 600; }
}
`;
