// A guess before the count is shown: how many ones will popcount find? Compared with what the compiled loop recorded.

import { element, setHidden, setText } from "../shared/dom.js";

// `onChange()` is called when a guess was made.
export function countGuess(onChange) {
  const field = element("input", { type: "number", min: 0, max: 64, "aria-label": "your guess: how many ones" });
  const verdict = element("p", { class: "guess-verdict", "aria-live": "polite" });
  const node = element(
    "form", { class: "guess panel" },
    element("label", {}, "How many ones has ~(a ^ b), padding included? ", field), element("button", {}, "check"), verdict,
  );
  let step = null;
  let wanted = false; // whether counts are hidden until they were guessed
  let guess = null;
  node.addEventListener("submit", (event) => {
    event.preventDefault();
    if (field.value === "") return;
    guess = Number(field.value);
    onChange();
  });

  function load(data) {
    wanted = Boolean(data.guess);
    setHidden(node, !wanted);
  }

  // Another step asks anew.
  function show(next) {
    if (step?.at !== next.at || step?.a !== next.a) {
      guess = null;
      field.value = "";
    }
    step = next;
    setText(verdict, guess === null ? "" : isRight() ? `✓ ${step.popcount}, right.` : wrongText());
  }

  // Who counted right, but the numbers alone.
  function wrongText() {
    if (guess === step.popcount - (step.bits - step.valid)) return `Not ${guess}: the hatched places are equal in a and b, too.`;
    return `Not ${guess}: look where the bits of a and b agree.`;
  }

  const isRight = () => guess === step.popcount;

  return { node, load, show, hides: () => wanted && !isRight(), guess: () => guess, isRight };
}

export const COUNT_GUESS_STYLE = `
.bnnlab .guess {
  display: flex; flex-wrap: wrap; gap: 8px 10px; align-items: center;
  input { width: 5em; min-height: 34px; border: 1px solid var(--faint); border-radius: 6px; padding: 0 6px; background: var(--paper); }
  .guess-verdict { font-weight: 600; min-height: 1.45em; flex: 1 0 14em; }
}
.bnnlab .stepper[data-guessing="true"] .spoiler, .bnnlab .stepper[data-guessing="true"] .machine-result { visibility: hidden; }
`;
