// A neuron's inputs above its weights, bit by bit on a canvas: sorted into those that agree and those that differ, or
// in the order of the machine's words. Where the inputs are numbers, each is a bar times the sign of its weight.

import { hatching, nameCanvas } from "../shared/canvas.js";
import { countText, roundedText, signedText } from "../shared/numbers.js";
import { bitScroll } from "./bit_scroll.js";
import { bitGroups } from "./neuron_bits.js";
import { panelCanvas } from "./panel_parts.js";

const BITS_A_LINE = 64;
const DENSER = [128, 256]; // bits a line where they would not all be seen otherwise
const MIN_CELL = 1.6; // CSS pixels
const NARROW_EM = 26.5; // below this width a line of 64 bits could not be read
const GROUP_NAMES = ["agree", "differ", "meet a 0"];

// `choose(tap)` selects a weight.
export function bitRows(choose) {
  let shown = null; // { neuron, sorted, palette }
  let perLine = BITS_A_LINE;
  let lines = []; // as laid out last: { taps, left, top, cell, row }
  const canvas = panelCanvas(() => shown && paint(), { role: "slider", "aria-orientation": "horizontal" }, "600");
  const scroll = bitScroll(canvas.node, () => shown && paint());

  canvas.node.addEventListener("click", ({ offsetX, offsetY }) => {
    const tap = tapAt(offsetX, offsetY);
    if (tap !== null) choose(tap);
  });
  canvas.node.addEventListener("pointermove", ({ offsetX, offsetY }) => {
    const tap = tapAt(offsetX, offsetY);
    canvas.node.style.cursor = tap === null ? "" : "pointer";
    canvas.node.title = tap === null ? "" : tapText(shown.neuron, tap);
  });
  canvas.node.addEventListener("keydown", (event) => {
    const order = lines.flatMap(({ taps }) => taps);
    const at = order.indexOf(shown?.neuron.weight);
    const target = {
      ArrowLeft: at - 1, ArrowRight: at + 1, ArrowUp: at - perLine, ArrowDown: at + perLine, Home: 0, End: order.length - 1,
    }[event.key];
    if (target === undefined || !order.length) return;
    event.preventDefault();
    choose(order[Math.max(0, Math.min(order.length - 1, target))]);
  });

  function tapAt(x, y) {
    for (const { taps, left, top, cell, height } of lines) {
      const index = Math.floor((x - left) / cell);
      if (y >= top - 2 && y < top + height + 2 && index >= 0 && index < taps.length) return taps[index];
    }
    return null;
  }

  function draw(neuron, sorted, palette) {
    shown = { neuron, sorted, palette };
    writeAttribute(canvas.node, "aria-valuemin", "0");
    writeAttribute(canvas.node, "aria-valuemax", String(neuron.signs.length - 1));
    writeAttribute(canvas.node, "aria-valuenow", String(neuron.weight ?? 0));
    writeAttribute(canvas.node, "aria-valuetext", neuron.weight === null ? "no weight selected" : tapText(neuron, neuron.weight));
    nameCanvas(canvas.node, "Weights of the neuron; arrow keys select one");
    paint();
  }

  function paint() {
    const pen = canvas.begin();
    if (!pen.width) return;
    const { neuron, sorted, palette } = shown;
    if (!neuron.inputs || !neuron.counts) return paintNumbers(pen, neuron, palette);
    const groups = bitGroups(neuron, sorted);
    const wide = pen.width >= NARROW_EM * pen.em;
    const single = wide && neuron.signs.length <= BITS_A_LINE;
    const layout = single ? singleLine(pen, groups) : fittingLines(pen, groups, wide, scroll.room());
    [lines, perLine] = [layout.lines, layout.perLine ?? BITS_A_LINE];
    scroll.show(lines, layout.height, `${neuron.layer.name} ${neuron.neuron} ${neuron.weight} ${sorted}`, neuron.weight);
    for (const line of lines) paintLine(pen.ctx, line, neuron, palette);
    if (!sorted) paintAgreements(pen.ctx, neuron, palette);
    paintLabels(pen, layout.labels, palette);
    paintFrame(pen.ctx, neuron, palette);
  }

  function paintLine(ctx, { taps, left, top, cell, row, gap }, neuron, palette) {
    const across = Math.max(0.5, cell - (cell > 4 ? 1 : 0.4));
    for (const [values, y] of [[neuron.inputs, top], [neuron.signs, top + row + gap]]) {
      for (const [sign, colour] of [[1, palette.plus], [-1, palette.minus], [0, palette.grid]]) {
        ctx.fillStyle = colour;
        taps.forEach((tap, index) => {
          if (Math.sign(values[tap]) === sign) ctx.fillRect(left + index * cell, y, across, row);
        });
      }
    }
    if (!neuron.padded) return;
    ctx.fillStyle = hatching(ctx, palette.panel);
    taps.forEach((tap, index) => {
      if (neuron.padded[tap]) ctx.fillRect(left + index * cell, top, across, row);
    });
  }

  // In the order of the wires a mark between the rows says where they agree.
  function paintAgreements(ctx, { inputs, signs }, palette) {
    ctx.fillStyle = palette.ink;
    for (const { taps, left, top, cell, row, gap } of lines) {
      const size = Math.min(cell - 1, 0.3 * row, 4);
      if (size < 1) continue;
      taps.forEach((tap, index) => {
        if (inputs[tap] === signs[tap]) {
          ctx.fillRect(left + (index + 0.5) * cell - 0.5 - size / 2, top + row + (gap - size) / 2, size, size);
        }
      });
    }
  }

  function paintLabels(pen, labels, palette) {
    pen.ctx.fillStyle = palette.ink;
    pen.ctx.textBaseline = "top";
    for (const { text, x, y, align } of labels) {
      pen.ctx.textAlign = align;
      pen.ctx.fillText(text, x, y);
    }
    const divider = labels.find(({ line }) => line)?.line;
    if (divider) pen.ctx.fillRect(divider.x, divider.top, 1.5, divider.height);
  }

  function paintFrame(ctx, { weight }, palette) {
    const line = weight === null ? null : lines.find(({ taps }) => taps.includes(weight));
    if (!line) return;
    const x = line.left + line.taps.indexOf(weight) * line.cell;
    ctx.lineWidth = 2;
    ctx.strokeStyle = palette.ink;
    ctx.strokeRect(x - 1.5, line.top - 1.5, line.cell + 2, line.height + 3);
  }

  function paintNumbers({ ctx, width, height, em }, neuron, palette) {
    const { inputs, signs, weight } = neuron;
    lines = [];
    if (!inputs) return scroll.show(lines, 3.4 * em, "", null);
    const cell = (width - 4) / signs.length;
    const middle = height / 2;
    const largest = inputs.reduce((most, value, tap) => Math.max(most, Math.abs(value * signs[tap])), 1e-9);
    lines = [{ taps: Array.from(signs.keys()), left: 2, top: 3, cell, height: height - 6 }];
    scroll.show([], 3.4 * em, "", null);
    for (const [sign, colour] of [[1, palette.plus], [-1, palette.minus]]) {
      ctx.fillStyle = colour;
      signs.forEach((each, tap) => {
        if (Math.sign(each) !== sign) return;
        const tall = ((inputs[tap] * each) / largest) * (middle - 4);
        ctx.fillRect(2 + tap * cell, middle - Math.max(0, tall), Math.max(0.5, cell - (cell > 3 ? 1 : 0)), Math.max(1, Math.abs(tall)));
      });
    }
    ctx.fillStyle = palette.faint;
    ctx.fillRect(0, middle - 0.5, width, 1);
    if (weight === null) return undefined;
    ctx.lineWidth = 2;
    ctx.strokeStyle = palette.ink;
    return ctx.strokeRect(2 + weight * cell - 1.5, 2, Math.max(cell, 3) + 2, height - 4);
  }

  function stop() {
    canvas.stop();
    scroll.stop();
  }

  return { node: scroll.node, draw, stop };
}

