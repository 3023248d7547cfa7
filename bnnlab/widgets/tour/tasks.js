// How the tour tells that a task is done: by what the pictures announce of themselves, and by what the page knows. A check
// gets { states, facts, fact, answer } and returns true, false, or a short text: how near one is.
//
//     states     the last announcement of each picture, by its name; it may still be of the stop before
//     facts      numbers and truths that the page sent, by name; `fact` is the one that the task asks for
//     answer     what the reader typed, or null

const THIRD = [0.28, 0.39];

export const TASK_CHECKS = {
  number: ({ answer, facts, fact }) => answer !== null && answer === facts[fact],

  sign_jumps: ({ states: { estimator } }) => estimator?.x === 0,

  gradient_blocked: ({ states: { estimator } }) => estimator?.passes === false,

  third_blocked({ states: { lab } }) {
    const gates = lab?.state.gates ?? [];
    const entries = gates.reduce((sum, gate) => sum + gate.entries, 0);
    if (!entries) return false;
    const share = gates.reduce((sum, gate) => sum + gate.outside, 0) / entries;
    return (share >= THIRD[0] && share <= THIRD[1]) || `Now ${Math.round(100 * share)} %.`;
  },

  flipped_by_hand: ({ states: { lab } }) => Boolean(lab?.state.flipReport),

  found_flipped({ states: { lab } }) {
    const { weight, selection } = lab?.state ?? {};
    if (!weight || selection?.weight == null) return false;
    return weight.crossings.length > 0 || "This one was never flipped.";
  },

  sign_turned: ({ states: { packing } }) => (packing?.flipped ?? 0) > 0,

  packed_wrongly: ({ states: { packing } }) => packing?.wrong === true,

  guessed_right({ states: { stepper } }) {
    if (stepper?.guess == null) return false;
    return stepper.right === true || `Not ${stepper.guess}.`;
  },

  stepped_to_the_end: ({ states: { stepper } }) => !stepper?.trained && isAtEnd(stepper),

  sum_became_a_bit: ({ states: { stepper } }) => Boolean(stepper?.trained) && isAtEnd(stepper),

  measured: ({ facts }) => facts.measured === true,
};

// Of a product of one step nothing can be stepped through.
function isAtEnd(stepper) {
  return (stepper?.steps ?? 0) > 1 && stepper.step === stepper.steps - 1;
}
