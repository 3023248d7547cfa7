// What all pictures share: type, panels, buttons, focus. Colours are the variables that theme.js sets.

import { element } from "./dom.js";

// Puts the shared rules and a widget's own into its host, where a shadow root sees them too. A host that goes by another
// name gets them under that.
export function addStyles(host, ...sheets) {
  const style = element("style");
  const rules = [SHARED_STYLE, ...sheets].join("\n");
  style.textContent = host.className === "bnnlab" ? rules : rules.replaceAll(".bnnlab", `.${host.className}`);
  host.append(style);
}

const SHARED_STYLE = `
.bnnlab {
  position: relative; box-sizing: border-box; width: 100%; min-width: 0;
  container-type: inline-size;
  font-size: calc(14px * var(--letters, 1)); line-height: 1.45;
  font-family: var(--st-font, var(--jp-ui-font-family, system-ui, sans-serif));
  font-variant-numeric: tabular-nums;

  > * { color: var(--ink); } /* not on the host: theme.js listens to the colour that it inherits */
  *, *::before, *::after { box-sizing: border-box; }
  [hidden] { display: none !important; }
  p, h3, ol, ul, dl, dd, figure { margin: 0; padding: 0; }
  h3 { font: inherit; font-weight: 600; }
  table { border-collapse: collapse; }

  .mono, code, kbd {
    font-family: var(--st-code-font, var(--jp-code-font-family, ui-monospace, "DejaVu Sans Mono", monospace));
    font-size: calc(13px * var(--letters, 1)); background: none; padding: 0; color: inherit;
  }
  /* In slanted letters of the text's own font: a typewriter's i reads like 1. */
  .lowered {
    font-family: var(--st-font, var(--jp-ui-font-family, system-ui, sans-serif)); font-style: italic;
    font-size: 0.8em; line-height: 0; vertical-align: -0.25em; margin-left: 0.06em;
  }
  .faint { color: var(--faint); }
  .note { color: var(--faint); font-size: calc(13px * var(--letters, 1)); }
  /* Two lines, so that nothing below moves when the numbers in the sentence change. */
  .takeaway { font-size: calc(15px * var(--letters, 1)); font-weight: 500; min-height: 2.9em; }
  .panel {
    background: var(--panel); border: 1px solid var(--grid); border-radius: 8px;
    padding: 12px 14px; min-width: 0;
  }
  .visually-hidden {
    position: absolute; width: 1px; height: 1px; overflow: hidden;
    clip-path: inset(50%); white-space: nowrap;
  }
  /* Hatching marks what does not count: padding bits, blocked gradients. */
  .hatched {
    background-image: repeating-linear-gradient(
      135deg, var(--faint) 0 1px, transparent 1px 5px
    );
  }
  button, select, input { font: inherit; color: inherit; }
  button, select {
    min-height: 34px; background: var(--paper); border: 1px solid var(--grid); border-radius: 6px;
  }
  button { min-width: 36px; padding: 0 8px; cursor: pointer; }
  button:hover { border-color: var(--faint); }
  button[aria-disabled="true"] { color: var(--grid); border-color: var(--grid); cursor: default; }
  select { padding: 0 6px; }
  input[type="range"] { accent-color: var(--minus); min-width: 0; margin: 0; }
  :focus-visible { outline: 2px solid var(--minus); outline-offset: 2px; }
  /* Lines that are too long for their place fade out at the right until they have been scrolled to their end. */
  .fading {
    mask: linear-gradient(to left, transparent, black 3rem) left / calc(100% + 3rem) 100% no-repeat;
    animation: bnnlab-fading linear; animation-timeline: scroll(self inline);
    &:focus-visible { outline-offset: -2px; } /* what is outside is masked */
  }
}
@keyframes bnnlab-fading { from, 90% { mask-size: 100% 100%; } to { mask-size: calc(100% + 3rem) 100%; } }
`;
