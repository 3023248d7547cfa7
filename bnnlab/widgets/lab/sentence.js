// One sentence that says what is seen, in the words of what is set just now; what is not as usual comes first.

import { element } from "../shared/dom.js";
import { countText, grouped } from "../shared/numbers.js";
import { termedText } from "../shared/term.js";

const READING = 9000; // ms

export function leadingSentence() {
  let notice = null;
  const text = element("span");
  const say = termedText(text);
  const mark = element("b", { class: "recorded", hidden: true }, "recorded");
  const node = element("p", { class: "sentence", role: "status" }, mark, text);

  // Returns whether it is about something that is not as usual.
  function draw(state, { backward }) {
    // A notice comes with one frame; it stays long enough to be read.
    if (state.notice) notice = { text: state.notice, until: performance.now() + READING };
    if (notice && performance.now() > notice.until) notice = null;
    const alarm = state.error ?? notice?.text;
    node.classList.toggle("alarm", Boolean(alarm));
    mark.hidden = !state.recorded;
    say(alarm ? sentenceOf(alarm) : saying(state, backward));
    return Boolean(alarm);
  }

  return { node, draw };
}

function saying(state, backward) {
  if (state.backAt !== null) return lookingBack(state);
  if (state.state === "loading") return "The network is being built.";
  if (state.state === "waiting") return "Waiting for a free core: other visitors' networks are training.";
  if (!state.layers.length) return "No layer of this network is binary: every weight is an ordinary number.";
  if (state.view.kind === "none") {
    return "Your own loop: the weights of every binary layer, and which of them flip. What needs data is left out.";
  }
  if (backward) {
    return "The way back: the shown example's error travels from right to left. Where x lies beyond ±t_clip, its gradient is blocked.";
  }
  if (state.binarize === "nothing") {
    return "Nothing is binarised now: the hidden numbers themselves are the weights, and x is only cut off at ±t_clip.";
  }
  if (state.binarize === "weights") {
    return "Only the weights are + or − now. What flows between the layers are ordinary numbers, cut off at ±t_clip.";
  }
  if (!state.latent) return "Every weight is only + or −, and nothing else is kept: where enough gradients agree, it flips.";
  return "Every weight is only + or −. Behind each stands a hidden number that drifts; when it crosses zero, its weight flips.";
}

function lookingBack({ backAt, way, now, playing }) {
  if (way) return `On the way to step ${grouped(backAt)}: ${countText(way, "step")} to be done again, bit for bit as they were.`;
  const goesOn = playing ? `Training goes on meanwhile, at step ${grouped(now)}.` : `The run itself stands at step ${grouped(now)}.`;
  return `You look back: everything here is as it was after step ${grouped(backAt)}. ${goesOn}`;
}

function sentenceOf(text) {
  const sentence = text[0].toUpperCase() + text.slice(1);
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}
