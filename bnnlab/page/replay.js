// A recorded run, played in the lab's picture: frames that are all there, and nobody who could be asked for others.

import { mountLab } from "../widgets/lab/lab.js";
import { element } from "../widgets/shared/dom.js";
import { splitFrames } from "../widgets/shared/frames.js";
import { addStyles } from "../widgets/shared/style.js";
import { followTheme } from "../widgets/shared/theme.js";
import { stepTransport, TRANSPORT_STYLE } from "../widgets/shared/transport.js";
import { mounted } from "./mounted.js";

const PACE = 5; // moments a second: half a minute for a run
const NOBODY = { isAlive: () => false, tell() {}, wake() {}, share: 0.92 }; // of the window, as its own controls stand above it

// `file` is what pack_frames made, no longer compressed. `slowPartsEvery` frames lie between two that need none before them.
export function replay(place, file, slowPartsEvery) {
  const frames = splitFrames(file);
  const controls = element("div", { class: "bnnlab" });
  const transport = stepTransport({ label: "The recorded run", onStep: show, noun: "moment", pace: PACE });
  let shown = -1;
  place.append(controls);
  addStyles(controls, TRANSPORT_STYLE);
  followTheme(controls, () => {});
  controls.append(transport.node);
  const picture = mounted(place, mountLab, () => {}, NOBODY);
  transport.reset(frames.length, 0);

  function show(at) {
    const follows = at === shown + 1;
    if (!follows) picture.update(frames[at - (at % slowPartsEvery)]);
    picture.update(frames[at]);
    shown = at;
  }

  return { play: transport.toggle, picture };
}
