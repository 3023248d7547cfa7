// The test images that the network gets wrong; a click sends one through it.

import { element, setHidden } from "../shared/dom.js";
import { writeText } from "../shared/late_text.js";
import { grouped } from "../shared/numbers.js";
import { paintImage } from "./input_picture.js";

const MAX_TILES = 24;

export function wrongImages(cockpit) {
  let view = null;
  let painted = null; // what the tiles show
  const title = element("b");
  const sample = element("span", { class: "faint" });
  const tiles = Array.from({ length: MAX_TILES }, (_, at) => wrongTile(() => cockpit.act({
    do: "example", index: view.indices[at],
  })));
  const none = element("p", { class: "faint" }, "All of them are answered rightly now.");
  const room = element("div", { class: "wrong-room" }, element("div", { class: "wrong-tiles" }, ...tiles.map((tile) => tile.node)));
  let capacity = MAX_TILES; // as many as there is room for: what is not seen must not take the keyboard's focus either
  const watcher = new ResizeObserver(([entry]) => {
    const em = parseFloat(getComputedStyle(room).fontSize);
    const { width, height } = entry.contentRect;
    capacity = Math.max(1, Math.floor(width / (5.6 * em))) * Math.max(1, Math.floor(height / (6 * em)));
    painted = null;
  });
  watcher.observe(room);
  const node = element(
    "section", { class: "wrong", "aria-label": "test images answered wrongly" },
    element("p", { class: "side-title" }, title, " ", sample),
    none, room,
  );

  function draw(state, palette) {
    view = state.view;
    const wrong = view.examined - view.right;
    writeText(title, `${grouped(wrong)} of ${grouped(view.examined)} wrong`);
    writeText(sample, view.examined < view.available ? `(the first of ${grouped(view.available)})` : "");
    setHidden(none, wrong > 0 || !view.examined);
    const key = `${view.indices.join()}/${view.predictions.join()}/${palette.paper}/${state.example?.index}`;
    if (key === painted) return;
    painted = key;
    tiles.forEach((tile, at) => {
      tile.node.style.visibility = at < capacity ? "" : "hidden";
      tile.draw(view, at, palette, state.example?.index === view.indices[at]);
    });
  }

  return { node, draw, stop: () => watcher.disconnect() };
}

function wrongTile(choose) {
  const canvas = element("canvas", { "aria-hidden": "true" });
  const text = element("span");
  const node = element("button", { type: "button", class: "wrong-tile", title: "let this image go through the network" }, canvas, text);
  node.addEventListener("click", choose);

  function draw(view, at, palette, chosen) {
    setHidden(node, at >= view.indices.length);
    if (node.hidden) return;
    paintImage(canvas, { data: view.pixels, width: view.width, height: view.height }, palette, at * view.width * view.height);
    writeText(text, `${view.classes[view.labels[at]]} read as ${view.classes[view.predictions[at]]}`);
    node.setAttribute("aria-pressed", String(chosen));
  }

  return { node, draw };
}
