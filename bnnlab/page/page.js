// The page: what it is made of lies in it as JSON, and what computes as WebAssembly. Nothing is fetched.

import { mountPacking } from "../widgets/packing/packing.js";
import { setHidden, setText } from "../widgets/shared/dom.js";
import { mountStepper } from "../widgets/stepper/stepper.js";
import { drawnDigit } from "./drawn_digit.js";
import { mounted } from "./mounted.js";
import { ownNumbers } from "./own_numbers.js";
import { packedNetwork } from "./packed_network.js";
import { packingAnswer } from "./packing_answer.js";
import { replay } from "./replay.js";
import { stepperAnswer } from "./stepper_answer.js";

const place = (name) => document.getElementById(name);

async function begin() {
  const held = JSON.parse(place("held").textContent);
  const compiling = WebAssembly.compile(bytesOf(held.wasm));
  const lab = replay(place("lab"), await unzipped(held.run.frames), held.run.slow_parts_every);
  await painted(); // before anything else asks for the processor
  tellTime("pictured");
  const [module, image] = await Promise.all([compiling, unzipped(held.image)]);
  showProducts(module, held.product);
  setHidden(place("drawing"), !held.drawing);
  if (held.drawing) place("drawing").append(drawnDigit(module, packedNetwork(module, image, held.network), held.drawing).node);
  if (!matchMedia("(prefers-reduced-motion: reduce)").matches) lab.play();
  await painted();
  tellTime("ready");
}

// Until what was changed is on the screen.
function painted() {
  return new Promise((resolve) => { requestAnimationFrame(() => setTimeout(resolve)); });
}

// For measuring: how many ms after the page was asked for.
function tellTime(name) {
  document.documentElement.dataset[name] = performance.now();
}

// Both pictures show the same two matrices, each with the signs that were turned in it.
function showProducts(module, { a, b, ...texts }) {
  let operands = null;
  const edits = { packing: null, stepper: null };
  const tell = {
    packing: () => pictures.packing.update(packingAnswer(module, { ...operands, axis: "rows" }, edits.packing)),
    stepper: () => pictures.stepper.update(stepperAnswer(module, texts, operands, edits.stepper)),
  };
  const hear = (picture) => (name, value) => {
    if (name !== "edit") return;
    edits[picture] = value;
    tell[picture]();
  };
  const numbers = ownNumbers({ a: typed(a), b: typed(b) }, (read) => {
    operands = read;
    for (const answer of Object.values(tell)) answer();
  });
  place("numbers").append(numbers.node);
  const pictures = {
    packing: mounted(place("packing"), mountPacking, hear("packing")),
    stepper: mounted(place("stepper"), mountStepper, hear("stepper")),
  };
  numbers.read();
}

function typed({ rows, columns, values }) {
  return { rows, columns, values: Float64Array.from(values) };
}

// In a plain loop: Uint8Array.from would take a tenth of a second for a run.
function bytesOf(text) {
  const letters = atob(text);
  const bytes = new Uint8Array(letters.length);
  for (let at = 0; at < letters.length; at += 1) bytes[at] = letters.charCodeAt(at);
  return bytes;
}

async function unzipped(text) {
  const stream = new Blob([bytesOf(text)]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

begin().catch(({ message }) => {
  setText(place("problem"), `This browser cannot show the page: ${message}`);
  setHidden(place("problem"), false);
});
