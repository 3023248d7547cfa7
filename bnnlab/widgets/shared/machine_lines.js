// Machine instructions, one a line: those that count are marked by a word and its colour, those of the loop by a bar.
// What stands far from the loop is folded away, as a part of the page that scrolls by itself would catch its wheel.

import { element, setText } from "./dom.js";
import { countText } from "./numbers.js";

const AROUND = 6; // instructions that are seen before and after the loop
const MIN_FOLDED = 4; // fewer are not worth a button

// `onPick(index)`, if given, is told which line was pressed, or reached by the arrow keys.
export function machineLines(label, onPick = null) {
  const list = element("ol", { class: "machine-lines mono", "aria-label": label });
  const node = element("div", { class: "machine-box fading", tabindex: 0, role: "group", "aria-label": label }, list);
  let lines = [];
  let marked = -1;
  if (onPick) {
    list.classList.add("can-be-picked");
    list.addEventListener("click", ({ target }) => pick(lines.findIndex((line) => line.node.contains(target))));
    node.addEventListener("keydown", onKey);
  }

  // `rows` as machine_code.encode_instructions makes them; `between` puts lines of prose round the loop.
  function load(rows, between = null) {
    const longest = Math.max(...rows.map(({ mnemonic }) => mnemonic.length));
    list.style.setProperty("--name", `${longest}ch`);
    lines = rows.map((row) => machineLine(row));
    const nodes = lines.map((line) => line.node);
    const first = rows.findIndex((row) => row.in_loop);
    const last = rows.findLastIndex((row) => row.in_loop);
    if (between && first >= 0) {
      const [before, after] = [nodes.slice(0, Math.max(0, first - AROUND)), nodes.slice(last + 1 + AROUND)];
      nodes.splice(last + 1, 0, machineNote(between.after));
      nodes.splice(first, 0, machineNote(between.before));
      if (after.length >= MIN_FOLDED) nodes.splice(nodes.length - after.length, 0, foldedLines(after, "after it"));
      if (before.length >= MIN_FOLDED) nodes.splice(0, 0, foldedLines(before, "before it"));
    }
    list.replaceChildren(...nodes);
  }

  function onKey(event) {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!by) return;
    let next = marked < 0 ? lines.findIndex((line) => line.node.classList.contains("in-loop")) : marked + by;
    while (lines[next]?.node.hidden) next += by;
    if (!lines[next]) return;
    event.preventDefault();
    pick(next);
  }

  function pick(index) {
    if (index < 0) return;
    mark(index);
    onPick(index);
  }

  // Highlights the line at `index`, or with -1 none.
  function mark(index) {
    marked = index;
    lines.forEach((line, at) => line.node.classList.toggle("marked", at === index));
  }

  // What the instructions left behind, as text, "" for nothing.
  function showResults(texts) {
    texts.forEach((text, index) => setText(lines[index].result, text));
  }

  return { node, load, mark, showResults };
}

function machineLine({ offset, bytes, mnemonic, operands, in_loop: inLoop, role }) {
  const result = element("span", { class: "machine-result" });
  const node = element(
    "li", { class: [inLoop ? "in-loop" : "", role ? "counts" : ""].join(" "), title: bytes && `encoded as ${bytes}` },
    element("span", { class: "machine-offset" }, offset),
    element("span", { class: "machine-mark" }, ...(role ? [roleMark(role)] : [])),
    element("span", { class: "machine-name" }, mnemonic),
    element("span", { class: "machine-operands" }, operands),
    result,
  );
  return { node, result };
}

function machineNote(text) {
  return element("li", { class: "machine-note" }, text);
}

// The button that shows them stands where they begin, or where they end, until it is pressed.
function foldedLines(nodes, where) {
  for (const node of nodes) node.hidden = true;
  const text = `${countText(nodes.length, "more instruction")} ${where}`;
  const button = element("button", { type: "button" }, text);
  const line = element("li", { class: "machine-fold" }, button);
  button.addEventListener("click", (event) => {
    event.stopPropagation(); // it is no instruction
    for (const node of nodes) node.hidden = false;
    line.remove();
  });
  return line;
}

export function roleMark(role) {
  return element("span", { class: `role role-${role}` }, role);
}

export const MACHINE_LINES_STYLE = `
.bnnlab .machine-box { overflow: auto hidden; min-width: 0; }
.bnnlab .machine-lines {
  list-style: none; margin: 0;
  li {
    display: flex; gap: 10px; align-items: baseline; width: max-content; min-width: 100%;
    margin: 0; padding: 1px 8px 1px 6px; border-left: 4px solid transparent; line-height: 1.4;
    font-size: calc(12px * var(--letters, 1)); white-space: pre;
  }
  li:not(.in-loop) { color: var(--faint); }
  li.in-loop { border-left-color: var(--minus); background: var(--paper); }
  &.can-be-picked li:not(.machine-note, .machine-fold) { cursor: pointer; }
  li.machine-fold button { font-size: calc(12px * var(--letters, 1)); }
  li.counts { font-weight: 700; }
  li.marked { outline: 2px solid var(--ink); outline-offset: -2px; border-radius: 4px; }
  li.machine-note {
    width: 100%; white-space: normal; padding: 4px 6px; color: var(--ink);
    font-family: var(--st-font, system-ui, sans-serif); font-weight: 600;
  }
  .machine-offset { min-width: 3ch; text-align: right; color: var(--faint); font-weight: 400; }
  .machine-mark { width: 46px; flex: none; display: flex; align-self: center; }
  .machine-name { min-width: var(--name); }
}
.bnnlab .role {
  display: inline-block; width: 46px; flex: none; border-radius: 4px; text-align: center;
  font: 600 11px/16px var(--st-font, system-ui, sans-serif);
  background: var(--role); color: var(--role-letter, var(--paper));
}
.bnnlab .role-xor { --role: var(--mismatch); }
.bnnlab .role-not { --role: var(--faint); }
.bnnlab .role-count { --role: var(--minus); }
.bnnlab .role-add { --role: var(--plus); --role-letter: var(--on-plus); }
`;
