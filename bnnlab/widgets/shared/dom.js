// The few words of DOM that every picture speaks. Text goes in through textContent only, so data can never become markup.

const SVG_NAMESPACE = "http://www.w3.org/2000/svg";

// element("div", { class: "row", "aria-label": "bits" }, child, "text", ...)
export function element(tag, attributes = {}, ...children) {
  return furnished(document.createElement(tag), attributes, children);
}

export function svgElement(tag, attributes = {}, ...children) {
  return furnished(document.createElementNS(SVG_NAMESPACE, tag), attributes, children);
}

function furnished(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false && value != null) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children);
  return node;
}

// Writing the same text again would still cost a layout, and a live region would speak it again.
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export function setHidden(node, hidden) {
  if (node.hidden !== hidden) node.hidden = hidden;
}
