// What the address hides: `?hide=bar,time` leaves those panels out, for a lecture or a page that shows one thing. The rest
// shares the room.

const ROWS = { bar: "auto", network: "minmax(21em, 1fr)", deck: "minmax(12.9em, 22%)", time: "3.1em" };
const DECK = { neuron: "1.36fr", weights: "0.52fr", x: "0.52fr", weight: "1.02fr" };

// panels: { name: node } of all that can be hidden: those above, but the deck as a whole.
export function hidePanels(cockpit, deck, panels) {
  const asked = new URLSearchParams(location.search).get("hide")?.split(",") ?? [];
  const hidden = asked.filter((name) => name in panels);
  if (!hidden.length) return;
  for (const name of hidden) panels[name].classList.add("left-out");
  const seen = (name) => !hidden.includes(name);
  const columns = Object.keys(DECK).filter(seen);
  deck.classList.toggle("left-out", !columns.length);
  deck.style.gridTemplateColumns = columns.map((name) => `minmax(0, ${DECK[name]})`).join(" ");
  const rows = Object.keys(ROWS).filter((name) => (name === "deck" ? columns.length : seen(name)));
  cockpit.style.gridTemplateRows = rows.map((name) => (name === "deck" && !seen("network") ? "minmax(12.9em, 1fr)" : ROWS[name])).join(" ");
}
