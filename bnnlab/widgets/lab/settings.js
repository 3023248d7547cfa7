// All other settings, in a drawer at the right: what takes hold at once, and what starts anew.

import { element, setHidden } from "../shared/dom.js";
import { drawer } from "./drawer.js";
import { settingField } from "./settings_field.js";
import { ANEW_FIELDS, AT_ONCE_FIELDS } from "./settings_fields.js";

// Returns { node, open(opener), draw, stop }. The drawer lies over the page and moves nothing.
export function settingsDrawer(cockpit) {
  let state = null;
  let tried = null; // the field whose value was sent last

  const groups = [
    settingsGroup("take hold at once", "Between two steps, also while it trains.", AT_ONCE_FIELDS),
    settingsGroup("start anew", "From step 0; “undo” brings back what was there.", ANEW_FIELDS),
  ];
  const { node, isOpen, open, stop } = drawer("Settings", "the settings", () => state && show(), ...groups.map((group) => group.node));
  const fields = groups.flatMap((group) => group.fields);

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

  function draw(next) {
    const news = next.notice && next.notice !== state?.notice;
    state = next;
    if (!isOpen()) return;
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

  return { node, open, draw, stop };
}
