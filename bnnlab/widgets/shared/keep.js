// Keeps pictures in the saved notebook. JupyterLab leaves the state of widgets out unless it is told to save it, and a
// notebook that is opened without its kernel then shows an error in their place. So the pictures that are on the page put
// themselves among what is saved. Elsewhere, as in VS Code, nothing is done.

const STATE = "application/vnd.jupyter.widget-state+json";
// Context of a notebook -> how often each picture is shown there, by its token. Every picture brings these lines along as
// a module of its own, so what they share stands outside of them.
const kept = (globalThis[Symbol.for("bnnlab.kept")] ??= new WeakMap());

// Returns a function that is to be called when the picture leaves the page.
export function keepInNotebook(model) {
  const manager = model.widget_manager;
  const context = manager?.context;
  const token = model.get("token");
  if (!token || !context?.saveState?.connect || !context.model?.setMetadata || !manager.get_state_sync) return () => {};
  if (!kept.has(context)) {
    kept.set(context, new Map());
    context.saveState.connect((_, phase) => phase === "started" && savePictures(manager, context));
  }
  const tokens = kept.get(context);
  tokens.set(token, (tokens.get(token) ?? 0) + 1);
  if (context.model.dirty === false) context.model.dirty = true;
  return () => {
    const left = tokens.get(token) - 1;
    if (left > 0) tokens.set(token, left);
    else tokens.delete(token);
  };
}

function savePictures(manager, context) {
  if (manager._settings?.saveState) return; // then all of them are saved already
  const { state, ...version } = manager.get_state_sync({ drop_defaults: true });
  const tokens = kept.get(context);
  const ours = Object.entries(state).filter(([, entry]) => tokens.has(entry.state.token));
  if (!ours.length) return; // without a kernel, what was saved before stays
  const parts = ours.flatMap(([, entry]) => Object.values(entry.state))
    .filter((value) => typeof value === "string" && value.startsWith("IPY_MODEL_"))
    .map((value) => value.slice("IPY_MODEL_".length))
    .filter((name) => name in state)
    .map((name) => [name, state[name]]);
  context.model.setMetadata("widgets", { [STATE]: { ...version, state: Object.fromEntries([...ours, ...parts]) } });
}
