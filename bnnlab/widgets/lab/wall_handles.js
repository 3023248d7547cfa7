// Two walls at ±t_clip that can be dragged, or moved with the arrow keys. They move together: t_clip is one number.

import { element } from "../shared/dom.js";
import { writeAttribute } from "../shared/late_text.js";
import { axisNumber } from "../shared/numbers.js";
import { MAX_WALL, MIN_WALL, roundedWall } from "./wall_numbers.js";

const SEND_EVERY_MS = 80;
const CLOSE = 0.3; // share of the reach below which the numbers of the two walls would run into each other

// `move(value, isLast)` gets the new t_clip, at most every 80 ms and once at the end.
export function wallHandles(name, move) {
  const handles = [-1, 1].map((side) => {
    const label = element("span", { class: "wall-label", "aria-hidden": "true" });
    const node = element(
      "div", { class: `wall ${side < 0 ? "left" : "right"}`, role: "slider", tabindex: "0", "aria-label": `${side < 0 ? "lower" : "upper"} wall of ${name}` },
      element("i", { class: "wall-line" }), element("i", { class: "wall-grip" }), label,
    );
    node.addEventListener("pointerdown", (event) => grab(event, side, node));
    node.addEventListener("keydown", (event) => nudge(event, side));
    return { side, node, label };
  });
  const node = element("div", { class: "wall-rail" }, ...handles.map((handle) => handle.node));
  let shown = { value: 1, reach: 2, movable: true };
  let dragged = null; // { clear(), value, sent, timer }

  function grab(event, side, handle) {
    if (!shown.movable || event.button) return;
    event.preventDefault();
    handle.focus({ preventScroll: true });
    handle.setPointerCapture(event.pointerId);
    const { left, width } = node.getBoundingClientRect();
    const start = event.clientX;
    const from = shown.value;
    const { reach } = shown;
    const moved = ({ clientX, shiftKey }) => {
      const by = ((clientX - start) / width) * 2 * reach * side;
      slide(roundedWall(Math.min(reach, Math.max(MIN_WALL, from + by)), shiftKey));
    };
    const ended = () => {
      handle.removeEventListener("pointermove", moved);
      handle.removeEventListener("pointerup", ended);
      handle.removeEventListener("pointercancel", ended);
      clearTimeout(dragged?.timer);
      const { value } = dragged ?? {};
      dragged = null;
      if (value !== undefined) move(value, true);
    };
    dragged = { sent: -Infinity, timer: 0, value: undefined, left };
    handle.addEventListener("pointermove", moved);
    handle.addEventListener("pointerup", ended);
    handle.addEventListener("pointercancel", ended);
  }

  function slide(value) {
    if (value === dragged.value) return;
    dragged.value = value;
    const wait = dragged.sent + SEND_EVERY_MS - performance.now();
    place(value, shown.reach);
    clearTimeout(dragged.timer);
    const send = () => {
      if (!dragged) return;
      dragged.sent = performance.now();
      move(value, false);
    };
    if (wait <= 0) send();
    else dragged.timer = setTimeout(send, wait);
  }

  // To the right is more on the right wall and less on the left one.
  function nudge(event, side) {
    const by = {
      ArrowRight: 0.05 * side, ArrowUp: 0.05 * side, ArrowLeft: -0.05 * side, ArrowDown: -0.05 * side,
      PageUp: 0.25 * side, PageDown: -0.25 * side,
    }[event.key];
    if (!by || !shown.movable) return;
    event.preventDefault();
    const value = roundedWall(Math.max(MIN_WALL, shown.value + (event.shiftKey ? by / 5 : by)), event.shiftKey);
    shown.value = value;
    place(value, shown.reach);
    move(value, true);
  }

  function draw(value, reach, movable, text) {
    if (shown.movable !== movable || !handles[0].node.dataset.movable) {
      for (const { node: handle } of handles) {
        handle.dataset.movable = movable;
        writeAttribute(handle, "tabindex", movable ? "0" : "-1");
      }
    }
    shown = { value, reach, movable };
    place(value, reach, text);
  }

  function place(value, reach, text) {
    writeAttribute(node, "data-close", String(value < CLOSE * reach));
    for (const { side, node: handle, label } of handles) {
      const left = `${(50 + (50 * side * value) / reach).toFixed(2)}%`;
      if (handle.style.left !== left) handle.style.left = left;
      const number = axisNumber(side * value);
      if (label.textContent !== number) label.textContent = number;
      writeAttribute(handle, "aria-valuemin", String(side < 0 ? -MAX_WALL : MIN_WALL));
      writeAttribute(handle, "aria-valuemax", String(side < 0 ? -MIN_WALL : MAX_WALL));
      writeAttribute(handle, "aria-valuenow", String(side * value));
      if (text) writeAttribute(handle, "aria-valuetext", text);
    }
  }

  return { node, draw, isDragged: () => dragged !== null };
}
