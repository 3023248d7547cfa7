// On a phone the strip is wider than its window. A dot for each layer says which one is seen and leads to it; until the
// reader has swiped once, a fading edge and a word say that there is more.

import { element } from "../shared/dom.js";
import { writeAttribute } from "../shared/late_text.js";

// `places()` gives { name, x } of each layer's middle, in CSS pixels of the strip inside `scroller`.
export function stripDots(scroller, places) {
  let shown = ""; // the names that there are dots for
  let layers = [];
  let dots = [];
  const list = element("div", { class: "strip-dots" });
  const hint = element("span", { class: "faint" }, "swipe the network ›");
  const node = element("nav", { class: "strip-nav", "aria-label": "layers of the network" }, list, hint);

  scroller.classList.add("unswiped");
  scroller.addEventListener("scroll", () => {
    if (scroller.scrollLeft > 0) scroller.classList.remove("unswiped");
    follow();
  }, { passive: true });

  function follow() {
    const middle = scroller.scrollLeft + scroller.clientWidth / 2;
    const edge = scroller.scrollLeft < 2 ? 0 : scroller.scrollLeft + scroller.clientWidth > scroller.scrollWidth - 2 ? layers.length - 1 : -1;
    const away = layers.map(({ x }) => Math.abs(x - middle));
    const nearest = edge >= 0 ? edge : away.indexOf(Math.min(...away));
    dots.forEach((dot, at) => writeAttribute(dot, "aria-current", String(at === nearest)));
  }

  // To be told every frame; builds only where the network is another one.
  function draw() {
    layers = places();
    const names = layers.map(({ name }) => name).join("\n");
    if (names === shown) return;
    shown = names;
    dots = layers.map(({ name }, at) => {
      const dot = element("button", { type: "button", class: "strip-dot", "aria-label": name, title: name });
      dot.addEventListener("click", () => scroller.scrollTo({ left: layers[at].x - scroller.clientWidth / 2, behavior: "smooth" }));
      return dot;
    });
    list.replaceChildren(...dots);
    follow();
  }

  return { node, draw };
}

export const STRIP_DOTS_STYLE = `
.bnnlab .strip-nav { display: none; }
@container (max-width: 760px) {
  .bnnlab .strip-nav {
    display: flex; align-items: center; justify-content: space-between; gap: 0.6em; grid-column: 1 / -1; margin-top: -0.6em;
    .faint { font-size: 12px; white-space: nowrap; }
  }
  .bnnlab .strip-scroll { mask: none; animation: none; }
  .bnnlab .strip-scroll.unswiped { mask: linear-gradient(to left, transparent, black 3.5em); }
  .bnnlab .strip-scroll:not(.unswiped) + .strip-nav .faint { visibility: hidden; }
  .bnnlab .strip-dots { display: flex; flex: 1; max-width: 20em; }
  .bnnlab .strip-dots .strip-dot {
    flex: 1; min-width: 0; max-width: 44px; min-height: 44px; padding: 0; border: 0; background: none; display: grid; place-items: center;
    &::before { content: ""; width: 9px; height: 9px; border-radius: 50%; background: var(--grid); border: 1px solid var(--faint); }
    &[aria-current="true"]::before { background: var(--control); border-color: var(--control); transform: scale(1.25); }
  }
}
`;
