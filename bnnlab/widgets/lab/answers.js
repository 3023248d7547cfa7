// The card with what the network answers now: about the plane, or about test images.

import { labCard, legendEntry } from "./card.js";
import { imagesPicture } from "./images.js";
import { surfacePicture } from "./surface.js";

export function answersCard(pickImage) {
  const card = labCard("What the network answers now", "answers");
  let kind = "";
  let picture = null;

  function draw(state, palette) {
    if (state.view.kind !== kind) show(state.view.kind);
    card.conclude(picture.draw(state, palette));
  }

  function show(next) {
    kind = next;
    picture?.stop();
    picture = kind === "points" ? surfacePicture(card) : imagesPicture(card, pickImage);
    card.body.replaceChildren(picture.node);
    card.legend.replaceChildren(...(kind === "points" ? pointEntries() : imageEntries()));
  }

  return { node: card.node, draw, stop: () => picture?.stop() };
}

function pointEntries() {
  return [
    legendEntry("disc", "class 0"), legendEntry("triangle", "class 1"), legendEntry("ring", "wrong"),
    legendEntry("line", "undecided"),
  ];
}

function imageEntries() {
  return [legendEntry("framed", "wrong answer"), "%: how sure the network is"];
}
