// What the lab says where a network has no binary layer: then most of its cards have nothing to show.

import { labCard } from "./card.js";
import { element } from "../shared/dom.js";

export function noLayersCard() {
  const card = labCard("Nothing binary here", "no-layers");
  card.node.replaceChildren(element("p", { class: "takeaway" }, NO_LAYERS_TEXT));
  return { node: card.node, draw: () => {}, stop: () => {}, withoutLayers: true };
}

const NO_LAYERS_TEXT =
  "This network has no binary layer: give it a second hidden layer, or make its first or last layer binary.";
