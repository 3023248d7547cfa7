// One number on its way: forward through sign, and its gradient back through the estimator.

import { element, setText } from "../shared/dom.js";
import { setMarkedText } from "../shared/marked_text.js";
import { numberText, signedText } from "../shared/numbers.js";

export function scalarWalk(onGradient) {
  const formula = element("p", { class: "mono walk-formula" });
  const forwardLine = element("p", { class: "mono walk-line" });
  const backwardLine = element("p", { class: "mono walk-line" });
  const verdict = element("p", { class: "walk-verdict" });
  const arrives = "Gradient that arrives, ∂c/∂r_o";
  const gradient = element("input", { type: "number", step: 0.1, class: "mono", "aria-label": arrives });
  gradient.addEventListener("input", () => onGradient());
  const name = marked("span", "mono", "∂c/∂rₒ =");
  const node = element(
    "div",
    { class: "scalar-walk" },
    element(
      "section",
      { class: "panel" },
      element("h3", {}, "Forward: the number becomes a sign"),
      forwardLine,
      marked("p", "note", "rᵢ goes in, rₒ comes out: +1 where rᵢ ≥ 0, −1 elsewhere. c, below, is the error."),
    ),
    element(
      "section",
      { class: "panel" },
      element("h3", {}, "Backward: does its gradient come through?"),
      marked("p", "mono walk-formula", "∂c/∂rᵢ = ∂c/∂rₒ · s(rᵢ)"),
      formula,
      element("label", { class: "walk-gradient" }, name, gradient),
      backwardLine,
      verdict,
    ),
  );

  function load({ formula_text: text, gradient: start }) {
    setText(formula, text);
    if (!gradient.value) gradient.value = start.toFixed(2);
  }

  function show({ x, forward, surrogate, clip, allOrNothing }) {
    const arriving = Number(gradient.value) || 0;
    const leaving = decimalsText(arriving * surrogate);
    const exact = Number.isInteger(surrogate) ? numberText(surrogate) : decimalsText(surrogate);
    const factor = surrogate < 0 ? `(${exact})` : exact;
    setMarkedText(forwardLine, `rᵢ = ${decimalsText(x)}  →  rₒ = sign(rᵢ) = ${signedText(forward)}`);
    setMarkedText(backwardLine, `∂c/∂rᵢ = ${decimalsText(arriving)} · ${factor} = ${leaving}`);
    setMarkedText(verdict, verdictOn({ x, surrogate, clip, allOrNothing }));
    verdict.classList.toggle("is-blocked", surrogate === 0);
  }

  return { node, load, show };
}

function marked(tag, name, text) {
  const node = element(tag, { class: name });
  setMarkedText(node, text);
  return node;
}

// Only where the slope is 1 or 0 and nothing between is t_clip the reason that a gradient passes.
function verdictOn({ x, surrogate, clip, allOrNothing }) {
  const size = decimalsText(Math.abs(x));
  if (surrogate === 0 && clip !== null && Math.abs(x) > clip) {
    return `✗ blocked, because |rᵢ| = ${size} > t_clip = ${decimalsText(clip)}`;
  }
  if (surrogate === 0) return "✗ blocked, because the slope s(rᵢ) is 0 here";
  if (surrogate === 1 && clip !== null && allOrNothing) {
    return `✓ passes unchanged, because |rᵢ| = ${size} ≤ t_clip = ${decimalsText(clip)}`;
  }
  if (surrogate === 1) return "✓ passes unchanged";
  if (surrogate < 0) return "✓ passes, but turned round: the slope s(rᵢ) is negative here";
  return `✓ passes, ${decimalsText(surrogate)} times as large`;
}

// Two decimals where they say it all, otherwise up to four.
export function decimalsText(value) {
  const short = value.toFixed(2);
  if (Math.abs(Number(short) - value) < 1e-9) return numberText(short);
  return numberText(value.toFixed(4).replace(/(\.\d\d\d*?)0+$/, "$1"));
}

export const SCALAR_WALK_STYLE = `
.bnnlab .scalar-walk {
  display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 380px), 1fr)); gap: 12px;
  section { display: flex; flex-direction: column; gap: 8px; }
  .walk-line { font-size: calc(16px * var(--letters, 1)); font-weight: 600; white-space: pre-wrap; }
  .walk-formula { white-space: pre-wrap; color: var(--faint); }
  .walk-gradient { display: flex; gap: 8px; align-items: center; font-size: calc(16px * var(--letters, 1)); }
  .walk-gradient .mono { font-size: calc(16px * var(--letters, 1)); font-weight: 600; }
  .walk-gradient input {
    width: 6.5em; min-height: 34px; padding: 0 6px;
    background: var(--paper); border: 1px solid var(--grid); border-radius: 6px;
  }
  .walk-verdict { font-weight: 600; min-height: 2.9em; }
  .walk-verdict.is-blocked { color: var(--mismatch); }
}
`;
