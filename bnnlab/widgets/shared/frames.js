// A file of frames that is no longer compressed: u32 number of frames, u32 0, and for each frame u32 its length, u32 0, the
// frame (see frames.py).

export function splitFrames(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const frames = [];
  let at = 8;
  for (let count = view.getUint32(0, true); count; count -= 1) {
    const length = view.getUint32(at, true);
    frames.push(bytes.subarray(at + 8, at + 8 + length));
    at += 8 + length;
  }
  return frames;
}
