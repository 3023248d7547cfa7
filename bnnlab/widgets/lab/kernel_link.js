// The cockpit's way to its run in a notebook: commands to the kernel. Frames come by the widget itself. A kernel may be
// busy with a cell and hear nothing until that has ended, so a choice of neuron and weight is shown from the frame that
// is there, at once, and stands until a frame says the same.

const WAITING = "The kernel tells the life of this weight with its next picture; if it is busy, once the running cell has ended.";
const ALONE = "The life of this weight is not in this picture, and there is nobody to ask.";

export function kernelLink(kernel) {
  let own = null; // { selection } that no frame has said yet

  function command(order) {
    if (order.do === "select") own = { selection: selectionOf(order) };
    kernel.tell(order);
  }

  // What is to be seen of a state.
  function apply(state) {
    if (own && (state.restarted || sameSelection(own.selection, state.selection))) own = null;
    const alive = kernel.isAlive();
    const { canCommand, canLook } = state.offers ?? state;
    const shown = { ...state, offers: { canCommand, canLook }, canCommand: canCommand && alive, canLook: canLook && alive };
    if (!own) return shown;
    return { ...shown, selection: own.selection, weight: null, pending: shown.canLook ? WAITING : ALONE };
  }

  return {
    command, apply,
    page: () => false,
    shown() {},
    expectShown() {},
    stop() {},
  };
}

function selectionOf({ layer, neuron, weight, position }) {
  return layer ? { layer, neuron, weight: weight ?? null, position: position ?? null } : null;
}

function sameSelection(one, other) {
  if (!one || !other) return !one && !other;
  return one.layer === other.layer && one.neuron === other.neuron && one.weight === (other.weight ?? null)
    && JSON.stringify(one.position) === JSON.stringify(other.position ?? null);
}
