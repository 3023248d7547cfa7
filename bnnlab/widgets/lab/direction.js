// Forward or backward: which way through the network is looked at.

import { element } from "../shared/dom.js";

export function directionSwitch(choose) {
  const buttons = [
    ["forward", false, "how the example becomes an answer"],
    ["backward", true, "how its error travels back, and where it is blocked"],
  ].map(([text, backward, title]) => {
    const button = element("button", { type: "button", title }, text);
    button.addEventListener("click", () => choose(backward));
    return { button, backward };
  });
  const node = element(
    "div", { class: "direction", role: "group", "aria-label": "direction" }, ...buttons.map(({ button }) => button),
  );

  function draw(chosen, available) {
    node.hidden = !available;
    for (const { button, backward } of buttons) button.setAttribute("aria-pressed", String(backward === chosen));
  }

  return { node, draw };
}
