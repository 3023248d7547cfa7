// A frame around what the tour points at, wherever on the page it stands, in whichever picture's own tree.

import { element, setHidden } from "../shared/dom.js";

const FOLLOW_EVERY_MS = 200; // pages come late and pictures move
const [LIGHT_APART, HEADER] = [4, 48]; // CSS pixels
const MAX_PHONE_WIDTH = 700; // CSS pixels, up to which the card is a sheet over the lower half

// `onPlace(box)` gets where that is in the window, or null while there is nothing.
export function spotlight(onPlace) {
  const node = element("div", { class: "tour-spotlight", "aria-hidden": "true", hidden: true });
  let selector = null;
  let timer = 0;
  let brought = true; // into sight, once for each place that is pointed at
  let lastTop = NaN; // where it stood when it was

  function point(next) {
    if (next !== selector) [brought, lastTop] = [false, NaN];
    selector = next;
    clearInterval(timer);
    if (selector) timer = setInterval(place, FOLLOW_EVERY_MS);
    place();
  }

  function place() {
    const box = selector ? find(selector)?.getBoundingClientRect() : null;
    const seen = Boolean(box?.width && box.height);
    setHidden(node, !seen);
    onPlace(seen ? box : null);
    if (!seen) return;
    if (!brought) {
      brought = box.top === lastTop; // while a page is built, what stands above still grows
      lastTop = bringIntoSight(find(selector), box);
    }
    const wanted = { left: box.left - LIGHT_APART, top: box.top - LIGHT_APART, width: box.width + 2 * LIGHT_APART, height: box.height + 2 * LIGHT_APART };
    for (const [side, value] of Object.entries(wanted)) node.style[side] = `${Math.round(value)}px`;
  }

  return { node, point, stop: () => clearInterval(timer) };
}

// Returns where it then stands.
function bringIntoSight(node, { top, bottom }) {
  const floor = innerWidth <= MAX_PHONE_WIDTH ? innerHeight / 2 : innerHeight;
  if (top >= HEADER && bottom <= floor) return top;
  if (parseFloat(getComputedStyle(node).scrollMarginTop) === 0) node.style.scrollMarginTop = `${HEADER + 2 * LIGHT_APART}px`;
  // No farther than need be: what is beside it should stay in sight.
  const fits = floor === innerHeight && bottom - top < innerHeight - 2 * HEADER;
  node.style.scrollMarginBottom = `${2 * LIGHT_APART}px`;
  node.scrollIntoView({ block: fits ? "nearest" : "start", behavior: "instant" });
  return node.getBoundingClientRect().top;
}

// The first element that matches, on the page or in a picture.
function find(selector) {
  const onPage = document.querySelector(selector);
  if (onPage) return onPage;
  for (const holder of document.querySelectorAll('[data-testid="stBidiComponentRegular"], [data-testid^="stBidiComponent"]')) {
    for (const root of rootsIn(holder)) {
      const found = root.querySelector(selector);
      if (found) return found;
    }
  }
  return null;
}

function rootsIn(holder) {
  return [holder, ...holder.querySelectorAll("*")].map((node) => node.shadowRoot).filter(Boolean);
}
