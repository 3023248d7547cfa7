// What can be taken along of a run: its history for a paper, and a stretch of it as a moving picture.

import { element, setHidden } from "../shared/dom.js";

// cockpit: { files() } gives { path, token } where files can be had, else null. `draw(state)` is to be called while seen.
export function takeAlong(cockpit) {
  const layer = element("select", { "aria-label": "layer of the film" });
  const first = stepField("first step of the film");
  const last = stepField("last step of the film");
  const film = link("film of its signs (GIF)");
  const history = link("curves and signs of every step (npz)");
  const node = element(
    "section", {}, element("h4", {}, "take along"),
    element("p", { class: "note" }, "A stretch of the run as a moving picture, at most 300 steps of it; or all of it, for bnnlab’s History.load."),
    element("div", { class: "film-row" }, layer, element("span", {}, "steps"), first, element("span", {}, "to"), last), film, history,
  );
  for (const field of [layer, first, last]) field.addEventListener("change", aim);

  // The address says what is wanted when it is followed.
  function aim() {
    const { path, token } = cockpit.files() ?? {};
    const query = (wishes) => new URLSearchParams({ token, ...wishes });
    film.href = `${path}/film.gif?${query({ layer: layer.value, first: first.value, last: last.value })}`;
    history.href = `${path}/history.npz?${query({})}`;
  }

  function draw({ layers, now }) {
    setHidden(node, !cockpit.files() || !layers.length);
    if (node.hidden) return;
    const names = layers.map(({ name }) => name).join();
    if (layer.dataset.names !== names) {
      layer.dataset.names = names;
      layer.replaceChildren(...layers.map(({ name }) => element("option", {}, name)));
    }
    last.placeholder = String(now);
    aim();
  }

  return { node, draw };
}

function stepField(label) {
  return element("input", { "aria-label": label, inputmode: "numeric", pattern: "[0-9]*", maxlength: "9", placeholder: "0" });
}

function link(text) {
  return element("a", { class: "tool", download: "", href: "" }, text);
}
