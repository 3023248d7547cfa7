// What stands beside this run: another network from the same seed on the same batches, and curves that were put aside.

import { element, setHidden } from "../shared/dom.js";
import { writeText } from "../shared/late_text.js";
import { grouped } from "../shared/numbers.js";
import { choiceName } from "./choice_names.js";
import { drawer } from "./drawer.js";
import { flipOrigins } from "./flip_origins.js";
import { cockpitButton } from "./panel_parts.js";
import { fillTable } from "./table.js";
import { takeAlong } from "./take_along.js";

const FLOAT_TWIN = "float twin";
const RECENT = 0.1; // share of the run that flips "lately" are the mean of, as in beside.py

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
    names.replaceChildren(...pinned.map(({ name }) => element("li", {}, name)));
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

// A row for each binary layer: flips of each lately, as soon as both have done as many steps, and how far their gradients of
// one batch at the same weights agree.
function rivalRows({ name, step, flips, cosines }, { layers, config, now }) {
  const rows = layers.map((layer) => [
    layer.name,
    flipsText(recentMean(layer.curves.flipRatio), layer.weights),
    step < now ? "–" : flipsText(flips[layer.name], layer.weights),
    cosineText(cosines[layer.name]),
  ]);
  return [
    ["layer", config?.quantizer ?? "this one", name, "gradients agree"], ...rows,
    ["", "flips a step, over the last tenth of the run", "", "cosine"],
  ];
}

function flipsText(ratio, weights) {
  return ratio === null || ratio === undefined ? "–" : grouped(ratio * weights, 1);
}

function cosineText(cosine) {
  return typeof cosine === "number" ? grouped(cosine, 3) : "–";
}

function recentMean(values) {
  const recent = values.slice(-Math.max(1, Math.ceil(RECENT * values.length)));
  return recent.length ? recent.reduce((sum, value) => sum + value, 0) / recent.length : null;
}
