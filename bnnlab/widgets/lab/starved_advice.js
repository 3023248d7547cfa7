// Half of a layer that no gradient reaches any more: one sentence about what that means, and the click that mends it. It
// stands in place of the leading sentence, where it hides nothing of what it speaks about.

import { element, setHidden } from "../shared/dom.js";
import { lineIcon } from "./panel_icons.js";
import { cockpitButton } from "./panel_parts.js";
import { termedText } from "../shared/term.js";

const STARVED_SHARE = 0.5;

export function starvedAdvice(cockpit) {
  let closed = false;
  const sentence = element("p", { class: "sentence" });
  const say = termedText(sentence);
  const mend = cockpitButton("keep within ±t_clip", "Keeps every hidden weight within ±t_clip after each step, so that gradients reach it again", () => {
    cockpit.act({ do: "set", settings: { latent_clip: true } });
  }, { class: "tool primary" });
  const close = cockpitButton(lineIcon("close"), "Leave it so", () => {
    closed = true;
    setHidden(node, true);
  }, { class: "tool bare", "aria-label": "Close this advice" });
  const node = element("div", { class: "starved-advice", role: "status", hidden: true }, sentence, mend, close);

  // Returns whether it is shown; `isElse`: something else has to be said first.
  function draw({ layers, config, latent, canCommand, binarize, restarted }, isElse) {
    if (restarted) closed = false;
    const starved = layers.find((layer) => layer.starved / layer.weights >= STARVED_SHARE);
    const applies = starved && latent && config && !config.latent_clip && canCommand && binarize !== "nothing";
    const isShown = Boolean(applies && !closed && !isElse);
    setHidden(node, !isShown);
    if (!isShown) return false;
    const share = 10 * Math.floor((10 * starved.starved) / starved.weights); // rounded, or it would be spoken at each frame
    const part = share < 100 ? `More than ${share} %` : "All";
    say(`${part} of ${starved.name} is starved: no gradient reaches a weight beyond ±t_clip, so it stays as it is.`);
    return true;
  }

  return { node, draw };
}
