// Machine words of up to 64 bits as two halves of 32, because a JavaScript number loses bits above 2^53.
// Bit 0 is the lowest; bit 1 stands for +1 and bit 0 for -1 (the convention of bnnlab/bits/packing.py).

export function wordFromHex(hex) {
  const digits = hex.padStart(16, "0");
  return { low: parseInt(digits.slice(8), 16), high: parseInt(digits.slice(0, 8), 16) };
}

export function wordToHex({ low, high }, bits = 64) {
  const digits = high.toString(16).padStart(8, "0") + low.toString(16).padStart(8, "0");
  return "0x" + digits.slice(16 - bits / 4);
}

export function wordToDecimal({ low, high }) {
  return ((BigInt(high) << 32n) | BigInt(low)).toString();
}

export function bitOf({ low, high }, index) {
  return ((index < 32 ? low >>> index : high >>> (index - 32)) & 1) >>> 0;
}

// The word with one bit turned round.
export function turnedWord({ low, high }, index) {
  return index < 32 ? { low: (low ^ (1 << index)) >>> 0, high } : { low, high: (high ^ (1 << (index - 32))) >>> 0 };
}

export function sameWord(a, b) {
  return a.low === b.low && a.high === b.high;
}

// The operators of JavaScript give signed numbers; >>> 0 makes them unsigned again.
export function xorWords(a, b) {
  return { low: (a.low ^ b.low) >>> 0, high: (a.high ^ b.high) >>> 0 };
}

// All bits of a word of `bits` bits turned round; those beyond it stay 0.
export function notWord(a, bits = 64) {
  const [low, high] = [bits < 32 ? 2 ** bits - 1 : 0xffffffff, bits > 32 ? 0xffffffff : 0];
  return { low: (~a.low & low) >>> 0, high: (~a.high & high) >>> 0 };
}

export function popcountOf({ low, high }) {
  return setBits(low) + setBits(high);
}

function setBits(half) {
  let count = 0;
  for (let rest = half; rest; rest = (rest & (rest - 1)) >>> 0) count += 1;
  return count;
}
