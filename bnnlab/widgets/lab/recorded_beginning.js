// The first seconds of the default run, as they were recorded: shown until live frames have caught up.

import { decodeFrame } from "../shared/frame.js";
import { splitFrames } from "../shared/frames.js";

// `show(decoded)` draws a frame.
export function recordedBeginning(show) {
  let frames = []; // those still to be shown
  let began = 0;
  let shown = -1; // the last step shown
  let timer = 0;
  let over = false;

  async function begin(url) {
    if (began || over) return;
    began = performance.now();
    try {
      const answer = await fetch(url);
      if (!answer.ok) return;
      frames = splitFrames(new Uint8Array(await answer.arrayBuffer())).map(decodeFrame);
    } catch { // then it begins with what is live
      return;
    }
    began = performance.now();
    next();
  }

  function next() {
    if (over || !frames.length) return;
    const wait = began + 1000 * frames[0].meta.recorded_at - performance.now();
    timer = setTimeout(() => {
      if (over) return;
      const frame = frames.shift();
      shown = frame.meta.step;
      show(frame);
      next();
    }, Math.max(0, wait));
  }

  // Whether a live frame is as far as what was shown of the recording, which then ends.
  function yieldsTo(meta) {
    if (over || !began) return true;
    if (meta.step < shown && meta.state !== "failed") return false; // the run may not have heard yet that it plays
    stop();
    return true;
  }

  function stop() {
    over = true;
    frames = [];
    clearTimeout(timer);
  }

  return { begin, yieldsTo, stop };
}
