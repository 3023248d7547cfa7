// A step shown moving: the bits of a and b meet in a ^ b, turn into ~(a ^ b), its ones drop into the count, and the count
// into the sum. Every bit that moves has the value that it has in the picture, and lands where it is counted.

const STAGE_MS = { off: 0, normal: 260, slow: 900 };
const MAX_STEPS_A_SECOND = 1.5; // above that the picture would not come to rest

// `count()`: the element that the ones drop into.
export function fallingBits(layer) {
  let pace = "normal";
  let running = [];

  // stages: { a, b, xor, xnor: rows of bits with their cells, count and sum: elements }.
  function play({ a, b, xor, xnor, count, sum }, stepsASecond) {
    stop();
    const stage = STAGE_MS[pace];
    if (!stage || stepsASecond > MAX_STEPS_A_SECOND || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    appear([...a.cells, ...b.cells], 0, stage, 0);
    fall(b.cells, xor.cells, stage, stage);
    fall(xor.cells, xnor.cells, 2 * stage, stage);
    const ones = xnor.cells.filter((cell) => cell.classList.contains("b1"));
    drop(ones, count, 3 * stage, stage);
    arrive(count, 3 * stage, 1.4 * stage);
    drop([count], sum, 4.4 * stage, stage);
    arrive(sum, 4.4 * stage, 1.2 * stage);
  }

  function appear(cells, delay, duration) {
    for (const cell of cells) run(cell, [{ opacity: 0 }, { opacity: 1 }], { delay, duration });
  }

  function arrive(target, delay, duration) {
    run(target, [{ opacity: 0 }, { opacity: 0, offset: 0.7 }, { opacity: 1 }], { delay, duration });
  }

  // Each cell comes down from the one above it.
  function fall(from, to, delay, duration) {
    to.forEach((cell, at) => {
      const way = from[at].getBoundingClientRect().top - cell.getBoundingClientRect().top;
      run(cell, [{ opacity: 0, transform: `translateY(${way}px)` }, { opacity: 1, transform: "none" }], { delay, duration, easing: "ease-in" });
    });
  }

  // A copy of each one drops into the count, one behind the other.
  function drop(cells, target, delay, duration) {
    const [home, goal] = [layer.getBoundingClientRect(), target.getBoundingClientRect()];
    cells.forEach((cell, at) => {
      const box = cell.getBoundingClientRect();
      const copy = cell.cloneNode(true);
      Object.assign(copy.style, {
        position: "absolute", left: `${box.left - home.left}px`, top: `${box.top - home.top}px`,
        width: `${box.width}px`, height: `${box.height}px`, pointerEvents: "none", zIndex: 2,
      });
      copy.ariaHidden = "true";
      layer.append(copy);
      const way = `translate(${goal.left + 12 - box.left}px, ${goal.top - box.top}px) scale(0.6)`;
      const late = delay + (duration * at) / (2 * cells.length);
      const moving = run(copy, [{ opacity: 0, transform: "none" }, { opacity: 1, offset: 0.1, transform: "none" }, { opacity: 0.2, transform: way }], { delay: late, duration, easing: "ease-in" });
      moving.onfinish = moving.oncancel = () => copy.remove();
    });
  }

  function run(node, keyframes, options) {
    const moving = node.animate(keyframes, { fill: "backwards", ...options });
    running.push(moving);
    return moving;
  }

  function stop() {
    for (const moving of running.splice(0)) moving.cancel();
  }

  return { play, stop, setPace: (next) => (pace = next) };
}
