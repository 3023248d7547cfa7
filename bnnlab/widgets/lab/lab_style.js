// How the cockpit is set. Everything is measured in em, so that a large screen gets larger letters and the rest follows;
// what room is left goes to the network.

export const LAB_STYLE = `
.bnnlab .cockpit {
  display: grid; gap: 0.55em; font-size: calc(13px * var(--letters, 1)); line-height: 1.35;
  grid-template-columns: minmax(0, 1fr); grid-template-rows: auto minmax(21em, 1fr) minmax(12.9em, 22%) 3.1em;
  height: var(--cockpit-room, var(--room, 46rem)); min-height: 0;
  .left-out { display: none !important; }
  button { min-height: 2.1em; border-radius: 0.5em; }
  b { font-weight: 600; }
  :focus-visible { outline-color: var(--control); }
}
@media (min-width: 1700px) { .bnnlab .cockpit { font-size: calc(15px * var(--letters, 1)); } }
@media (min-width: 2400px) { .bnnlab .cockpit { font-size: calc(19px * var(--letters, 1)); } }
@media (min-width: 3200px) { .bnnlab .cockpit { font-size: calc(23px * var(--letters, 1)); } }

/* Numbers change in many places at once: nothing outside a panel has to be laid out for that. */
.bnnlab .network, .bnnlab .deck-panel, .bnnlab .strip, .bnnlab .answer { contain: layout style; }
.bnnlab .network {
  display: flex; flex-direction: column; min-height: 0; padding: 0.45em 0.9em 0.3em;
  header { display: flex; align-items: center; gap: 1em; min-height: 2.2em; }
  .sentence {
    flex: 1; min-width: 0; font-size: 1.15em; font-weight: 600;
    overflow: hidden; white-space: nowrap; text-overflow: ellipsis;
    &.alarm { color: var(--control); }
  }
  .recorded {
    font-size: 0.85em; border: 1px solid var(--control); color: var(--control); border-radius: 0.5em;
    padding: 0.05em 0.5em; margin-right: 0.6em;
  }
}
.bnnlab .deck {
  display: grid; gap: 0.55em; min-height: 0;
  grid-template-columns: minmax(0, 1.36fr) minmax(0, 0.52fr) minmax(0, 0.52fr) minmax(0, 1.02fr);
}
@container (max-width: 1100px) {
  .bnnlab .deck { grid-template-columns: minmax(0, 1.32fr) minmax(0, 0.5fr) minmax(0, 0.5fr) minmax(0, 1.1fr); }
}
.bnnlab .deck.idle { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); }
.bnnlab .direction {
  display: inline-flex; flex: none; border: 1px solid var(--grid); border-radius: 0.6em; overflow: hidden;
  button { border: 0; border-radius: 0; min-height: 2em; padding: 0 1em; }
  [aria-pressed="true"] { background: var(--control); color: var(--onControl); font-weight: 600; }
}
.bnnlab .network-body {
  flex: 1; min-height: 0; display: grid; column-gap: 0.6em;
  grid-template-columns: 9em minmax(0, 1fr) 11.8em;
}
.bnnlab .network[data-kind="none"] .network-body { grid-template-columns: 9em minmax(0, 1fr); }
.bnnlab .network[data-kind="points"] .network-body { grid-template-columns: 9em minmax(0, 1fr) minmax(12em, 15em); }

.bnnlab .input {
  display: flex; flex-direction: column; min-height: 0; gap: 0.45em;
  .input-title { line-height: 1.6; }
  .input-image { width: 8.6em; height: 8.6em; image-rendering: pixelated; border: 1px solid var(--grid); border-radius: 3px; }
  .input-plane { width: 8.6em; height: 8.6em; border: 1px solid var(--grid); border-radius: 3px; cursor: pointer; }
  .input-buttons { display: flex; gap: 0.4em; button:last-child { flex: 1; } max-width: 8.6em; }
  .input-caption { font-size: 12px; font-size: max(12px, 0.92em); max-width: 9em; }
}
.bnnlab .strip-legend {
  list-style: none; margin: auto 0 0.5em; padding: 0; display: grid; gap: 0.25em; font-size: max(12px, 0.92em);
  li { display: flex; align-items: center; gap: 0.6em; white-space: nowrap; }
  i { width: 0.9em; height: 0.9em; flex: none; }
  .plus { background: var(--plus); }
  .minus { background: var(--minus); }
  .flipped { border: 2px solid var(--mismatch); }
}

.bnnlab .strip-scroll { min-width: 0; min-height: 0; overflow: auto hidden; scrollbar-width: thin; }
.bnnlab .strip {
  position: relative; width: 100%; height: 100%; overflow: hidden;
  .strip-layer { position: absolute; inset: 0; width: 100%; height: 100%; display: block; }
  .strip-layer:not(.strip-live) { pointer-events: none; }
  .strip-live:focus-visible { outline-offset: -2px; }
  .strip-map, .strip-patch { position: absolute; pointer-events: none; }
  .strip-labels p, .strip-title {
    position: absolute; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; pointer-events: none;
  }
  .strip-title { font-size: 1em; max-width: 100%; }
  .strip-caption { font-size: max(12px, 0.92em); }
  .strip-small { font-size: max(12px, 0.92em); text-align: center; color: var(--faint); overflow: visible; }
  .strip-flips { color: var(--mismatch); display: inline-block; min-width: 10.4em; }
  .strip-tip {
    position: absolute; z-index: 3; background: var(--ink); color: var(--paper); padding: 0.25em 0.6em;
    border-radius: 0.4em; font-size: max(12px, 0.92em); white-space: nowrap; pointer-events: none;
  }
  .strip-lens {
    position: absolute; z-index: 2; pointer-events: none; border: 2px solid var(--ink); border-radius: 0.5em;
    background: var(--panel);
  }
}
.bnnlab .travel {
  position: absolute; inset: 0; pointer-events: none; overflow: hidden;
  i {
    position: absolute; left: -0.19em; top: -0.19em; width: 0.38em; height: 0.38em; border-radius: 50%;
    opacity: 0; will-change: transform;
  }
  .blocked { display: none; }
}
.bnnlab .answer {
  position: absolute; top: 0; bottom: 0; pointer-events: none;
  .answer-rows {
    position: absolute; left: 0; right: 0; list-style: none; margin: 0; padding: 0;
    display: flex; flex-direction: column; justify-content: space-around;
  }
  li {
    display: grid; grid-template-columns: minmax(1.2em, auto) minmax(0, 1fr) 4.4em; gap: 0.5em; align-items: center;
    white-space: nowrap; height: 1.4em; line-height: 1.4; b { font-weight: 400; overflow: hidden; text-overflow: ellipsis; max-width: 4em; }
  }
  .bar { height: 0.9em; border-left: 1px solid var(--faint); }
  .bar i { display: block; height: 100%; background: var(--ink); transform-origin: 0 50%; transform: scaleX(0); }
  .share { color: var(--faint); font-size: max(12px, 0.92em); }
  .best b { font-weight: 700; transform: scale(1.2); transform-origin: 0 50%; }
  .best .share { color: var(--ink); }
  .right b { text-decoration: underline; text-underline-offset: 0.2em; }
  .wrong .bar i { background: none; box-shadow: inset 0 0 0 2px var(--ink); }
}

.bnnlab .side-title { flex: none; line-height: 1.6; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.bnnlab .wrong { min-height: 0; display: flex; flex-direction: column; overflow: hidden; }
.bnnlab .wrong-room { position: relative; flex: 1; min-height: 6.5em; }
/* As many whole rows as there is room for; what comes after them has no height. */
.bnnlab .wrong-tiles {
  position: absolute; inset: 0; display: grid; column-gap: 0.35em; row-gap: 0; overflow: hidden; padding: 2px;
  grid-template-columns: repeat(auto-fill, minmax(5.3em, 1fr));
  grid-template-rows: repeat(auto-fill, 6em); grid-auto-rows: 0;
  .wrong-tile {
    min-width: 0; min-height: 0; max-height: 5.9em; overflow: hidden; padding: 0 0.1em; border-color: transparent; background: none;
    display: flex; flex-direction: column; align-items: center; gap: 0.1em;
    font-size: 12px; font-size: max(12px, 0.85em); white-space: nowrap;
  }
  .wrong-tile:hover { border-color: var(--control); }
  .wrong-tile[aria-pressed="true"] { border-color: var(--ink); }
  canvas { flex: none; width: 4em; height: 4em; image-rendering: pixelated; border: 1px solid var(--grid); }
}
.bnnlab .surface-side {
  min-height: 0; display: flex; flex-direction: column; gap: 0.3em;
  .surface { width: 100%; aspect-ratio: 1; max-height: calc(100% - 4em); border-radius: 4px; cursor: crosshair; }
  .surface-readout { font-size: max(12px, 0.92em); }
}

@container (max-width: 760px) {
  .bnnlab .deck { grid-template-columns: minmax(0, 1fr); }
  .bnnlab .network header { flex-wrap: wrap; }
  .bnnlab .network .sentence { white-space: normal; flex-basis: 100%; }
  .bnnlab .network-body, .bnnlab .network[data-kind="points"] .network-body {
    grid-template-columns: minmax(0, 1fr) minmax(0, 1.15fr); row-gap: 0.8em;
  }
  /* One layer at a time: the strip is as wide as it wants to be, and swiped. */
  .bnnlab .strip-scroll { grid-column: 1 / -1; overflow-x: auto; scroll-snap-type: x proximity; }
  .bnnlab .strip { width: 66em; height: 27em; .strip-map { scroll-snap-align: center; } }
  .bnnlab .input { order: -2; }
  .bnnlab .strip-legend { grid-template-columns: auto auto; margin: 0; }
  .bnnlab .wrong, .bnnlab .surface-side { order: -1; min-height: 13em; }
  .bnnlab .direction button, .bnnlab .input-buttons button { min-height: 44px; }
}
`;
