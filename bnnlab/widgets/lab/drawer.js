// A drawer at the right: it lies over the page and moves nothing. Only one is open at a time.

import { element } from "../shared/dom.js";
import { lineIcon } from "./panel_icons.js";
import { cockpitButton } from "./panel_parts.js";

let shutOpen = null; // closes the one that is open

// `onOpen()` is called when it has opened. Returns { node, body, isOpen(), open(opener), stop }.
export function drawer(title, label, onOpen, ...content) {
  let opener = null;
  const close = cockpitButton(lineIcon("close"), "Close (Escape)", shut, { "aria-label": `Close ${label}` });
  const body = element("div", { class: "drawer-body" }, ...content);
  const node = element(
    "aside", { class: "drawer", role: "dialog", "aria-label": title, popover: "manual" },
    element("header", {}, element("h3", {}, title), close), body,
  );
  window.addEventListener("keydown", onKey);

  // From wherever the focus is: the drawer lies beside the picture, and both can be used.
  function onKey(event) {
    if (event.key === "Escape" && opener) shut();
  }

  function open(from) {
    if (opener) return shut();
    shutOpen?.();
    shutOpen = shut;
    opener = from;
    node.showPopover();
    onOpen();
    node.querySelector("input:not(:disabled), select, .drawer-body button")?.focus({ preventScroll: true });
    return undefined;
  }

  function shut() {
    node.hidePopover();
    opener?.focus();
    opener = shutOpen = null;
  }

  function stop() {
    if (opener) shutOpen = null;
    window.removeEventListener("keydown", onKey);
  }

  return { node, isOpen: () => opener !== null, open, stop };
}
