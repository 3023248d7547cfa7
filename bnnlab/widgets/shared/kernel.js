// The kernel behind a picture in a notebook: what a page can tell it, and whether it is there at all. A saved notebook
// shows its pictures without one.

const HERE_EVERY_MS = 60_000; // a picture that nobody has open is not drawn for

// Returns { isAlive, tell(order), wake, stop }; `listen(bytes)` gets the frames that are told between two states. What is
// put into `wake` is called when the kernel has answered for the first time.
export function kernelBehind(model, listen) {
  let alive = false;

  function hear(message, buffers) {
    if (!alive) {
      alive = true;
      kernel.wake();
    }
    if (message?.kind === "frame" && buffers?.length) listen(buffers[0]);
  }

  // A kernel that was shut down cannot be told anything.
  function tell(order) {
    try {
      model.send({ command: order });
    } catch {
      alive = false;
    }
  }

  function hello() {
    if (!document.hidden) tell({ do: "seen" });
  }

  model.on("msg:custom", hear);
  hello();
  const timer = setInterval(hello, HERE_EVERY_MS);
  document.addEventListener("visibilitychange", hello);

  const kernel = {
    isAlive: () => alive,
    tell,
    wake() {},
    stop() {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", hello);
      model.off("msg:custom", hear);
    },
  };
  return kernel;
}
