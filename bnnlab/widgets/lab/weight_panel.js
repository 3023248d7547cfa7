// One weight: the life of its hidden number, where the gradient pushes it, and what its flip would change.

import { element, setHidden } from "../shared/dom.js";
import { writeAttribute, writeText } from "../shared/late_text.js";
import { countText, grouped, numberText, percentText, roundedText, signedText } from "../shared/numbers.js";
import { setLine, cockpitButton } from "./panel_parts.js";
import { termedText } from "../shared/term.js";
import { weightLife } from "./weight_life.js";

const EMPTY = "Behind each weight stands a hidden number. Click a cell of a map to see its life so far, and what would change if its weight flipped.";

// cockpit: { act(command) }.
export function weightPanel(cockpit) {
  let state = null;
  let flipped = null; // { key, serial }: the weight that the reader flipped last, and the picture then

  const title = element("h3");
  const subtitle = element("span", { class: "faint one-line" });
  const life = weightLife();
  const now = element("b");
  const push = element("span", { class: "faint one-line" });
  const writePush = termedText(push);
  const [question, verdict] = [element("b"), element("span", { class: "faint" })];
  const flipLine = element("p", { class: "flip-line one-line" }, question, verdict);
  const tiles = ["sum", "sign", "its sign for", "answers"].map(effectTile);
  const flip = cockpitButton("flip it", "", flipIt, { class: "tool primary flip" });
  const body = element(
    "div", { class: "panel-body" },
    element("div", { class: "life-frame" }, life.node),
    element("div", { class: "now-and-flip" }, element("p", { class: "now-line" }, now, push), flip, flipLine),
    element("div", { class: "tiles" }, ...tiles.map((tile) => tile.node)),
  );
  const empty = element("p", { class: "panel-empty" });
  const writeEmpty = termedText(empty);
  const node = element("section", { class: "panel deck-panel weight-panel", "aria-label": "Weight" }, element("header", {}, title, subtitle), body, empty);

  function flipIt() {
    flipped = isFlipped(state) ? null : { key: keyOf(state.selection), serial: state.serial };
    cockpit.act({ do: "flip" });
  }

  function draw(next, palette) {
    state = next;
    const { weight, selection } = next;
    const chosen = weight && selection?.weight != null;
    setHidden(body, !chosen);
    setHidden(empty, Boolean(chosen));
    writeEmpty(selection?.weight != null && next.pending ? next.pending : EMPTY);
    writeText(title, chosen ? `the weight of its input ${selection.weight}` : "one weight");
    setLine(subtitle, chosen ? lifeFlipsText(weight) : "");
    if (!chosen) return;
    life.draw({ weight, step: next.step, clip: next.weightClip, latent: next.latent, palette });
    writeText(now, `${signedText(sized(weight.latent))} now`);
    const [short, whole] = pushTexts(next);
    writePush(short);
    writeAttribute(push, "title", whole);
    showFlip(next);
    for (const part of [flipLine, ...tiles.map((tile) => tile.node)]) setHidden(part, next.view.kind === "none");
    showEffect(next);
  }

  // Whether the reader's flip is what is seen.
  function isFlipped({ selection, flipReport, serial }) {
    return Boolean(flipped?.key === keyOf(selection) && flipReport && serial > flipped.serial);
  }

  function showFlip(next) {
    const { flipReport, canCommand } = next;
    const own = isFlipped(next);
    const [before, after] = own ? flipReport.map((share) => percentText(share, 1)) : [];
    writeText(question, own ? `${before} → ${after}` : "If it flipped now (framed: what changes):");
    writeText(verdict, own ? " right. If it flipped back:" : "");
    writeAttribute(flipLine, "title", own ? `Of the whole test set ${before} were answered rightly before the flip, ${after} after it. Training may turn it again.` : "");
    writeText(flip, own ? "undo" : "flip it");
    flip.disabled = next.backAt !== null;
    writeAttribute(flip, "title", flip.disabled ? "What is past can be looked at, not changed: go back to now to flip it" : own ? "Flips it back" : "Gives the weight the other sign between two steps: w becomes −w");
    setHidden(flip, !canCommand);
  }

  function showEffect({ weight: { effect }, selection, passes, binarize }) {
    const [sum, sign, signs, answers] = tiles;
    const counts = passes.find(({ name }) => name === selection.layer)?.countsBits;
    if (!effect) return tiles.forEach((tile) => tile.show("…", false));
    const number = (value) => (counts ? signedText(Math.round(value * 100) / 100) : numberText(Number(value.toFixed(1))));
    sum.show(`${number(effect.sum_now)} → ${number(effect.sum_then)}`, false);
    const asSigns = binarize === "both";
    sign.rename(asSigns ? "sign" : "x");
    if (asSigns) {
      const [one, other] = [effect.x_now, effect.x_then].map((x) => (x >= 0 ? "+1" : "−1"));
      sign.show(one === other ? `stays ${one}` : `${one} → ${other}`, one !== other);
    } else sign.show(`${numberText(Number(effect.x_now.toFixed(1)))} → ${numberText(Number(effect.x_then.toFixed(1)))}`, false);
    writeAttribute(signs.node, "title", `examples for which the neuron's sign would change: ${grouped(effect.signs_changed)} of ${grouped(effect.examples)}`);
    signs.show(tileShareText(effect.signs_changed, effect.examples), effect.signs_changed > 0);
    answers.show(tileShareText(effect.answers_changed, effect.examples), effect.answers_changed > 0);
    const gain = effect.right_then - effect.right_now;
    writeAttribute(answers.node, "title", `answers that would change: ${grouped(effect.answers_changed)} of ${grouped(effect.examples)}; right: ${grouped(effect.right_now)} → ${grouped(effect.right_then)} (${gain ? signedText(gain) : "no difference"})`);
  }

  return { node, draw, stop: life.stop };
}

