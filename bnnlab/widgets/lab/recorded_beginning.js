// The first seconds of the default run, as they were recorded: shown until live frames have caught up. The file is
// u32 number of frames, u32 0, and for each frame u32 its length, u32 0, the frame (see app/recording.py).

import { decodeFrame } from "../shared/frame.js";

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
      frames = split(new Uint8Array(await answer.arrayBuffer()));
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

function split(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const frames = [];
  let at = 8;
  for (let count = view.getUint32(0, true); count; count -= 1) {
    const length = view.getUint32(at, true);
    frames.push(decodeFrame(bytes.subarray(at + 8, at + 8 + length)));
    at += 8 + length;
  }
  return frames;
}
