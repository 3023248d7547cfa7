// How the cards of the lab are set: three columns where there is room, two on a laptop, one on a narrow page.

export const LAB_STYLE = `
.bnnlab .lab { display: grid; grid-template-columns: minmax(0, 1fr); gap: 14px; }
.bnnlab .card {
  display: flex; flex-direction: column; gap: 6px;
  header { display: flex; flex-wrap: wrap; align-items: center; gap: 2px 10px; min-height: 28px; }
  h3 { font-size: 15px; }
  .tools { margin-left: auto; }
  .readout {
    font-size: 12.5px; height: 20px; line-height: 20px; color: var(--ink);
    overflow: hidden; white-space: nowrap; text-overflow: ellipsis;
  }
  .takeaway { font-size: 14px; }
  .body { min-width: 0; }
  &.no-layers .takeaway { min-height: 0; }
}
.bnnlab .drawing { display: block; width: 100%; border-radius: 4px; touch-action: none; }
.bnnlab .answers .body, .bnnlab .sign-map .body { height: 348px; }
.bnnlab .answers .body:has(> .images) { height: auto; min-height: 348px; }

.bnnlab .legend {
  display: flex; flex-wrap: wrap; align-items: center; gap: 4px 14px; font-size: 12px; color: var(--faint);
  min-height: 28px;
  &:empty { display: none; }
  .entry { display: inline-flex; align-items: center; gap: 6px; white-space: nowrap; }
  .spring { flex: 1; }
  .swatch { width: 12px; height: 12px; border-radius: 2px; flex: none; }
  .minus, .disc { background: var(--minus); }
  .plus { background: var(--plus); }
  .mismatch { background: var(--mismatch); }
  .disc { border-radius: 50%; width: 10px; height: 10px; }
  .triangle { background: var(--plus); clip-path: polygon(50% 0, 100% 100%, 0 100%); border-radius: 0; }
  .ring { border: 2px solid var(--mismatch); border-radius: 50%; }
  .line { height: 0; border-top: 2px solid var(--ink); border-radius: 0; width: 16px; }
  .never { border: 1px solid var(--faint); background: var(--never); }
  .framed { border: 2px solid var(--mismatch); }
  .ramp-scale { display: inline-flex; flex-direction: column; width: 130px; }
  .ramp { height: 10px; border-radius: 2px; background: linear-gradient(90deg, var(--once), var(--often)); }
  .ramp-marks { display: flex; justify-content: space-between; line-height: 1.2; }
  b { font-weight: 400; }
}

.bnnlab .segments {
  display: flex; flex-wrap: wrap; gap: 4px;
  button { min-height: 26px; font-size: 13px; padding: 0 10px; }
  [aria-pressed="true"] { background: var(--minus); border-color: var(--minus); color: var(--paper); }
}

.bnnlab .maps {
  display: grid; grid-template-columns: 1fr 1fr; gap: 12px 16px; height: 100%;
  &.stacked { grid-template-columns: 1fr; grid-template-rows: 1fr 1fr; }
  .weight-map { display: flex; flex-direction: column; min-width: 0; min-height: 0; position: relative; }
  figcaption { font-size: 12px; line-height: 20px; color: var(--ink); }
  .map-stack { position: relative; flex: 1; min-height: 0; }
  .pixels { position: absolute; pointer-events: none; }
  .above { position: absolute; inset: 0; height: 100%; }
  .waiting { position: absolute; left: 30px; top: 50px; }
}

.bnnlab .surface-frame { height: 100%; display: grid; place-items: center; }
.bnnlab .surface { height: 100%; width: auto; max-width: 100%; aspect-ratio: 1; }

.bnnlab .images {
  display: grid; grid-template-columns: repeat(auto-fill, minmax(max(64px, 18%), 1fr)); gap: 6px 4px;
  padding: 3px;
  .tile {
    display: flex; flex-direction: column; align-items: center; gap: 2px; padding: 4px 2px 3px;
    min-width: 0; min-height: auto; border-width: 2px; font-size: 12px; line-height: 1.25;
  }
  canvas { width: 36px; height: 36px; image-rendering: pixelated; border-radius: 2px; }
  .said, .truth { white-space: nowrap; }
  .truth svg { visibility: hidden; }
  .wrong { border-color: var(--mismatch); .truth { color: var(--mismatch); font-weight: 600; } .truth svg { visibility: visible; } }
  [aria-pressed="true"] { outline: 2px solid var(--ink); outline-offset: 1px; }
}

.bnnlab .vitals {
  grid-column: 1 / -1; display: grid; gap: 10px 18px; padding: 10px 16px;
  grid-template-columns: repeat(2, minmax(0, 1fr));
  .vital { position: relative; display: flex; flex-direction: column; min-width: 0; font-size: 12px; cursor: help; }
  .label { font-weight: 600; text-decoration: underline dotted var(--faint); text-underline-offset: 3px; }
  .value { font-size: 19px; line-height: 1.35; font-weight: 600; white-space: nowrap; }
  .vital:hover::after, .vital:focus-visible::after {
    content: attr(data-help); position: absolute; z-index: 2; top: 100%; left: 0; width: 230px;
    background: var(--ink); color: var(--paper); padding: 8px 10px; border-radius: 6px; line-height: 1.4;
  }
  .vital:last-child::after { left: auto; right: 0; }
}

@container (min-width: 560px) {
  .bnnlab .vitals { grid-template-columns: repeat(3, minmax(0, 1fr)); }
}
@container (min-width: 760px) {
  .bnnlab .lab { grid-template-columns: repeat(20, minmax(0, 1fr)); }
  .bnnlab .card { grid-column: span 10; }
  /* Without binary layers there are three cards and a sentence. */
  .bnnlab .card.no-layers { grid-column: 1 / -1; }
  .bnnlab .bare .card.answers { grid-column: span 10; grid-row: span 2; .body { flex: 1 0 348px; } }
}
@container (min-width: 860px) {
  .bnnlab .vitals { grid-template-columns: repeat(5, minmax(0, 1fr)) minmax(0, 1.3fr); }
}
@container (min-width: 940px) {
  .bnnlab .answers { grid-column: span 8; }
  .bnnlab .sign-map { grid-column: span 12; }
}
@container (min-width: 1100px) {
  .bnnlab .lab { grid-template-columns: repeat(3, minmax(0, 1fr)); }
  .bnnlab .card { grid-column: span 1; }
  .bnnlab .card.sign-map { grid-column: span 2; }
  .bnnlab .bare .card.answers { grid-column: span 1; grid-row: auto; }
}
`;
