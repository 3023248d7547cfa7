// The recorded beginning of the default run: frames that really were trained, shown at the pace at which the live run goes
// through the same steps, until that one has caught up.

import { decodeFrame } from "../shared/frame.js";

// `show(frame)` gets each decoded frame when it is due.
export function recordedBeginning(url, show) {
  let step = -1; // of the last frame that was shown
  let timer = 0;
  let ended = false;

  async function play() {
    const answer = await fetch(url);
    if (!answer.ok) return;
    const frames = framesIn(await answer.arrayBuffer());
    const began = performance.now();
    const showFrom = (at) => {
      if (ended) return;
      step = frames[at].meta.step;
      show(frames[at]);
      if (at + 1 === frames.length) return;
      const due = 1000 * frames[at + 1].meta.recorded_at - (performance.now() - began);
      timer = setTimeout(() => showFrom(at + 1), due);
    };
    showFrom(0);
  }

  // Whether a live frame of that step is still behind what is on the screen.
  function leads(liveStep) {
    return !ended && liveStep < step;
  }

  function stop() {
    ended = true;
    clearTimeout(timer);
  }

  play().catch(stop); // whoever gets no recording sees the live run a moment later
  return { leads, stop };
}

// u32 number of frames, u32 0 | for each: u32 length, u32 0, the frame (see app/recording.py).
function framesIn(buffer) {
  const numbers = new DataView(buffer);
  const frames = [];
  for (let left = numbers.getUint32(0, true), at = 8; left > 0; left -= 1) {
    const length = numbers.getUint32(at, true);
    frames.push(decodeFrame(new Uint8Array(buffer, at + 8, length)));
    at += 8 + length;
  }
  return frames;
}
