// How the tour tells that a task is done: by what the pictures announce of themselves, and by what the page knows. A check
// gets { states, entered, facts, task, answer } and returns whether it is done; or { isDone, says } with a short text about
// it: how near one is, or what came of it.
//
//     states     how each picture stands, by its name
//     entered    how it stood when the stop was reached
//     facts      numbers and truths that the page sent, by name
//     task       the task itself: `fact` is the name of what it asks for, `slips` what to say of wrong answers
//     answer     what the reader typed, or null

import { grouped, percentText } from "../shared/numbers.js";

const THIRD = [28, 39]; // percent

export const TASK_CHECKS = {
  number({ answer, facts, task: { fact, slips } }) {
    if (answer === null) return false;
    return Number(answer.replaceAll(",", "")) === facts[fact] || { says: `Not ${answer}. ${slips[answer] ?? "Try again."}` };
  },

  sign_jumps: ({ states: { estimator } }) => estimator?.x === 0,

  gradient_blocked: ({ states: { estimator } }) => estimator?.passes === false,

  third_blocked({ states: { lab } }) {
    const gates = lab?.state.gates ?? [];
    const entries = gates.reduce((sum, gate) => sum + gate.entries, 0);
    if (!entries) return false;
    const percent = Math.round((100 * gates.reduce((sum, gate) => sum + gate.outside, 0)) / entries);
    return { isDone: percent >= THIRD[0] && percent <= THIRD[1], says: `Now ${percent} %.` };
  },

  // What the flip would change was counted just before it was done.
  flipped_by_hand({ states: { lab }, entered }) {
    const report = lab?.state.flipReport;
    if (!report || isUnchanged(report, entered.lab.state.flipReport)) return false;
    const [before, after] = report.map((share) => percentText(share, 1));
    const effect = entered.lab.state.weight?.effect;
    const answers = effect ? ` ${grouped(effect.answers_changed)} of ${grouped(effect.examples)} answers changed.` : "";
    return { isDone: true, says: `Right before: ${before}, after: ${after}.${answers}` };
  },

  found_flipped({ states: { lab }, entered }) {
    const { weight, selection } = lab?.state ?? {};
    if (!weight || selection?.weight == null || isUnchanged(selection, entered.lab.state.selection)) return false;
    return weight.crossings.length > 0 || { says: "Training never flipped this one." };
  },

  sign_turned: ({ states: { packing }, entered }) => (packing?.flipped ?? 0) !== (entered.packing?.flipped ?? 0),

  packed_wrongly: ({ states: { packing } }) => packing?.wrong === true,

  guessed_right({ states: { stepper } }) {
    if (stepper?.guess == null) return false;
    if (stepper.right === true) return true;
    const forgot = stepper.guess === stepper.popcount - stepper.padding;
    return { says: `Not ${stepper.guess}. ${forgot ? "The hatched places are equal, too." : "Where do the bits of a and b agree?"}` };
  },

  // Each step, not the last one alone.
  stepped_through({ states: { stepper } }) {
    if (!stepper || stepper.trained || stepper.steps < 2) return false;
    return { isDone: stepper.seen === stepper.steps, says: `${stepper.seen} of ${stepper.steps} steps seen.` };
  },

  counting_marked({ states: { kernel }, facts }) {
    if (!kernel?.marked) return false;
    const isDone = kernel.marked === facts.counting_instruction;
    return { isDone, says: isDone ? `The whole loop is ${facts.loop_instructions} instructions.` : `${kernel.marked} does not count the ones.` };
  },

  sum_became_a_bit: ({ states: { stepper } }) => Boolean(stepper?.trained) && isAtEnd(stepper),

  measured: ({ facts }) => facts.measured === true,
};

// A product of one step has nothing to be stepped through.
function isAtEnd(stepper) {
  return (stepper?.steps ?? 0) > 1 && stepper.step === stepper.steps - 1;
}

function isUnchanged(one, other) {
  return JSON.stringify(one) === JSON.stringify(other);
}
