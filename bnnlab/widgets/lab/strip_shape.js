// The shape of a network and of what is shown beside it: all that decides where things stand. When it changes, everything
// is laid out anew.

export function shapeOf(state) {
  const passes = state.passes.map((pass, at) => {
    const layer = pass.layer ?? state.floats.find(({ name }) => name === pass.name) ?? { rows: 0, columns: 0 };
    const [kernelRows, kernelColumns] = pass.conv ? kernelOf(pass, layer) : [1, 1];
    const grid = state.view.neurons?.[at];
    return {
      binary: Boolean(pass.layer), unseen: Boolean(pass.unseen), conv: pass.conv, rows: layer.rows, columns: layer.columns,
      kernel: pass.conv ? [kernelRows, kernelColumns] : null,
      tiles: pass.conv
        ? { count: pass.xShape[0], height: pass.xShape[1] ?? 1, width: pass.xShape[2] ?? 1 }
        : grid ? { count: grid.count, height: grid.side, width: grid.side } : null,
    };
  });
  return { passes, classes: state.view.classes };
}

// Filters are square.
function kernelOf(pass, layer) {
  const side = Math.round(Math.sqrt(layer.columns / pass.inputShape[0]));
  return [side, side];
}
