// What stands beside this run: another network from the same seed on the same batches, and curves that were put aside.

import { element, setHidden } from "../shared/dom.js";
import { writeText } from "../shared/late_text.js";
import { grouped, percentText } from "../shared/numbers.js";
import { choiceName } from "./choice_names.js";
import { drawer } from "./drawer.js";
import { flipOrigins } from "./flip_origins.js";
import { cockpitButton } from "./panel_parts.js";
import { fillList, fillTable } from "./table.js";
import { takeAlong } from "./take_along.js";

const FLOAT_TWIN = "float twin";

export function compareDrawer(cockpit) {
  let state = null;
  const beside = element("select", { "aria-label": "a network beside it" });
  beside.addEventListener("change", () => cockpit.act({ do: "compare", name: beside.value || null }));
  const standing = element("p", { class: "note", role: "status" });
  const table = element("table", { class: "beside-table" });
  const pin = cockpitButton("pin this run", "Its curves stay as thin lines under those of the next runs", () => cockpit.act({ do: "pin" }));
  const unpin = cockpitButton("let go of all", "Take the pinned curves away", () => cockpit.act({ do: "unpin" }));
  const names = element("ul", { class: "pinned-names" });
  const origins = flipOrigins();
  const along = takeAlong(cockpit);
  let asked = false; // whether frames are to tell what became of the flips
  const panel = drawer(
    "Compare", "the comparison", () => state && draw(state),
    section("a network beside it", "From the same seed, on the same batches, with one difference.", beside, standing, table),
    section("runs put aside", "Pin this run, change a setting, and see both in the time line.", pin, names, unpin),
    origins.node,
    along.node,
  );

  function draw(next) {
    state = next;
    if (panel.isOpen() !== asked && state.canCommand) {
      asked = panel.isOpen();
      cockpit.act({ do: "statistics", on: asked });
    }
    if (panel.isOpen()) show();
  }

  function show() {
    offer(state);
    const { rival, pinned } = state;
    writeText(standing, rival ? standingText(rival, state) : "");
    setHidden(table, !rival || rival.name === FLOAT_TWIN);
    if (!table.hidden) fillTable(table, rivalRows(rival, state));
    fillList(names, pinned.map(({ name }) => name));
    setHidden(unpin, !pinned.length);
    origins.draw(state);
    along.draw(state);
  }

  // Which networks can stand beside this one.
  function offer({ choices, config, rival, latent }) {
    const estimators = (choices?.quantizer ?? []).filter((name) => name !== config?.quantizer);
    const offers = ["", ...(latent && config?.binarize !== "nothing" ? [FLOAT_TWIN] : []), ...estimators];
    if (beside.dataset.offers !== offers.join()) {
      beside.dataset.offers = offers.join();
      beside.replaceChildren(...offers.map((name) => element("option", { value: name }, offerText(name))));
    }
    if (beside.getRootNode().activeElement !== beside) beside.value = rival?.name ?? "";
  }

  return { node: panel.node, open: panel.open, draw, stop: panel.stop };
}

function section(title, note, ...content) {
  return element("section", {}, element("h4", {}, title), element("p", { class: "note" }, note), ...content);
}

function offerText(name) {
  if (!name) return "none";
  return name === FLOAT_TWIN ? "float twin: nothing is binarised" : choiceName("quantizer", name);
}

function standingText({ step, right, examined, error }, { now, view }) {
  if (error) return `It went no further than step ${grouped(step)}: ${error}.`;
  if (step < now) return `It catches up: step ${grouped(step)} of ${grouped(now)}.`;
  const share = (count, all) => `${grouped((100 * count) / all, 1)} %`;
  return `It answers ${share(right, examined)} rightly, this network ${share(view.right, view.examined)}.`;
}

// A row for each binary layer: flips of each lately and how many signs differ, as soon as both have done as many steps; and
// how far their gradients of one batch at the same weights agree.
function rivalRows({ name, step, layers: besides }, { layers, config, now }) {
  const rows = besides.map((beside) => {
    const { weights } = layers.find((layer) => layer.name === beside.name);
    const behind = step < now;
    return [
      beside.name, flipsText(beside.own_flips, weights), behind ? "–" : flipsText(beside.flips, weights),
      behind || beside.differing === null ? "–" : percentText(beside.differing),
      beside.cosine === null ? "–" : grouped(beside.cosine, 3),
    ];
  });
  return [
    ["layer", config?.quantizer ?? "this one", name, "signs differ", "gradients agree"], ...rows,
    ["", "flips a step, over the last tenth of the run", "", "", "cosine"],
  ];
}

function flipsText(ratio, weights) {
  if (ratio === null) return "–";
  const flips = ratio * weights;
  return grouped(flips, flips < 10 ? 2 : 1); // late in a run there are few
}
