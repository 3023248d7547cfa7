// All other settings, in a drawer at the right: what takes hold at once, and what starts anew.

import { element, setHidden } from "../shared/dom.js";
import { lineIcon } from "./panel_icons.js";
import { cockpitButton } from "./panel_parts.js";
import { settingField } from "./settings_field.js";
import { ANEW_FIELDS, AT_ONCE_FIELDS } from "./settings_fields.js";

// Returns { node, open(opener), draw, stop }. The drawer lies over the page and moves nothing.
export function settingsDrawer(cockpit) {
  let opener = null;
  let state = null;
  let tried = null; // the field whose value was sent last

  const close = cockpitButton(lineIcon("close"), "Close (Escape)", shut, { "aria-label": "Close the settings" });
  const groups = [
    settingsGroup("take hold at once", "Between two steps, also while it trains.", AT_ONCE_FIELDS),
    settingsGroup("start anew", "From step 0; “undo” brings back what was there.", ANEW_FIELDS),
  ];
  const node = element(
    "aside", { class: "settings-drawer", role: "dialog", "aria-label": "Settings", popover: "manual" },
    element("header", {}, element("h3", {}, "Settings"), close),
    element("div", { class: "settings-body" }, ...groups.map((group) => group.node)),
  );
  const fields = groups.flatMap((group) => group.fields);
  window.addEventListener("keydown", onKey);

  function settingsGroup(title, note, definitions) {
    const made = definitions.map((definition) => ({
      ...definition,
      ...settingField(definition, (value) => {
        tried = definition.name;
        cockpit.act({ do: "set", settings: { [definition.name]: value } });
      }),
    }));
    const heading = element("h4", {}, title);
    const group = element("section", {}, heading, element("p", { class: "note" }, note), ...made.map((field) => field.node));
    return { node: group, fields: made };
  }

  // From wherever the focus is: the drawer lies beside the picture, and both can be used.
  function onKey(event) {
    if (event.key === "Escape" && opener) shut();
  }

  function open(from) {
    if (node.matches(":popover-open")) return shut();
    opener = from;
    node.showPopover();
    if (state) show();
    node.querySelector("input:not(:disabled), select")?.focus({ preventScroll: true });
  }

  function shut() {
    node.hidePopover();
    opener?.focus();
    opener = null;
  }

  function draw(next) {
    const news = next.notice && next.notice !== state?.notice;
    state = next;
    if (!opener) return;
    show();
    if (news) complain(next.notice);
  }

  function show() {
    const { config, choices, datasets } = state;
    if (!config) return;
    const here = datasets?.filter((dataset) => dataset.here || dataset.name === config.dataset);
    const titles = Object.fromEntries(here?.map(({ name, title }) => [name, title]) ?? []);
    const data = datasets?.find(({ name }) => name === config.dataset)?.kind ?? state.view.kind;
    for (const field of fields) {
      setHidden(field.node, field.applies ? !field.applies(config, data) : !(field.name in config));
      if (!field.node.hidden) {
        field.show(config, field.name === "dataset" ? here?.map(({ name }) => name) : choices?.[field.name], titles);
      }
    }
  }

  // The server's sentence begins with the setting's name; if it does not, it is about the one tried last.
  function complain(notice) {
    const named = fields.find(({ name }) => notice.toLowerCase().startsWith(`${name} `));
    if (named) named.complain(named.label + notice.slice(named.name.length));
    else fields.find(({ name }) => name === tried)?.complain(notice);
  }

  return { node, open, draw, stop: () => window.removeEventListener("keydown", onKey) };
}
