// Words that not everybody knows: a dotted underline where they stand, and a short note on hover, focus or tap.

import { element, setText } from "./dom.js";
import { GLOSSARY } from "./glossary.js";
import { writeText } from "./late_text.js";

const IN_LAB = /t_clip|hidden (?:number|weight)s?|normalised|starved|\bword\b|\bx\b/g;
export const IN_PROSE =
  /straight-through estimator|t_clip|hidden numbers?|\bwords?\b|padding|\bpopcount\b|\bXNOR\b|threshold|gradient|\bflips?\b|\bagree\b/gi;
const APART = 6; // CSS pixels between a word and its note, and half as many more to the window's edge
const LINGERING = 160; // ms in which the pointer may go over to the note

// `name` is a key of the glossary, `text` how it is written here.
export function term(name, text = name) {
  return element("span", { class: "term", role: "button", tabindex: "0", title: "", "data-term": name }, text);
}

// A text that changes: each known word in it is explained where it stands first. As long as the same words stand in it,
// only the pieces between them are written, so that a note outlives a number that changes. `inText` finds the words.
export function termedText(node, inText = IN_LAB) {
  let pieces = [];
  let words = null;
  let last = null;
  return (text) => {
    if (text === last) return;
    last = text;
    const found = splitAtTerms(text, inText);
    const next = found.map(({ name, text: written }) => (name ? written : "")).join("|");
    if (next !== words) {
      words = next;
      pieces = found.map(({ name, text: written }) => (name ? term(name, written) : document.createTextNode(written)));
      node.replaceChildren(...pieces);
    }
    found.forEach((piece, at) => piece.name || writeText(pieces[at], piece.text));
  };
}

// [{ text, name }], where a name stands for a word of the list; text and words in turn.
function splitAtTerms(text, inText) {
  const parts = [];
  const seen = new Set();
  let from = 0;
  for (const { 0: word, index } of text.matchAll(inText)) {
    const name = nameOf(word);
    if (seen.has(name)) continue;
    seen.add(name);
    parts.push({ text: text.slice(from, index) }, { text: word, name });
    from = index + word.length;
  }
  return [...parts, { text: text.slice(from) }];
}

// The glossary's name of a word as it is written.
function nameOf(written) {
  const word = written.toLowerCase();
  if (word.startsWith("hidden")) return "latent weight";
  if (word === "agree" || word === "xnor") return "XNOR";
  return /^(words|flips)$/.test(word) ? word.slice(0, -1) : word;
}

// The one note of a picture: for all words inside `root`. `shownAt`: by name, the selector of what in the picture a word is
// about. It lights up while the word is explained.
export function termNotes(root, shownAt = {}) {
  let shown = null; // the word that is explained
  let leaving = 0;
  let wasShown = null; // what was explained when the finger came down
  const note = element("p", { class: "term-note", role: "tooltip", id: "term-note", popover: "manual" });
  root.append(note);

  const wordOf = (event) => event.target.closest?.(".term, [data-note]:not([data-note=''])") ?? null;
  const on = (kind, act) => root.addEventListener(kind, act);
  on("pointerover", (event) => {
    if (event.pointerType !== "mouse") return;
    const word = wordOf(event);
    if (word) open(word);
    else if (note.contains(event.target)) clearTimeout(leaving);
    else if (shown) leave();
  });
  on("pointerleave", () => shown && leave());
  on("focusin", (event) => wordOf(event)?.matches(":focus-visible") && open(wordOf(event)));
  on("focusout", (event) => wordOf(event) === shown && close());
  on("pointerdown", () => (wasShown = shown));
  on("click", (event) => {
    const word = wordOf(event);
    if (word && word === wasShown && event.pointerType === "touch") close();
    else if (word) open(word);
    else if (!note.contains(event.target)) close();
  });
  on("keydown", (event) => {
    const word = wordOf(event);
    if (!word || (event.key !== "Enter" && event.key !== " ")) return;
    event.preventDefault();
    if (shown === word) close();
    else open(word);
  });

  function open(word) {
    clearTimeout(leaving);
    if (shown === word) return;
    close();
    shown = word;
    setText(note, word.dataset.note ?? GLOSSARY[word.dataset.term]);
    word.setAttribute("aria-describedby", note.id);
    for (const node of root.querySelectorAll(shownAt[word.dataset.term] ?? ":not(*)")) node.classList.add("meant");
    note.showPopover();
    place(word.getBoundingClientRect());
    window.addEventListener("keydown", onKey, true);
    window.addEventListener("scroll", close, true);
  }

  // Below the word, or above it where there is no room; never over the window's edge.
  function place(word) {
    const { offsetWidth: width, offsetHeight: height } = note;
    const left = Math.min(word.left + word.width / 2 - width / 2, window.innerWidth - width - APART);
    const below = word.bottom + APART;
    note.style.left = `${Math.max(APART, left)}px`;
    note.style.top = `${below + height + APART <= window.innerHeight ? below : Math.max(APART, word.top - APART - height)}px`;
  }

  function leave() {
    clearTimeout(leaving);
    leaving = setTimeout(close, LINGERING);
  }

  function close() {
    clearTimeout(leaving);
    if (!shown) return;
    shown.removeAttribute("aria-describedby");
    shown = null;
    for (const node of root.querySelectorAll(".meant")) node.classList.remove("meant");
    note.hidePopover();
    window.removeEventListener("keydown", onKey, true);
    window.removeEventListener("scroll", close, true);
  }

  // Whatever else a key would close stays open.
  function onKey(event) {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    close();
  }

  return { stop: close };
}

export const TERM_STYLE = `
.bnnlab .term {
  text-decoration: underline dotted var(--faint); text-underline-offset: 0.2em; text-decoration-thickness: 1px; cursor: help;
  pointer-events: auto;
  &:focus-visible { outline: 2px solid var(--control); outline-offset: -1px; border-radius: 2px; }
}
.bnnlab .meant { outline: 2px solid var(--control); outline-offset: 2px; border-radius: 4px; }
.bnnlab .term-note {
  position: fixed; inset: auto; margin: 0; width: max-content; max-width: min(25em, calc(100vw - 12px)); padding: 0.5em 0.75em;
  background: var(--paper); color: var(--ink); border: 1px solid var(--control); border-radius: var(--radius, 6px);
  box-shadow: 0 4px 18px rgb(0 0 0 / 0.2); font-size: max(12px, 0.95em); font-weight: 400; line-height: 1.4; text-wrap: pretty;
}
`;
