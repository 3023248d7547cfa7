// A picture on the page, as the adapter of a notebook or of the lab would mount it.

import { element } from "../widgets/shared/dom.js";

// `mount` as in widgets/shared/adapter.js; `onEvent(name, value)` hears what the reader does.
export function mounted(place, mount, onEvent = () => {}, ...more) {
  const host = element("div", { class: "bnnlab" });
  place.append(host);
  return mount(host, (name, value) => onEvent(name.replace("!", ""), value), ...more);
}
