// The page's address says what is seen: a link opens the same network, neuron and weight. Only what differs from the
// defaults stands in it, what others put there stays, and no entry is added to the browser's history.

const WRITE_EVERY_MS = 250;
const NEVER_IN_ADDRESS = ["device", "evaluate_every"];
const SELECTION_KEYS = ["layer", "neuron", "weight", "position"];

export function addressKeeper() {
  let wanted = null;
  let written = null;
  let timer = 0;
  let page = ""; // where the address was to be written

  function draw(state) {
    if (!state.config || !state.canCommand || state.state === "loading") return; // a notebook has no address
    const next = addressOf(state, unsaidOf(state));
    if (JSON.stringify(next) === JSON.stringify(wanted)) return;
    wanted = next;
    page = window.location.pathname;
    if (!timer) timer = setTimeout(write, written ? WRITE_EVERY_MS : 0);
  }

  function write() {
    timer = 0;
    if (window.location.pathname !== page) return; // the reader has gone on: that page's address is not ours
    const address = new URL(window.location.href);
    for (const [key, value] of Object.entries(wanted)) {
      if (value === null) address.searchParams.delete(key);
      else address.searchParams.set(key, value);
    }
    if (address.href !== window.location.href) window.history.replaceState(window.history.state, "", address);
    written = wanted;
  }

  return { draw, stop: () => clearTimeout(timer) };
}

// The settings that need not be said: the defaults, and with other data or another model what suits those.
function unsaidOf({ config, defaults, suited }) {
  if (!defaults) return {};
  const { dataset, model } = defaults;
  if (config.dataset === dataset && config.model === model) return defaults;
  return { ...defaults, ...suited?.[config.dataset]?.[config.model], dataset, model };
}

// Every key that is ours, with its text, or null where it is left out.
export function addressOf({ config, selection, example, playing, speed }, defaults) {
  const address = {};
  for (const [name, value] of Object.entries(config)) {
    if (NEVER_IN_ADDRESS.includes(name)) continue;
    address[name] = name in defaults && JSON.stringify(value) === JSON.stringify(defaults[name]) ? null : settingText(value);
  }
  for (const key of SELECTION_KEYS) {
    const value = selection?.[key];
    address[key] = value === null || value === undefined ? null : settingText(value);
  }
  address.example = example?.index ? String(example.index) : null;
  address.play = playing ? null : "false";
  address.speed = speed === 1 || speed === 10 ? String(speed) : null;
  return address;
}

function settingText(value) {
  return Array.isArray(value) ? value.join(",") : value === null ? "none" : String(value);
}
