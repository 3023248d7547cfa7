// sign(x) and the gradient that an estimator puts in its place, beside each other, with one number walked through both.
// Every value shown was computed by the library: the slider moves from sample to sample. Sends "x" when it rests.

import { adapt } from "../shared/adapter.js";
import { announce } from "../shared/announce.js";
import { element, setText } from "../shared/dom.js";
import { setMarkedText } from "../shared/marked_text.js";
import { signedText } from "../shared/numbers.js";
import { nearestIndex, quantizerPlot, QUANTIZER_PLOT_STYLE } from "./quantizer_plot.js";
import { decimalsText, scalarWalk, SCALAR_WALK_STYLE } from "./scalar_walk.js";
import { specialValues, SPECIAL_VALUES_STYLE } from "./special_values.js";
import { IN_PROSE, TERM_STYLE, termedText, termNotes } from "../shared/term.js";
import { addStyles } from "../shared/style.js";
import { followTheme } from "../shared/theme.js";

const SETTLE_AFTER_MS = 250;

export function mountEstimator(host, send) {
  let data = null;
  let at = 0;
  let settling = 0;
  addStyles(host, QUANTIZER_PLOT_STYLE, SCALAR_WALK_STYLE, SPECIAL_VALUES_STYLE, TERM_STYLE, ESTIMATOR_STYLE);
  const theme = followTheme(host, () => {});
  const forward = quantizerPlot({ title: "Forward: rₒ = sign(rᵢ)", onPick: pick });
  const backward = quantizerPlot({ title: "Backward", onPick: pick });
  const walk = scalarWalk(() => show());
  const special = specialValues();
  const takeaway = element("p", { class: "takeaway" });
  const say = termedText(takeaway, IN_PROSE);
  const slider = element("input", { type: "range", min: 0, "aria-label": "The number r_i" });
  const name = element("span", { class: "mono" });
  setMarkedText(name, "rᵢ =");
  const value = element("output", { class: "mono", "aria-live": "off" });
  slider.addEventListener("input", () => pick(Number(slider.value)));
  host.append(
    element(
      "div",
      { class: "estimator" },
      takeaway,
      element("div", { class: "estimator-plots" }, forward.node, backward.node),
      element("label", { class: "estimator-slider" }, name, value, slider),
      element("div", { class: "estimator-below" }, walk.node, special.node),
    ),
  );

  const notes = termNotes(host, MEANT_IN_PLOTS);

  function update(next) {
    if (data && data.id === next.id) return;
    const wanted = data ? data.x[at] : next.start;
    data = next;
    at = nearestIndex(data.x, wanted);
    slider.max = data.x.length - 1;
    const shared = { x: data.x, clip: data.clip_value, edges: data.edges };
    forward.load({ ...shared, y: data.forward, blocked: [] });
    backward.load({ ...shared, y: data.surrogate, blocked: data.blocked });
    backward.rename(`Backward: slope s(rᵢ), ${data.title}`);
    for (const part of [walk, special]) part.load(data);
    say(takeawayFor(data));
    show();
  }

  function pick(index) {
    at = index;
    show();
    clearTimeout(settling);
    settling = setTimeout(() => send("x", data.x[at]), SETTLE_AFTER_MS);
  }

  function show() {
    const x = data.x[at];
    host.dataset.step = at;
    slider.value = at;
    slider.setAttribute("aria-valuetext", decimalsText(x));
    setText(value, decimalsText(x));
    forward.mark(at);
    backward.mark(at);
    forward.describe(`sign of ${decimalsText(x)} is ${signedText(data.forward[at])}`);
    backward.describe(`Slope at ${decimalsText(x)} is ${decimalsText(data.surrogate[at])}`);
    const { clip_value: clip, all_or_nothing: allOrNothing } = data;
    announce(host, "estimator", { quantizer: data.title, clip_value: clip, x, passes: data.surrogate[at] !== 0 });
    walk.show({ x, forward: data.forward[at], surrogate: data.surrogate[at], clip, allOrNothing });
  }

  function destroy() {
    clearTimeout(settling);
    notes.stop();
    for (const plot of [forward, backward]) plot.stop();
    theme.stop();
    host.remove();
  }

  return { update, destroy };
}

// What a word is about: the slope that lets gradients through.
const THE_SLOPE = ".estimator-plots > :last-child svg";
const MEANT_IN_PLOTS = { gradient: THE_SLOPE, "straight-through estimator": THE_SLOPE, t_clip: THE_SLOPE };

function takeawayFor({ title, blocked }) {
  const start = "The sign is flat: its slope is 0. ";
  const where = blocked.length ? "no gradient passes in the hatched zones" : "some gradient passes everywhere";
  return `${start}On the way back another slope, s, stands in for it (${title}): ${where}.`;
}

const ESTIMATOR_STYLE = `
.bnnlab .estimator {
  display: flex; flex-direction: column; gap: 12px;
  .estimator-plots { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 12px; }
  .estimator-slider { display: grid; grid-template-columns: auto 4.5em minmax(0, 1fr); gap: 8px; align-items: center; }
  .estimator-slider .mono { font-size: calc(16px * var(--letters, 1)); font-weight: 600; }
  .estimator-slider input { height: 34px; }
  .estimator-below { display: grid; grid-template-columns: minmax(0, 1fr); gap: 12px; align-items: start; }
  .scalar-walk { align-items: stretch; }
}
@container (min-width: 1180px) {
  .bnnlab .estimator .estimator-below { grid-template-columns: minmax(0, 1fr) auto; align-items: stretch; }
  .bnnlab .estimator .scalar-walk { grid-template-columns: minmax(0, 1fr); } /* as high as the table beside it */
}
@container (max-width: 699px) {
  .bnnlab .estimator .estimator-plots { grid-template-columns: minmax(0, 1fr); }
}
`;

export default adapt(mountEstimator);
