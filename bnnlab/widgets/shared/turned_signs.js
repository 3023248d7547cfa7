// Which signs the reader turned, as told to Python and as it answered. A turned sign is shown at once; its word and the
// product follow when the kernel has made them anew.

const ANSWER_WITHIN_MS = 3000; // an answer that is older than what was told is not waited for any longer than this

export function turnedSigns(send) {
  let base = null;
  let serial = 0;
  let told = 0;
  let wrong = false;
  const now = { A: new Set(), B: new Set() };
  const answered = { A: new Set(), B: new Set() };

  // Takes what Python answered; false if that is the answer to something older.
  function take(packing) {
    const same = packing.base === base;
    if (same && packing.answered < serial && Date.now() - told < ANSWER_WITHIN_MS) return false;
    base = packing.base;
    serial = Math.max(serial, packing.answered);
    wrong = packing.wrong;
    for (const name of ["A", "B"]) {
      answered[name] = new Set(packing.turned[name]);
      now[name] = new Set(packing.turned[name]);
    }
    return true;
  }

  function turn(name, cell) {
    if (!now[name].delete(cell)) now[name].add(cell);
  }

  function tell() {
    serial += 1;
    told = Date.now();
    send("edit", { base, serial, wrong, a: [...now.A], b: [...now.B] });
  }

  function reset() {
    for (const cells of Object.values(now)) cells.clear();
    tell();
  }

  function pack(wrongly) {
    wrong = wrongly;
    tell();
  }

  return {
    take, turn, tell, reset, pack,
    count: () => now.A.size + now.B.size,
    waits: (name, cell) => name in now && now[name].has(cell) !== answered[name].has(cell),
    turned: (name, cell) => name in now && now[name].has(cell),
  };
}
