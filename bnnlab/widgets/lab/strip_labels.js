// The words over and under the network strip. They are text, not pixels: crisp, selectable, read by screen readers.

import { element, setHidden } from "../shared/dom.js";
import { writeText } from "../shared/late_text.js";
import { grouped } from "../shared/numbers.js";
import { termedText } from "../shared/term.js";

export function stripLabels() {
  let places = [];
  const node = element("div", { class: "strip-labels" });

  function arrange(layout) {
    places = layout.passes.map((place, at) => labelsOf(place, layout, at === 0));
    node.replaceChildren(...places.flatMap(({ nodes }) => nodes));
    if (layout.output) {
      const { x, rows, columns } = layout.output;
      node.append(placed("strip-title", x, 0.1 * layout.em, element("b", {}, "output"), ` ${rows} × ${columns} ordinary numbers`));
    }
  }

  // `seen`: how many steps the marked flips are of, and how many there are in each layer.
  function draw({ state, backward }, seen) {
    places.forEach((place, at) => place.draw(state, state.passes[at], backward, seen.steps > 1 ? { ...seen, count: seen.counts[at] } : null));
  }

  return { node, arrange, draw };
}

// `first`: the words of the first layer are explained, those of the others say the same.
function labelsOf({ weights, gate, bits }, { em, gap, top, inner }, first) {
  const width = gate.x + gate.width - weights.x + gap * 0.8;
  const title = element("b");
  const what = element("span", { class: "faint" });
  const heading = placed("strip-title", weights.x, 0.1 * em, element("span", {}, title, " ", what));
  heading.style.width = `${Math.max(5 * em, width)}px`;
  const flips = element("b", { class: "strip-flips" });
  const beyond = element("span", { class: "faint" });
  const caption = placed("strip-caption", weights.x, top + inner + 0.35 * em, element("span", {}, flips, " ", beyond));
  caption.style.width = `${Math.max(6 * em, width - 0.8 * em)}px`;
  const nodes = [heading, caption];
  let writeX = null;
  if (gate.column) {
    const x = placed("strip-small", gate.column.x, gate.y - 1.5 * em, first ? "" : "x");
    writeX = first ? termedText(x) : (text) => writeText(x, text);
    x.style.width = `${gate.column.width}px`;
    const sign = placed("strip-small", gate.signs.x - 1.2 * em, gate.y - 1.5 * em, "sign");
    sign.style.width = `${gate.signs.width + 2.4 * em}px`;
    nodes.push(x, sign);
    nodes.sign = sign;
    if (gate.gradient) {
      const gradient = placed("strip-small", gate.gradient.x, gate.y - 1.5 * em, "gradient");
      gradient.style.width = `${gate.gradient.width}px`;
      nodes.push(gradient);
    }
  }

  function draw(state, pass, backward, several) {
    const narrow = width < 15 * em;
    writeText(title, pass.name);
    writeText(what, narrow ? "" : whatText(state, pass));
    heading.title = `${pass.name}: ${whatText(state, pass)}`;
    setHidden(flips, !pass.layer || pass.layer.flipCount === null);
    if (pass.layer) writeText(flips, several && state.backAt === null ? flippedInSteps(several, narrow) : flipsInStep(pass.layer, width < 23 * em));
    writeText(beyond, narrow && pass.layer && !backward ? "" : beyondText(state, pass, backward, narrow));
    writeX?.(backward && !gate.gradient ? "gradient" : "x");
    if (nodes.sign) writeText(nodes.sign, backward && !gate.gradient ? "" : state.binarize === "both" ? "sign" : "cut x");
  }

  return { nodes, draw };
}

function placed(kind, left, top, ...content) {
  return element("p", { class: kind, style: `left:${left}px;top:${top}px` }, ...content);
}

function whatText(state, pass) {
  const layer = pass.layer ?? state.floats.find(({ name }) => name === pass.name);
  if (pass.conv) {
    const side = Math.round(Math.sqrt(layer.columns / pass.inputShape[0]));
    const bits = pass.layer && state.binarize !== "nothing" ? " of one bit" : "";
    return `${grouped(layer.rows)} filters of ${grouped(pass.inputShape[0])} × ${side} × ${side}${bits}`;
  }
  const size = `${grouped(layer.rows)} × ${grouped(layer.columns)}`;
  if (!pass.layer) return `${size} ordinary numbers`;
  return state.binarize === "nothing" ? `${size} hidden numbers, used as they are` : `${size} weights of one bit`;
}

// At full speed the marks are of several steps.
function flippedInSteps({ count, steps }, narrow) {
  return `${grouped(count)} flipped${narrow ? "" : ` in ${grouped(steps)} steps`}`;
}

function flipsInStep({ flipCount }, narrow) {
  return `${grouped(flipCount)} ${flipCount === 1 ? "flip" : "flips"}${narrow ? "" : " in this step"}`;
}

function beyondText(state, pass, backward, narrow) {
  if (pass.unseen) return "";
  if (pass.conv) return "a map of bits for each filter";
  if (backward && pass.after) {
    const blocked = pass.after.reduce((count, value) => count + (value === 0), 0);
    return `${blocked} of ${pass.after.length} gradients blocked`;
  }
  const beyond = pass.x.reduce((count, value) => count + (Math.abs(value) > state.clip), 0);
  if (!pass.layer) return narrow ? "numbers" : "ordinary numbers";
  return `x: ${beyond} of ${pass.x.length} beyond ±t_clip`;
}
