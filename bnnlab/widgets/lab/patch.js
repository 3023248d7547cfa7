// A small canvas over a part of the network strip, drawn in the strip's own coordinates: what changes with every frame is
// a small part of the picture, and only that part has to be painted and shown anew.

import { element } from "../shared/dom.js";

export function stripPatch() {
  const node = element("canvas", { class: "strip-patch", "aria-hidden": "true" });
  const ctx = node.getContext("2d");
  let place = null;

  function arrange({ x, y, width, height }) {
    place = { x: Math.floor(x), y: Math.floor(y), width: Math.ceil(width) + 1, height: Math.ceil(height) + 1 };
    const ratio = window.devicePixelRatio || 1;
    [node.width, node.height] = [Math.round(place.width * ratio), Math.round(place.height * ratio)];
    ctx.setTransform(ratio, 0, 0, ratio, -place.x * ratio, -place.y * ratio);
    Object.assign(node.style, {
      left: `${place.x}px`, top: `${place.y}px`, width: `${place.width}px`, height: `${place.height}px`,
    });
  }

  function begin() {
    ctx.clearRect(place.x, place.y, place.width, place.height);
    return ctx;
  }

  return { node, arrange, begin };
}
