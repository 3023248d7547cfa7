// One picture, two hosts. A widget is a function
//
//     mount(host, send, kernel) -> { update(data), destroy() }
//
// that builds its DOM inside `host` once, redraws on every `update`, and reports what the user did with
// `send(name, value)`. In a notebook it also gets the kernel behind it (see kernel.js). `adapt(mount)` is what a widget file exports by default:
//   - Streamlit calls it with a component object, again for each new data, with the same DOM node;
//   - anywidget calls it with nothing and takes the `{ render }` that it returns.
// `data` is a Uint8Array (a frame, see frame.js) or a plain JSON value in both.

import { kernelBehind } from "./kernel.js";
import { keepInNotebook } from "./keep.js";

export function adapt(mount) {
  const mounted = new WeakMap();

  function streamlit({ data, parentElement, setStateValue, setTriggerValue }) {
    let widget = mounted.get(parentElement);
    if (!widget) {
      // A name that ends in "!" is an event, told once; any other is a state that Streamlit keeps.
      const send = (name, value) =>
        name.endsWith("!") ? setTriggerValue(name.slice(0, -1), value) : setStateValue(name, value);
      widget = mount(newHost(parentElement), send);
      mounted.set(parentElement, widget);
    }
    widget.update(data);
    // Streamlit also calls this when newer data overtook these; only a picture that left the page is taken down.
    return () => setTimeout(() => {
      if (parentElement.isConnected || mounted.get(parentElement) !== widget) return;
      widget.destroy();
      mounted.delete(parentElement);
    });
  }

  function render({ model, el }) {
    const host = newHost(el);
    host.dataset.lmSuppressShortcuts = "true"; // keys that are meant for the picture are none of JupyterLab's
    const kernel = kernelBehind(model, (bytes) => widget.update(plain(bytes)));
    const widget = mount(host, (name, value) => {
      model.set("event", { name: name.replace("!", ""), value, serial: Date.now() });
      model.save_changes();
    }, kernel);
    const refresh = () => widget.update(plain(model.get("frame") ?? model.get("data")));
    const leave = keepInNotebook(model);
    model.on("change:frame", refresh);
    model.on("change:data", refresh);
    refresh();
    return () => {
      model.off("change:frame", refresh);
      model.off("change:data", refresh);
      kernel.stop();
      leave();
      widget.destroy();
    };
  }

  return (component) => (component ? streamlit(component) : { render });
}

function newHost(parent) {
  const host = document.createElement("div");
  host.className = "bnnlab";
  parent.appendChild(host);
  return host;
}

// Jupyter hands bytes over as a DataView.
function plain(data) {
  return data instanceof DataView
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : data;
}
