// Goes back in time: dragging along the time line, or the arrow keys on it, ask the run to be shown as it was after a
// step. The next wish is sent when the one before was answered, so that a quick hand leaves no queue behind it.

const NEAR_NOW = 6; // CSS pixels from the newest step within which a drag means now
const PATIENCE_MS = 500; // an answer that takes longer holds the next wish back no more
const LEAP = 10; // steps of the keys for longer strides

// `stepAt(x)` gives the step at a place of the canvas, `placeOf(step)` the place; `act(command)` tells the run.
export function rewinding(canvas, { stepAt, placeOf, act }) {
  let state = null;
  let dragging = false;
  let wish = null; // { step } still to be sent
  let asked = null; // { step, at } that was sent last and is not answered yet

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button || !state?.canCommand || stepAt(event.offsetX) === null) return;
    dragging = true;
    canvas.setPointerCapture(event.pointerId);
    drag(event.offsetX);
  });
  canvas.addEventListener("pointermove", ({ offsetX }) => dragging && drag(offsetX));
  for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => { dragging = false; });
  canvas.addEventListener("keydown", (event) => {
    const target = state?.canCommand ? keyTarget(event, state) : undefined;
    if (target === undefined) return;
    event.preventDefault();
    seek(target);
  });

  function drag(x) {
    seek(x > placeOf(state.now) - NEAR_NOW ? null : Math.max(0, Math.min(state.now, Math.round(stepAt(x)))));
  }

  // To a step; null leads back to now.
  function seek(step) {
    wish = step === (asked ? asked.step : state.backAt) ? null : { step };
    sendWish();
  }

  function sendWish() {
    if (!wish || (asked && performance.now() - asked.at < PATIENCE_MS)) return;
    asked = { step: wish.step, at: performance.now() };
    wish = null;
    act({ do: "rewind", step: asked.step });
  }

  // To be told every frame.
  function follow(next) {
    state = next;
    if (asked && (state.backAt === asked.step || performance.now() - asked.at > PATIENCE_MS)) asked = null;
    sendWish();
  }

  return { follow, seek };
}

function keyTarget({ key, shiftKey }, { backAt, now }) {
  const at = backAt ?? now;
  const stride = shiftKey ? LEAP : 1;
  if (key === "Home") return 0;
  if (key === "End" || key === "Escape") return backAt === null ? undefined : null;
  if (key === "ArrowLeft") return Math.max(0, at - stride);
  if (key === "ArrowRight") return at + stride >= now ? null : at + stride;
  return undefined;
}
