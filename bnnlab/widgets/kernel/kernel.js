// A kernel as it was written and as it runs: C source, machine code, and the lecture's slide beside them.

import { adapt } from "../shared/adapter.js";
import { announce } from "../shared/announce.js";
import { element, setHidden, setText } from "../shared/dom.js";
import { MACHINE_LINES_STYLE, machineLines, roleMark } from "../shared/machine_lines.js";
import { SOURCE_LINES_STYLE, sourceLines } from "../shared/source_lines.js";
import { addStyles } from "../shared/style.js";
import { followTheme } from "../shared/theme.js";

export function mountKernel(host) {
  let shown = null;
  let data = null;
  addStyles(host, SOURCE_LINES_STYLE, MACHINE_LINES_STYLE, KERNEL_STYLE);
  const theme = followTheme(host, () => {});
  const summary = element("p", { class: "takeaway" });
  const source = sourceLines("C source of the kernel");
  const sourcePlace = element("p", { class: "note" });
  const code = machineLines("Machine code of the kernel", show);
  const codePlace = element("p", { class: "note" });
  const reading = noteLine("");
  const codePanel = kernelPanel("What the compiler made of it", codePlace, code.node, reading);
  const meanings = element("dl", { class: "meanings" });
  const meaningPanel = kernelPanel("The instructions that count", meanings);
  const slide = machineLines("The lecture's machine code");
  const compared = element("p");
  const anywhere = machineLines("Machine code for any CPU");
  const anywhereMeanings = element("dl", { class: "meanings" });
  const anywherePanel = kernelPanel(
    "The same loop for any CPU", withoutAttribute(), anywhere.node, anywhereMeanings,
  );
  host.append(
    element(
      "div", { class: "kernel" },
      summary,
      element(
        "div", { class: "kernel-columns" },
        element(
          "div", { class: "kernel-column" },
          kernelPanel("The loop in C", sourcePlace, source.node, noteLine(MARKED_LINE)),
          meaningPanel,
        ),
        codePanel,
      ),
      element(
        "div", { class: "kernel-compared" },
        kernelPanel("On the lecture's slide", noteLine(FROM_THE_SLIDE), slide.node, compared),
        anywherePanel,
      ),
    ),
  );

  function update(next) {
    if (shown === next.id) return;
    data = next;
    shown = data.id;
    host.dataset.kernel = data.kernel;
    setText(summary, data.summary);
    setText(sourcePlace, sourceText(data.source));
    source.load(data.source);
    const hasCode = data.code.length > 0;
    for (const node of [codePanel, meaningPanel, summary]) setHidden(node, !hasCode);
    setText(codePlace, data.place);
    setText(reading, data.reading);
    code.load(data.code, BETWEEN);
    code.mark(data.marked);
    meanings.replaceChildren(...data.meanings.flatMap(meaningEntry));
    slide.load(data.slide.map((row) => ({ ...row, in_loop: true })));
    setText(compared, data.compared);
    setHidden(anywherePanel, !data.anywhere.length);
    anywhere.load(data.anywhere);
    anywhereMeanings.replaceChildren(...data.anywhere_meanings.flatMap(meaningEntry));
    show(data.marked);
    if (data.marked >= 0) setTimeout(bringMarked, MARKED_AFTER_MS);
  }

  // Who comes for one instruction sees it, once the page stands at its top.
  function bringMarked() {
    code.node.querySelector("li.marked")?.scrollIntoView({ block: "center" });
  }

  // What is known of the instruction at `index`: it stands out where all of them are explained.
  function show(index) {
    const marked = data.code[index]?.mnemonic ?? null;
    for (const entry of meanings.children) entry.classList.toggle("is-marked", entry.dataset.mnemonic === marked);
    announce(host, "kernel", { kernel: data.kernel, marked });
  }

  function destroy() {
    theme.stop();
    host.remove();
  }

  return { update, destroy };
}

function kernelPanel(title, ...parts) {
  return element("section", { class: "panel", "aria-label": title }, element("h3", {}, title), ...parts);
}

function noteLine(text) {
  return element("p", { class: "note" }, text);
}

function withoutAttribute() {
  return element(
    "p", { class: "note" },
    "Old CPUs have no popcnt. Only ",
    element("code", {}, '__attribute__((target("popcnt")))'),
    " above the function lets the compiler use it. Without that the same C line becomes this loop, which is loaded too:",
  );
}

function meaningEntry({ mnemonic, role, text }) {
  return [
    element("dt", { "data-mnemonic": mnemonic }, roleMark(role), element("span", { class: "mono" }, mnemonic)),
    element("dd", { "data-mnemonic": mnemonic }, text),
  ];
}

function sourceText({ file, numbers }) {
  return `${file}, lines ${numbers[0]} to ${numbers.at(-1)}`;
}

const MARKED_AFTER_MS = 300;
const BETWEEN = {
  before: "Here the loop begins.",
  after: "Here it ends: the jump above goes back while there is more to count.",
};
const MARKED_LINE = "Marked: the line that counts. Those around it choose the words.";
const FROM_THE_SLIDE = "What the lecture's compiler made of its C line. Addresses and registers are a compiler's choice.";

const KERNEL_STYLE = `
.bnnlab .kernel {
  display: flex; flex-direction: column; gap: 12px;
  .takeaway { min-height: 0; }
  .panel { display: flex; flex-direction: column; gap: 8px; }
  .kernel-columns { display: grid; grid-template-columns: minmax(0, 1fr); gap: 12px; align-items: start; }
  .kernel-column { display: flex; flex-direction: column; gap: 12px; min-width: 0; }
  .kernel-compared { display: flex; flex-wrap: wrap; gap: 12px; align-items: flex-start; }
  .kernel-compared .panel { flex: 1 1 420px; }
}
.bnnlab .meanings {
  display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 6px 12px; align-items: baseline;
  dd.is-marked { text-decoration: underline; text-decoration-color: var(--faint); text-underline-offset: 4px; }
  dt { display: flex; gap: 8px; align-items: center; font-weight: 600; }
}
@container (min-width: 980px) {
  .bnnlab .kernel .kernel-columns { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); }
}
`;

export default adapt(mountKernel);
