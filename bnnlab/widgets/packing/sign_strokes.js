// Signs are turned by clicking, by dragging over them, and by the keyboard. A finger turns by tapping only, since dragging
// it scrolls.

// `cells` are in rows of `shape().columns`. Calls turn(cell) for each, done() once at the end, and look(cell) for the cell
// that the reader is at, or -1.
export function signStrokes(table, { cellOf, shape, turn, done, look }) {
  let stroke = null;
  let finger = false;

  function strike(cell) {
    if (cell < 0 || stroke?.has(cell)) return;
    stroke?.add(cell);
    turn(cell);
  }

  function finish() {
    removeEventListener("pointerup", finish);
    removeEventListener("pointercancel", finish);
    if (!stroke) return;
    const turnedAny = stroke.size > 0;
    stroke = null;
    if (turnedAny) done();
  }

  table.addEventListener("pointerdown", (event) => {
    finger = event.pointerType === "touch";
    const cell = cellOf(event.target);
    if (finger || event.button !== 0 || cell < 0) return;
    stroke = new Set();
    addEventListener("pointerup", finish);
    addEventListener("pointercancel", finish);
    strike(cell);
  });
  table.addEventListener("pointerover", (event) => {
    const cell = cellOf(event.target);
    if (stroke) strike(cell);
    if (event.pointerType !== "touch") look(cell);
  });
  table.addEventListener("pointerleave", () => look(-1));
  table.addEventListener("click", (event) => {
    const cell = cellOf(event.target);
    if (!finger || cell < 0) return;
    turn(cell);
    look(cell);
    done();
  });
  table.addEventListener("focusin", (event) => look(cellOf(event.target)));
  table.addEventListener("focusout", () => look(-1));
  table.addEventListener("keydown", (event) => {
    const cell = cellOf(event.target);
    if (cell < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const next = cellBeside(cell, event.key, shape());
    if (next === null && event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    event.stopPropagation();
    if (next !== null) {
      table.rows[Math.floor(next / shape().columns)].cells[next % shape().columns].focus();
    } else if (!event.repeat) {
      turn(cell);
      done();
    }
  });

  return { stop: finish };
}

// The cell that a key leads to, the same at an edge, or null.
function cellBeside(cell, key, { rows, columns }) {
  const row = Math.floor(cell / columns);
  const column = cell % columns;
  const places = {
    ArrowLeft: [row, Math.max(0, column - 1)],
    ArrowRight: [row, Math.min(columns - 1, column + 1)],
    ArrowUp: [Math.max(0, row - 1), column],
    ArrowDown: [Math.min(rows - 1, row + 1), column],
    Home: [row, 0],
    End: [row, columns - 1],
  };
  return key in places ? places[key][0] * columns + places[key][1] : null;
}
