// What became of the flips: how many stayed, how many were taken back and after how long, when the signs stood.

import { element } from "../shared/dom.js";
import { writeText } from "../shared/late_text.js";
import { grouped, percentText } from "../shared/numbers.js";
import { fillTable } from "./table.js";

const HEAD = ["layer", "flips", "taken back", "never flipped", "90 % stood after step"];
const DEFINITIONS = "A flip stays if its weight has not flipped again; all others were taken back (Nagel et al. 2022 call that oscillating). Signs stand from their weight’s last flip on. Counted over the whole run, up to now.";

// `draw(state)` is to be called while it is seen.
export function flipOrigins() {
  const said = element("p", { role: "status" });
  const table = element("table", { class: "beside-table" });
  const bars = element("div", { class: "return-bars" });
  const title = element("p", { class: "note" }, "Steps until a flip was taken back, all layers:");
  const node = element(
    "section", {}, element("h4", {}, "where the flips come from"), element("p", { class: "note" }, DEFINITIONS), said, table, title, bars,
  );
  let shown = null;

  function draw({ statistics }) {
    const text = JSON.stringify(statistics);
    if (text === shown) return;
    shown = text;
    const most = statistics.reduce((top, layer) => (layer.flips > (top?.flips ?? 0) ? layer : top), null);
    writeText(said, most?.takeaway ?? "No flips are counted yet.");
    const neurons = statistics.filter(({ neuron }) => neuron);
    const rows = [
      ...statistics.map((layer) => rowOf(layer.name, layer)),
      ...neurons.map(({ name, neuron }) => rowOf(`${name}, neuron ${neuron.index}`, neuron)),
    ];
    fillTable(table, [HEAD, ...rows]);
    bars.replaceChildren(...returnBars(statistics));
  }

  return { node, draw };
}

function rowOf(name, { flips, taken_back: takenBack, never, settled }) {
  const share = flips ? percentText(takenBack / flips) : "–";
  return [name, grouped(flips), share, percentText(never), grouped(settled[1])];
}

// One bar for each doubling of the time.
function returnBars(statistics) {
  const counts = [];
  for (const { returns } of statistics) returns.forEach((count, at) => { counts[at] = (counts[at] ?? 0) + count; });
  const last = counts.findLastIndex((count) => count > 0);
  const most = Math.max(1, ...counts);
  return counts.slice(0, last + 1).map((count, at) => {
    const [from, to] = [2 ** at, 2 ** (at + 1) - 1];
    const bar = element("span", { class: "bar" });
    bar.style.width = `${(100 * count) / most}%`;
    return element(
      "p", {}, element("span", { class: "faint" }, from === to ? grouped(from) : `${grouped(from)} to ${grouped(to)}`),
      element("span", { class: "rail" }, bar), element("span", {}, grouped(count)),
    );
  });
}