function singleLine({ width, height, em }, groups) {
  const full = groups.filter((group) => group.length);
  const between = 9;
  const count = full.reduce((sum, group) => sum + group.length, 0);
  const cell = (width - 4 - between * (full.length - 1)) / count;
  const label = groups.length > 1 ? 1.25 * em : 0;
  const gap = groups.length > 1 ? 3 : 6;
  const row = Math.max(0.85 * em, Math.min(2.2 * em, (height - label - gap - 6) / 2));
  const tall = 2 * row + gap;
  let left = 2;
  const lines = full.map((taps) => {
    const line = { taps, left, top: 3, cell, row, gap, height: tall };
    left += taps.length * cell + between;
    return line;
  });
  return { lines, height: tall + label + 6, labels: groups.length > 1 ? dividerLabels(groups, lines, tall, label) : [] };
}

// The counts left and right of a line between those that agree and those that differ.
function dividerLabels([agreeing, differing, zeros], [first, second], tall, label) {
  const x = agreeing.length && second ? second.left - 5 : agreeing.length ? first.left + agreeing.length * first.cell + 3 : 4;
  const y = tall + 6;
  const rest = zeros.length ? `, ${zeros.length} ${GROUP_NAMES[2]}` : "";
  return [
    { text: x > 90 ? `${agreeing.length} agree` : String(agreeing.length), x: x - 6, y, align: "right", line: { x, top: 0, height: tall + label + 4 } },
    { text: `${differing.length} differ${rest}`, x: x + 8, y, align: "left" },
  ].filter(({ text }) => text !== "0");
}

