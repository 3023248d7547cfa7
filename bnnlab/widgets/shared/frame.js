// A frame is one block of bytes: u32 header length | JSON header | arrays, little-endian, each array at a multiple
// of 8 bytes (see frame.py). Typed arrays are laid over it, not copied.

const TYPED = {
  uint8: Uint8Array, uint16: Uint16Array, uint32: Uint32Array, uint64: BigUint64Array,
  int32: Int32Array, float32: Float32Array, float64: Float64Array,
};

// Returns { meta, arrays }; every array is { data, shape }.
export function decodeFrame(bytes) {
  // Streamlit cuts the bytes out of a larger message, at any offset; a typed array needs an aligned one.
  const aligned = bytes.byteOffset % 8 ? bytes.slice() : bytes;
  const length = new DataView(aligned.buffer, aligned.byteOffset, 4).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(aligned.subarray(4, 4 + length)));
  const start = aligned.byteOffset + 4 + length;
  const arrays = {};
  for (const { name, dtype, shape, offset } of header.arrays) {
    const size = shape.reduce((product, side) => product * side, 1);
    arrays[name] = { data: new TYPED[dtype](aligned.buffer, start + offset, size), shape };
  }
  return { meta: header.meta, arrays };
}
