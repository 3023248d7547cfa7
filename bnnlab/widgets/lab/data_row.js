// The data sets as a row of small pictures, the others in a list; those that are not on this computer can be fetched.

import { element } from "../shared/dom.js";
import { writeAttribute, writeText } from "../shared/late_text.js";
import { lineIcon } from "./panel_icons.js";
import { cockpitButton } from "./panel_parts.js";
import { DRAWN_DATASETS, drawThumbnail } from "./thumbnails.js";

// `choose(name)` trains on another data set, `fetch(name)` brings one to this computer.
export function dataRow(choose, fetch) {
  const pictures = DRAWN_DATASETS.map((name) => {
    const canvas = element("canvas", { "aria-hidden": "true" });
    const button = cockpitButton(canvas, name, () => choose(name), { class: "thumbnail", "aria-label": name });
    return { name, canvas, button };
  });
  const list = element("div", { class: "data-list", popover: "auto", role: "group", "aria-label": "More data sets" });
  const opener = cockpitButton(lineIcon("plus"), "More data sets", open, { class: "thumbnail", "aria-haspopup": "true" });
  const node = element(
    "div", { class: "data-row", role: "group", "aria-label": "Data set" },
    ...pictures.map(({ button }) => button), opener, list,
  );
  let shown = { palette: null, datasets: undefined };
  let rows = [];
  const fetching = new Set();

  function open() {
    const { left, bottom } = opener.getBoundingClientRect();
    list.togglePopover();
    list.style.left = `${Math.max(8, Math.min(left, window.innerWidth - list.offsetWidth - 8))}px`;
    list.style.top = `${bottom + 6}px`;
    list.querySelector("button")?.focus();
  }

  function draw({ datasets, config }, palette) {
    if (shown.palette !== palette) for (const { name, canvas } of pictures) drawThumbnail(canvas, name, palette);
    if (shown.datasets !== datasets) build(datasets ?? []);
    shown = { palette, datasets };
    const chosen = config?.dataset;
    for (const { name, button } of pictures) writeAttribute(button, "aria-pressed", String(name === chosen));
    const other = rows.find(({ name }) => name === chosen);
    writeAttribute(opener, "aria-pressed", String(Boolean(other)));
    writeAttribute(opener, "title", other ? `${other.title}. More data sets` : "More data sets");
    writeAttribute(opener, "aria-label", opener.title);
    for (const { name, button } of rows) writeAttribute(button, "aria-pressed", String(name === chosen));
  }

  function build(datasets) {
    for (const { name, button } of pictures) {
      const title = datasets.find((dataset) => dataset.name === name)?.title ?? name;
      writeAttribute(button, "title", `${title} (starts anew)`);
      writeAttribute(button, "aria-label", title);
    }
    rows = datasets.filter(({ name }) => !DRAWN_DATASETS.includes(name)).map(otherRow);
    list.replaceChildren(element("p", { class: "note" }, "Another data set starts anew."), ...rows.map((row) => row.button));
    opener.hidden = !rows.length;
  }

  function otherRow({ name, title, here }) {
    if (here) fetching.delete(name);
    const state = element("span", { class: "data-state" });
    const say = () => writeText(state, here ? "" : fetching.has(name) ? "downloading…" : "download");
    const button = cockpitButton([element("span", {}, title), state], title, () => {
      if (here) {
        list.hidePopover();
        choose(name);
      } else if (!fetching.has(name)) {
        fetching.add(name);
        say();
        fetch(name);
      }
    });
    if (!here) button.prepend(lineIcon("download"));
    say();
    return { name, title, button };
  }

  // A download that failed can be tried again.
  function release() {
    if (!fetching.size) return;
    fetching.clear();
    shown.datasets = undefined;
  }

  return { node, draw, release };
}
