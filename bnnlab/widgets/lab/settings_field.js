// One setting: label, control, a sentence, and what is wrong with the value that was just tried.

import { element, setHidden } from "../shared/dom.js";
import { writeAttribute, writeText } from "../shared/late_text.js";
import { choiceName } from "./choice_names.js";
import { lineIcon } from "./panel_icons.js";
import { choiceRow, cockpitButton } from "./panel_parts.js";

const MAX_FRESH_SEED = 9999;

// `commit(value)` is called when the reader has decided: with Enter, on leaving the field, or by a click.
export function settingField(field, commit) {
  const id = `setting-${field.name}`;
  const control = CONTROLS[field.kind](field, id, tried);
  const complaint = element("p", { class: "complaint", role: "alert", hidden: true });
  const help = [field.help, field.allowed && `Allowed: ${field.allowed}.`].filter(Boolean).join(" ");
  const label = control.labelled
    ? element("label", { for: id, title: field.name }, field.label)
    : element("span", { title: field.name }, field.label);
  const node = element(
    "div", { class: "setting" },
    label, control.node, element("p", { class: "note", id: `${id}-help` }, help), complaint,
  );
  let shown = null;

  function tried(value) {
    complain("");
    const mistake = mistakeIn(value);
    if (mistake) complain(mistake);
    else commit(value);
  }

  // What could not even be sent; all else is refused, in one sentence, where the settings are.
  function mistakeIn(value) {
    if (field.kind === "number" && !Number.isFinite(value)) return `${field.label} must be a number.`;
    const whole = field.kind !== "widths" || value.every(Number.isInteger);
    return whole ? "" : `${field.label} must be whole numbers, separated by commas.`;
  }

  function complain(text) {
    writeText(complaint, text);
    setHidden(complaint, !text);
    control.mark?.(Boolean(text));
  }

  // What stands in the field changes only when the setting does: never under the reader's hands.
  function show(config, choices, titles) {
    const value = JSON.stringify([config[field.name], field.lock && config.clip_value, choices]);
    if (value === shown) return;
    shown = value;
    complain("");
    control.show(config[field.name], choices, config, titles);
  }

  return { name: field.name, node, show, complain };
}

// "change" comes with Enter and on leaving a field; typing alone decides nothing.
const CONTROLS = {
  number(field, id, tried) {
    const input = element("input", { id, type: "text", inputmode: "decimal", autocomplete: "off", "aria-describedby": `${id}-help` });
    input.addEventListener("change", () => tried(Number(input.value.trim().replace(",", ".") || NaN)));
    const extras = [];
    let lock = null;
    if (field.lock) {
      lock = cockpitButton(lineIcon("lock"), "", () => tried(lock.dataset.locked === "true" ? Number(input.value) : null));
      lock.setAttribute("aria-label", "one t_clip for weights and activations");
      extras.push(lock);
    }
    if (field.fresh) {
      extras.push(cockpitButton("new seed", "Start anew with another seed", () => tried(Math.floor(Math.random() * (MAX_FRESH_SEED + 1)))));
    }
    return {
      node: element("div", { class: "field-row" }, input, ...extras),
      labelled: true,
      mark: (wrong) => writeAttribute(input, "aria-invalid", String(wrong)),
      show(value, choices, config) {
        const locked = value === null;
        input.value = String(locked ? config.clip_value : value);
        if (lock) showLock(lock, locked);
        input.disabled = Boolean(lock) && locked;
      },
    };
  },

  widths(field, id, tried) {
    const input = element("input", { id, type: "text", autocomplete: "off", "aria-describedby": `${id}-help` });
    input.addEventListener("change", () => tried(input.value.split(/[\s,;]+/).filter(Boolean).map(Number)));
    return {
      node: input,
      labelled: true,
      mark: (wrong) => writeAttribute(input, "aria-invalid", String(wrong)),
      show: (value) => (input.value = value.join(", ")),
    };
  },

  choice(field, id, tried) {
    const select = element("select", { id, "aria-describedby": `${id}-help` });
    let values = [];
    select.addEventListener("change", () => tried(values[select.selectedIndex]));
    return {
      node: select,
      labelled: true,
      show(value, choices, config, titles) {
        values = field.choices ?? choices ?? [value];
        if (!values.includes(value)) values = [value, ...values];
        const named = values.map((each) => [each, choiceName(field.name, each, titles)]);
        select.replaceChildren(...named.map(([each, name]) => element("option", { title: String(each) }, name)));
        select.selectedIndex = values.indexOf(value);
        select.title = `${field.name} = ${value}`;
      },
    };
  },

  switch(field, id, tried) {
    const [on, off] = field.texts;
    const row = choiceRow(field.label, [{ value: true, text: on }, { value: false, text: off }], tried);
    return { node: row.node, show: (value) => row.show(Boolean(value)) };
  },
};

export function showLock(button, locked) {
  if (button.dataset.locked === String(locked)) return;
  button.dataset.locked = String(locked);
  button.setAttribute("aria-pressed", String(locked));
  button.title = locked
    ? "Locked: w and x have one t_clip. Click to set them apart"
    : "Apart: w and x have a t_clip of their own. Click to make them one";
  button.replaceChildren(lineIcon(locked ? "lock" : "unlock"));
}
