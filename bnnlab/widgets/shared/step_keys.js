// The keys that step a picture: for `keydown` on the part that shows the step.

export function stepKeys(transport) {
  return (event) => {
    const action = {
      ArrowLeft: () => transport.move(-1),
      ArrowRight: () => transport.move(1),
      ArrowUp: () => transport.leap(-1),
      ArrowDown: () => transport.leap(1),
      Home: () => transport.go(0),
      End: () => transport.go(transport.last()),
      " ": () => transport.toggle(),
    }[event.key];
    if (!action || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    action();
  };
}