// As many bits a line as it takes to see all of them at once, or 64 where that is not possible.
function fittingLines(pen, groups, wide, room) {
  const usual = manyLines(pen, groups, wide, BITS_A_LINE);
  if (!wide || usual.height <= room) return usual;
  for (const perLine of DENSER) {
    const layout = manyLines(pen, groups, wide, perLine);
    if (layout.cell >= MIN_CELL && layout.height <= room) return layout;
  }
  return usual;
}

function manyLines({ width, em }, groups, wide, bits) {
  const count = groups.reduce((sum, group) => sum + group.length, 0);
  const perLine = wide ? bits : count <= BITS_A_LINE ? 16 : 32;
  const sorted = groups.length > 1;
  const beside = wide || !sorted; // labels stand left of the lines, or above them
  const indent = !beside ? 0 : sorted ? 5.4 * em : 2.2 * em;
  const cell = (width - 4 - indent) / perLine;
  const dense = wide && perLine > BITS_A_LINE;
  const row = (dense ? 0.44 : wide ? 0.5 : count <= BITS_A_LINE ? 0.95 : 0.6) * em;
  const [lines, labels] = [[], []];
  const gap = sorted ? 1 : 3;
  let top = 3;
  groups.forEach((group, at) => {
    if (!group.length) return;
    if (sorted) {
      labels.push({ text: `${group.length} ${GROUP_NAMES[at]}`, x: 2, y: top - 1, align: "left" });
      if (!beside) top += 1.25 * em;
    }
    for (let start = 0; start < group.length; start += perLine) {
      if (!sorted && (start % BITS_A_LINE === 0)) labels.push({ text: String(start), x: indent - 6, y: top + row - 0.5 * em, align: "right" });
      lines.push({ taps: group.slice(start, start + perLine), left: 2 + indent, top, cell, row, gap, height: 2 * row + gap });
      top += 2 * row + gap + (dense ? 3 : Math.max(4, 0.35 * em));
    }
    if (sorted) top += (dense ? 0.15 : 0.3) * em;
  });
  return { lines, labels, perLine, cell, height: top + 2 };
}

export function tapText({ inputs, signs, counts, padded }, tap) {
  const weight = `weight ${signedText(signs[tap])}`;
  if (!inputs) return `input ${tap}: ${weight}`;
  if (!counts) return `input ${tap}: ${roundedText(inputs[tap])}, ${weight}`;
  const origin = padded?.[tap] ? " (from outside the image)" : "";
  const verdict = inputs[tap] === 0 ? "counts for nothing" : inputs[tap] === signs[tap] ? "they agree" : "they differ";
  return `input ${tap}: ${signedText(inputs[tap])}${origin}, ${weight}: ${verdict}`;
}

// A sentence for those who cannot see the rows.
export function bitsSummary({ counts, agree, differ, left }) {
  if (!counts) return "";
  return `${countText(agree, "bit")} agree, ${differ} differ${left ? `, ${left} meet a 0` : ""}`;
}