function effectTile(name) {
  const label = element("span", { class: "faint" }, name);
  const value = element("b");
  const node = element("div", { class: "tile" }, label, value);
  return {
    node,
    rename: (text) => writeText(label, text),
    show(text, changes) {
      writeText(value, text);
      if (node.classList.contains("changes") !== changes) node.classList.toggle("changes", changes);
    },
  };
}

// Of a thousand and more the tile has no room to say of how many; its title does.
function tileShareText(count, all) {
  return all < 1000 ? `${grouped(count)} of ${grouped(all)}` : grouped(count);
}

function keyOf(selection) {
  return JSON.stringify([selection?.layer, selection?.neuron, selection?.weight]);
}

function lifeFlipsText({ crossings, crossingsSince }) {
  const since = crossingsSince ? ` since step ${grouped(crossingsSince)}` : "";
  if (!crossings.length) return `training never flipped it${since}`;
  return `${countText(crossings.length, "flip")}${since}, the last in step ${grouped(crossings.at(-1))}`;
}

function sized(value) {
  return Math.abs(value) < 0.001 ? Number(value.toPrecision(1)) : Number(value.toFixed(Math.abs(value) < 0.1 ? 3 : 2));
}

// What the gradient of the shown example does to the hidden number, and by which rule; not that of the last batch. In
// short, and as a sentence.
function pushTexts({ weight, weightClip, latent, config }) {
  const { gradientBefore: before, gradientAfter: after, lifeSince } = weight;
  const since = `its hidden number since step ${grouped(lifeSince)}`;
  if (!latent) return [`its sign since step ${grouped(lifeSince)}; no hidden number`, "This optimiser keeps no hidden numbers, only signs."];
  if (before === null || before === undefined) return [since, since];
  const own = "the gradient of the shown example’s own loss";
  if (before === 0) return ["this example’s gradient: 0", `${own} is 0: the example does not push it.`];
  const size = signedText(Number(before.toPrecision(2)));
  const way = before < 0 ? "up" : "down";
  if (after === 0) {
    return ["arrow: this example’s gradient, blocked: |w| > t_clip", `${own}, ${size}, would push it ${way}; it is blocked because |w| > t_clip = ${weightClip}.`];
  }
  const rule = config?.quantizer === "clipped_ste" ? ` because |w| ≤ t_clip = ${weightClip}` : "";
  return [`arrow: this example’s gradient ${size}, passes`, `${own}, ${size}, pushes it ${way}; it passes${rule}.`];
}
