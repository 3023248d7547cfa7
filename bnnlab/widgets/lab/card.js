// A card of the lab: what it shows, a line of exact numbers, the picture, its legend, and what to take away from it.

import { element } from "../shared/dom.js";
import { writeText } from "../shared/late_text.js";

export function labCard(title, area) {
  const name = element("h3", {}, title);
  const tools = element("div", { class: "tools" });
  const readout = element("p", { class: "note readout" });
  const body = element("div", { class: "body" });
  const legend = element("div", { class: "legend" });
  const takeaway = element("p", { class: "takeaway" });
  const node = element(
    "section", { class: `panel card ${area}`, "aria-label": title },
    element("header", {}, name, tools), readout, body, legend, takeaway,
  );
  return {
    node, tools, body, legend, readout,
    rename: (text) => writeText(name, text),
    read: (text) => writeText(readout, text),
    conclude: (text) => writeText(takeaway, text),
  };
}

// A row of buttons of which one is pressed. `choose(index)` is called by the user only.
export function segmentedButtons(label, choose) {
  const node = element("div", { class: "segments", role: "group", "aria-label": label });
  let buttons = [];

  function show(names, chosen) {
    if (names.join("\n") !== buttons.map((button) => button.textContent).join("\n")) {
      buttons = names.map((name, at) => {
        const button = element("button", { type: "button" }, name);
        button.addEventListener("click", () => choose(at));
        return button;
      });
      node.replaceChildren(...buttons);
    }
    buttons.forEach((button, at) => button.setAttribute("aria-pressed", String(at === chosen)));
  }

  return { node, show };
}

// One entry of a legend: a swatch, drawn by CSS class or background, and its meaning.
export function legendEntry(swatchClass, text) {
  return element("span", { class: "entry" }, element("i", { class: `swatch ${swatchClass}` }), text);
}
