// The compiled C (module.c, as WebAssembly) and the memory it works in. Each job has an instance of its own, and with it a
// memory of its own: what lies there is laid out once, and goes with it.

export const START = 65536; // behind the first page, which holds the stack and the module's own

// What C takes from its mathematical library.
const MATHEMATICS = { env: { tanhf: Math.tanh, expf: Math.exp, log1pf: Math.log1p } };
const PAGE = 65536;
const ALIGNMENT = 16;

export function instantiated(module) {
  const { exports } = new WebAssembly.Instance(module, MATHEMATICS);
  let end = START;

  // The address of new memory, all zeros; or of a copy of `values`, a typed array.
  function room(bytes) {
    const at = end;
    end += Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
    const missing = end - exports.memory.buffer.byteLength;
    if (missing > 0) exports.memory.grow(Math.ceil(missing / PAGE));
    return at;
  }

  function copied(values) {
    const at = room(values.byteLength);
    over(values.constructor, at, values.length).set(values);
    return at;
  }

  // A typed array over memory, good until more of it is asked for.
  function over(Type, at, count) {
    return new Type(exports.memory.buffer, at, count);
  }

  return { exports, room, copied, over };
}
