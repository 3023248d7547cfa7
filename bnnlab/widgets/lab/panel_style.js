// How the panels around the network look. Sizes follow the text (em), so that whoever sets the size of the cockpit's
// text scales all of it; nothing that is read is smaller than 12 px. Nothing moves when a number changes.

export const PANEL_STYLE = `
.bnnlab {
  --small: max(12px, 0.92em);
  --radius: 0.6em;
  .panel-canvas { display: block; width: 100%; height: 100%; font-size: 1em; border-radius: 3px; }
  .panel-canvas:focus-visible, .tool:focus-visible, .choice-row button:focus-visible { outline-color: var(--control); }
  .one-line { overflow: hidden; white-space: nowrap; text-overflow: ellipsis; min-width: 0; }
  .line-icon { width: 1.25em; height: 1.25em; flex: none; }
  .swatch { display: inline-block; width: 0.95em; height: 0.95em; border-radius: 2px; background: var(--plus); flex: none;
    &.minus { background: var(--minus); } }
}

/* Buttons */
.bnnlab button.tool {
  display: inline-flex; align-items: center; justify-content: center; gap: 0.45em;
  min-height: 2.4em; min-width: 2.4em; padding: 0 0.75em; font-size: 1em; line-height: 1.2; white-space: nowrap;
  background: var(--paper); border: 1px solid var(--grid); border-radius: var(--radius); color: var(--ink);
  &:hover { border-color: var(--control); }
  &.primary { background: var(--control); border-color: var(--control); color: var(--onControl); font-weight: 600; }
  &.primary:hover { filter: brightness(1.12); }
  &.bare { background: none; border-color: transparent; }
  svg { width: 1.25em; height: 1.25em; flex: none; }
}
.bnnlab .choice-row {
  display: inline-flex; flex: none; border: 1px solid var(--grid); border-radius: var(--radius); background: var(--paper); overflow: hidden;
  button {
    border: 0; border-radius: 0; background: none; min-height: calc(2.4em - 2px); min-width: 2.4em; padding: 0 0.7em; font-size: 1em;
    line-height: 1.2; white-space: nowrap; color: var(--ink); box-shadow: none;
    display: inline-flex; flex-direction: column; align-items: center; justify-content: center;
    /* The bold text of the pressed one takes no more room than that of the others. */
    &::after { content: attr(data-text); height: 0; visibility: hidden; overflow: hidden; font-weight: 600; }
    & + button { border-left: 1px solid var(--grid); }
    &:hover { background: var(--panel); }
    &:focus-visible { outline-offset: -3px; }
  }
  [aria-pressed="true"] { background: var(--panel); font-weight: 600; box-shadow: inset 0 -2px 0 var(--control); }
  .wide { width: 7.4em; padding: 0 0.2em; }
}

/* The row of controls */
.bnnlab .control-bar {
  display: flex; align-items: center; flex-wrap: wrap; gap: 0.45em 0.95em; min-height: 44px; padding: 4px 0; min-width: 0;
  .pilot, .binarise, .data-row, .last-tools { display: flex; align-items: center; gap: 0.55em; flex: none; }
  .play { width: 6.9em; }
  .play-face { display: inline-flex; align-items: center; gap: 0.4em; }
  .data-row { gap: 0.2em; }
  .thumbnail {
    padding: 0; width: 2.7em; height: 2.7em; min-width: 0; min-height: 0; border-radius: 0.3em; overflow: hidden; color: var(--faint);
    canvas { width: 100%; height: 100%; display: block; }
    &[aria-pressed="true"] { border: 2px solid var(--control); }
  }
  .big-number {
    display: flex; flex-direction: column; line-height: 1.1; min-width: 0; flex: none;
    b { font-size: 1.32em; font-weight: 650; white-space: nowrap; }
    span { font-size: var(--small); color: var(--faint); white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
  }
  .progress { min-width: 7.2em; }
  .accuracy { flex: 1 1 8em; max-width: 11.6em; }
  .last-tools { margin-left: auto; }
  .undo { padding: 0 0.6em; }
  .two-lines { display: flex; flex-direction: column; align-items: flex-start; max-width: 6.4em; font-size: var(--small); line-height: 1.1;
    span { max-width: 100%; overflow: hidden; text-overflow: ellipsis; } }
}
/* All of it in one row, as long as that can be. */
@container (761px <= width <= 1100px) {
  .bnnlab .cockpit { font-size: 12px; grid-template-rows: auto minmax(21em, 1fr) minmax(15.2em, 25%) 3.1em; }
  .bnnlab .control-bar {
    column-gap: 0.55em;
    .binarise > .faint, .more-text { display: none; }
    .binarise .choice-row button { padding: 0 0.55em; }
    .accuracy { flex-basis: 7em; }
    .last-tools { gap: 0.3em; }
  }
  .bnnlab .neuron-panel .sum-line { gap: 0.3em; b:nth-of-type(1), b:nth-of-type(2) { min-width: 0; } }
  .bnnlab .strip-legend { gap: 0.1em; margin-bottom: 0; }
  .bnnlab .strip-flips { min-width: 5.4em; }
}
.bnnlab .data-list {
  inset: auto; margin: 0; position: fixed; width: min(28em, calc(100vw - 16px)); padding: 0.6em; border: 1px solid var(--grid);
  border-radius: var(--radius); background: var(--paper); color: var(--ink); box-shadow: 0 6px 24px rgb(0 0 0 / 0.22);
  font-size: 13px;
  .note { padding: 0 0.4em 0.4em; font-size: max(12px, 0.92em); }
  .tool { display: flex; width: 100%; min-height: 2.8em; justify-content: flex-start; text-align: left; border-color: transparent; white-space: normal; }
  .tool:hover { border-color: var(--control); }
  .tool[aria-pressed="true"] { border-color: var(--control); font-weight: 600; }
  .data-state { margin-left: auto; color: var(--control); font-weight: 600; white-space: nowrap; }
}

/* Panels below the network */
.bnnlab .deck-panel {
  display: flex; flex-direction: column; gap: 0.3em; min-width: 0; min-height: 0; height: 100%;
  padding: 0.5em 0.85em; position: relative; overflow: hidden; line-height: 1.3;
  > header { display: flex; align-items: center; gap: 0.6em; min-height: 1.85em; min-width: 0; flex: none; }
  h3 { font-size: 1em; font-weight: 650; white-space: nowrap; line-height: 1.3; }
  .faint { font-size: var(--small); }
  .panel-body { display: flex; flex-direction: column; gap: 0.35em; flex: 1; min-height: 0; min-width: 0; }
  .panel-empty { color: var(--faint); margin: auto 0; max-width: 44em; text-wrap: pretty; }
  .panel-foot { display: flex; align-items: center; justify-content: space-between; gap: 0.7em; flex: none; min-height: 2.2em; }
  .tool { min-height: 2.15em; }
}
.bnnlab .neuron-panel {
  header .faint { flex: 1; min-width: 0; overflow: hidden; white-space: nowrap; text-overflow: ellipsis; }
  .choice-row { font-size: var(--small); button { min-height: 1.9em; min-width: 24px; font-size: 1em; } }
  .bits-frame { flex: 1; min-height: 3.4em; position: relative; }
  .bits-scroll { position: absolute; inset: 0; overflow: hidden auto; scrollbar-width: thin; }
  .bits-after { mask: linear-gradient(to top, transparent, black 1.8em); }
  .bits-before { mask: linear-gradient(to bottom, transparent, black 7px); }
  .bits-before.bits-after { mask: linear-gradient(to bottom, transparent, black 7px calc(100% - 1.8em), transparent); }
  .bits-rest {
    position: absolute; right: 0.9em; bottom: 0; padding: 0 0.5em; border-radius: 0.5em; line-height: 1.25; font-size: var(--small);
    background: var(--panel); pointer-events: none; box-shadow: 0 0 0 1px var(--grid);
  }
  .sum-line {
    display: flex; align-items: baseline; gap: 0.42em; white-space: nowrap; overflow: hidden; flex: none;
    > span { color: var(--faint); font-size: var(--small); }
    b { font-weight: 650; }
    b:nth-of-type(1) { min-width: 9.4em; }
    b:nth-of-type(2) { min-width: 4.9em; }
    .swatch { align-self: center; }
  }
  .fold { display: none; }
  &:popover-open { .fold { display: inline-flex; min-width: 44px; } }
  .word { font-family: var(--st-code-font, ui-monospace, "DejaVu Sans Mono", monospace); font-size: var(--small); color: var(--faint); }
  .onward { flex: none; }
}
.bnnlab .walls-panel {
  header { min-height: 1.4em; }
  .subheader { display: flex; align-items: center; justify-content: space-between; min-height: 24px; margin: -2px 0 0; }
  .lock { min-height: 24px; min-width: 24px; padding: 0; flex: none; color: var(--control); border-color: transparent; background: none; }
  .lock:hover { border-color: var(--control); }
  .wall-plot { position: relative; flex: 1; min-height: 4em; margin-bottom: 1.35em; }
  .wall-rail { position: absolute; inset: 0; }
  .wall {
    position: absolute; top: 0; bottom: 0; width: 24px; margin-left: -12px; touch-action: none; cursor: ew-resize; outline: none;
    /* Walls that stand close together are taken hold of from outside. */
    &.left { transform: translateX(-5px); --shift: 5px; }
    &.right { transform: translateX(5px); --shift: -5px; }
    &[data-movable="false"] { cursor: default; pointer-events: none; .wall-grip { display: none; } }
  }
  .wall-line { position: absolute; top: -2px; bottom: 0; left: calc(50% - 0.08em + var(--shift)); width: max(2px, 0.16em); background: var(--control); }
  .wall-grip {
    position: absolute; top: calc(50% - 0.85em); left: calc(50% - 0.48em + var(--shift)); width: 0.96em; height: 1.7em;
    border-radius: 0.3em; background: var(--control);
  }
  .wall:hover .wall-grip { filter: brightness(1.15); }
  .wall:focus-visible .wall-grip { outline: 2px solid var(--control); outline-offset: 2px; }
  .wall-label, .zero-label {
    position: absolute; top: calc(100% + 0.2em); font-size: var(--small); line-height: 1.1; white-space: nowrap; pointer-events: none;
  }
  .wall-label { left: calc(50% + var(--shift)); transform: translateX(-50%); color: var(--control); font-weight: 650; }
  [data-close="true"] {
    .left .wall-label { left: auto; right: calc(50% - var(--shift) + 2px); transform: none; }
    .right .wall-label { left: calc(50% + var(--shift) + 2px); transform: none; }
  }
  .zero-label { left: 50%; transform: translateX(-50%); color: var(--faint); }
  @media (pointer: coarse) {
    .wall { width: 44px; margin-left: -22px; &.left { transform: translateX(-16px); --shift: 16px; } &.right { transform: translateX(16px); --shift: -16px; } }
    .wall-grip { width: 1.3em; height: 2.4em; left: calc(50% - 0.65em + var(--shift)); top: calc(50% - 1.2em); }
  }
}
.bnnlab .starved-advice {
  flex: 1; min-width: 0; display: flex; align-items: center; gap: 0.6em;
  .sentence { flex: 0 1 auto; }
  .tool { min-height: 2em; flex: none; }
  .bare { padding: 0; min-width: 2em; }
}
.bnnlab .weight-panel {
  > header { min-height: 1.4em; }
  .panel-body { gap: 0.25em; }
  header .faint { flex: 1; }
  .life-frame { flex: 1; min-height: 3em; }
  .now-and-flip {
    flex: none; display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 0 0.6em; align-items: center;
    p { grid-column: 1; } /* also where nobody can flip anything */
    .flip { grid-area: 1 / 2 / 3 / 3; }
  }
  .now-line { display: flex; align-items: baseline; gap: 0.7em; b { font-weight: 650; white-space: nowrap; min-width: 5.6em; } line-height: 1.25; }
  .flip-line { flex: none; line-height: 1.25; b { font-weight: 650; } }
  .tiles { display: grid; grid-template-columns: 1.2fr 1.1fr 1.2fr 1.1fr; gap: 0.25em; flex: none; }
  .tile {
    min-width: 0; display: flex; flex-direction: column; line-height: 1.2; padding: 0.12em 0.32em; overflow: hidden;
    background: var(--paper); border: 1px solid var(--grid); border-radius: var(--radius);
    span, b { overflow: hidden; white-space: nowrap; text-overflow: ellipsis; }
    b { font-weight: 650; }
    &.changes { border-color: var(--ink); }
  }
  .flip { padding: 0 0.7em; min-width: 4em; min-height: 2.2em; }
}
.bnnlab .time-line { padding: 0 0.5em 0 0.6em; min-height: 40px; position: relative; cursor: ew-resize; touch-action: none; }
.bnnlab .time-line .to-now { position: absolute; right: 10.2em; top: 50%; transform: translateY(-50%); }

/* What stands beside */
.bnnlab .beside-table {
  border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums;
  th, td { text-align: right; padding: 0.25em 0.4em; border-bottom: 1px solid var(--grid); font-weight: 400; }
  th { font-size: var(--small); color: var(--faint); }
  th:first-child, td:first-child { text-align: left; }
  tr:last-child td { border: 0; font-size: var(--small); color: var(--faint); }
}
.bnnlab .return-bars {
  display: flex; flex-direction: column; gap: 2px; font-variant-numeric: tabular-nums;
  p { display: grid; grid-template-columns: 7.5em minmax(0, 1fr) 4.5em; gap: 0.6em; align-items: center; text-align: right; }
  .bar { display: block; height: 0.8em; background: var(--mismatch); min-width: 1px; }
}
.bnnlab .film-row {
  display: flex; align-items: center; gap: 0.5em;
  input { width: 6em; }
}
.bnnlab .pinned-names { margin: 0; padding-left: 1.2em; }

/* Drawers: all other settings, what stands beside */
.bnnlab .drawer {
  position: fixed; inset: 0 0 0 auto; margin: 0; height: 100dvh; max-height: none; width: min(31em, 100vw); padding: 0; font-size: inherit; overflow: hidden;
  border: 0; border-left: 1px solid var(--grid); background: var(--paper); color: var(--ink); box-shadow: -8px 0 32px rgb(0 0 0 / 0.2);
  line-height: 1.35;
  &:popover-open { display: flex; flex-direction: column; }
  header { display: flex; align-items: center; justify-content: space-between; padding: 0.7em 1.1em; border-bottom: 1px solid var(--grid); flex: none; }
  h3 { font-size: 1.15em; font-weight: 650; }
  h4 { margin: 0; font-size: 1em; font-weight: 650; color: var(--control); }
  .drawer-body { overflow-y: auto; overscroll-behavior: contain; padding: 0.9em 1.1em 2em; display: flex; flex-direction: column; gap: 1.5em; }
  section { display: flex; flex-direction: column; gap: 0.95em; }
  section > .note { margin-top: -0.85em; }
  .note { font-size: var(--small); color: var(--faint); text-wrap: pretty; }
  .setting {
    display: grid; grid-template-columns: 8em minmax(0, 1fr); gap: 0.15em 0.7em; align-items: center;
    .note, .complaint { grid-column: 1 / -1; }
  }
  .complaint { color: var(--control); font-size: var(--small); font-weight: 600; }
  input, select {
    width: 100%; min-width: 0; min-height: 2.4em; padding: 0 0.6em; background: var(--paper); color: var(--ink); font-size: 1em;
    border: 1px solid var(--grid); border-radius: var(--radius);
    &:hover { border-color: var(--control); }
    &:focus-visible { outline-color: var(--control); }
    &[aria-invalid="true"] { border: 2px solid var(--control); }
    &:disabled { color: var(--faint); background: var(--panel); }
  }
  .field-row { display: flex; gap: 0.4em; .tool { flex: none; } .tool[data-locked] { padding: 0; color: var(--control); } }
  .choice-row { width: 100%; button { flex: 1; white-space: normal; padding: 0.3em 0.5em; } }
}
@media (max-width: 600px) {
  .bnnlab .drawer .setting { grid-template-columns: minmax(0, 1fr); }
}

/* On a phone: the clock and the answer stay in sight, the rest of the row scrolls away above the network. */
@container (max-width: 760px) {
  /* Play, step and accuracy stick to the top; then the network; what is chosen seldom comes after it. */
  .bnnlab .cockpit { display: flex; flex-wrap: wrap; align-items: center; gap: 8px; height: auto; }
  .bnnlab .control-bar {
    &, .last-tools { display: contents; }
    .pilot, .accuracy {
      position: sticky; top: var(--bar-top, 0px); z-index: 5; height: 56px; background: var(--paper);
      border-bottom: 1px solid var(--grid); box-shadow: -8px 0 0 var(--paper);
    }
    .accuracy { flex: 1 1 8em; justify-content: center; }
    .data-row, .more { order: 2; }
    .more { margin-left: auto; .more-text { display: none; } }
    > .choice-row, .progress { order: 3; }
    .progress { flex: 1 1 6em; }
    .binarise, .undo { order: 4; }
    .binarise .choice-row button { padding: 0 0.6em; }
    .tool, .choice-row button { min-height: 44px; }
    .thumbnail { width: 44px; height: 44px; min-height: 0; }
  }
  .bnnlab .network { order: 1; flex: 0 0 100%; }
  .bnnlab .deck { order: 5; flex: 0 0 100%; }
  .bnnlab .time-line { order: 6; flex: 0 0 100%; }
  .bnnlab .deck-panel { height: auto; gap: 0.5em; padding: 0.8em 0.9em; > header { flex-wrap: wrap; } .tool { min-height: 44px; } }
  .bnnlab .neuron-panel {
    &:popover-open {
      position: fixed; inset: auto 0 0 0; width: auto; max-width: none; margin: 0; height: auto; max-height: 72dvh; overflow: hidden auto; color: var(--ink);
      border-radius: 14px 14px 0 0; box-shadow: 0 -6px 28px rgb(0 0 0 / 0.28); overscroll-behavior: contain; padding-bottom: 1.2em;
    }
    header .faint { flex-basis: 100%; order: 1; }
    .bits-frame { flex: none; height: 5em; }
    .sum-line { flex-wrap: wrap; align-content: flex-start; white-space: normal; min-height: 2.8em; }
    .one-line:not(.word) { white-space: normal; }
    .panel-foot { flex-wrap: wrap; }
    .choice-row { margin-left: auto; button { min-height: 44px; } }
    .onward { width: 100%; }
  }
  .bnnlab .starved-advice { flex-wrap: wrap; flex-basis: 100%; .tool { min-height: 44px; min-width: 44px; } }
  .bnnlab .walls-panel .wall-plot { flex: none; height: 12em; }
  .bnnlab .weight-panel {
    .life-frame { flex: none; height: 7em; }
    .now-line { flex-wrap: wrap; }
    .one-line { white-space: normal; }
    .tiles { grid-template-columns: 1fr 1fr; }
  }
  .bnnlab .time-line { height: 5em; padding: 0.3em 0.6em; }
}
@media (prefers-reduced-motion: no-preference) {
  .bnnlab .tool { transition: border-color 0.12s, filter 0.12s; }
}
`;
