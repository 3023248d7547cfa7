// The live lab: what the network answers, the sign of every weight, and the curves of the run. Mounted once; each
// frame redraws what changed, at most once per animation frame.

import { adapt } from "../shared/adapter.js";
import { answersCard } from "./answers.js";
import { CURVE_CARDS, curveCard } from "./curve_cards.js";
import { element } from "../shared/dom.js";
import { decodeFrame } from "../shared/frame.js";
import { histogramCard } from "./histogram.js";
import { absorbFrame } from "./lab_state.js";
import { liveLink } from "./live_link.js";
import { LAB_STYLE } from "./lab_style.js";
import { noLayersCard } from "./no_layers.js";
import { signMapCard } from "./sign_map.js";
import { addStyles } from "../shared/style.js";
import { followTheme } from "../shared/theme.js";
import { vitalsStrip } from "./vitals.js";

export function mountLab(host, send) {
  let state = null;
  let chosen = 0; // the binary layer that the cards are about
  let pending = 0;
  let draws = 0;

  addStyles(host, LAB_STYLE);
  const curves = Object.fromEntries(CURVE_CARDS.map((definition) => [definition.area, curveCard(definition)]));
  const parts = [
    vitalsStrip(),
    noLayersCard(),
    answersCard((index) => link.command({ do: "example", index })),
    signMapCard(chooseLayer),
    curves["flip-rate"], histogramCard(), curves.clipped,
    curves.gradient, curves.loss, curves.accuracy,
  ];
  const theme = followTheme(host, schedule);
  const link = liveLink({ onFrame: absorbLive, send });
  const cards = element("div", { class: "lab" }, ...parts.map((part) => part.node));
  host.append(cards);

  function update(frame) {
    if (!frame?.byteLength) return; // a notebook mounts the picture before the first frame
    const decoded = decodeFrame(frame);
    if (link.page(decoded.meta)) state = null;
    if (decoded.meta.empty || decoded.meta.serial < state?.meta_serial) return;
    state = absorbFrame(state, decoded);
    state.meta_serial = decoded.meta.serial;
    schedule();
  }

  function absorbLive(bytes) {
    const decoded = decodeFrame(bytes);
    link.expectShown(decoded.meta.serial);
    if (decoded.meta.empty) return link.shown(decoded.meta.serial);
    state = absorbFrame(state, decoded);
    state.meta_serial = decoded.meta.serial;
    schedule();
  }

  function chooseLayer(index) {
    chosen = index;
    schedule();
  }

  function schedule() {
    if (!pending && state) pending = requestAnimationFrame(draw);
  }

  function draw() {
    pending = 0;
    chosen = Math.max(0, Math.min(chosen, state.layers.length - 1));
    const bare = !state.layers.length; // no binary layer at all: nothing to say about one then
    cards.classList.toggle("bare", bare);
    for (const part of parts) {
      part.node.hidden = bare ? Boolean(part.aboutLayer) : Boolean(part.withoutLayers);
      if (!part.node.hidden) part.draw({ ...state, chosen }, theme.palette);
    }
    draws += 1;
    link.shown(state.meta_serial);
    // For measuring: which step is on the screen, since when, and when its snapshot was taken (ms since 1970).
    Object.assign(host.dataset, {
      step: state.step, drawn: performance.timeOrigin + performance.now(), created: state.created, draws,
    });
  }

  function destroy() {
    cancelAnimationFrame(pending);
    theme.stop();
    link.stop();
    for (const part of parts) part.stop();
    host.remove();
  }

  return { update, destroy };
}

export default adapt(mountLab);
