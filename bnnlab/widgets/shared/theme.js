// The palette as CSS variables on a widget's host, kept up to date when the page changes between light and dark.

import { element } from "./dom.js";
import { isDark, paletteOf } from "./palette.js";

// Calls `redraw(palette)` after each change of theme; the first call is the caller's. Returns { palette, stop }.
export function followTheme(host, redraw) {
  const theme = { palette: null, stop };
  // Text colour is inherited, through shadow roots too, so it changes with the page's theme whoever the page
  // is made by; a transition on it is the one event a page fires then.
  const probe = element("span", { "aria-hidden": "true", style: PROBE_STYLE });
  const changed = () => {
    const before = theme.palette;
    paint();
    if (theme.palette !== before) redraw(theme.palette);
  };

  function paint() {
    theme.palette = paletteOf(host);
    for (const [name, colour] of Object.entries(theme.palette)) {
      host.style.setProperty(`--${name}`, colour);
    }
    // Letters on the light orange of +1 have to be dark in both themes.
    const dark = isDark(host);
    host.style.setProperty("--on-plus", dark ? theme.palette.paper : theme.palette.ink);
    host.style.colorScheme = dark ? "dark" : "light";
  }

  function stop() {
    probe.removeEventListener("transitionend", changed);
    probe.remove();
  }

  probe.addEventListener("transitionend", changed);
  host.append(probe);
  paint();
  return theme;
}

const PROBE_STYLE =
  "position:absolute;width:0;height:0;visibility:hidden;color:inherit;" +
  "background-color:var(--st-background-color,var(--jp-layout-color0,transparent));" +
  "transition:color 1ms,background-color 1ms;";
