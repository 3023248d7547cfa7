// The colours of the pictures, once. The pair for -1 and +1 keeps its contrast on both backgrounds, under the
// common colour-vision deficiencies and in greyscale: the darker one is always -1. Sign is never told by colour alone.
// What can be pressed or dragged has a colour of its own, which means nothing else.

const LIGHT = {
  minus: "#1B4F9C", plus: "#DA7A00", mismatch: "#B3006B", ink: "#1A1D23", faint: "#5B6270",
  grid: "#D9DCE3", paper: "#FFFFFF", panel: "#F5F6F9", train: "#5B6270", test: "#1B4F9C",
  onPlus: "#1A1D23", control: "#5B3FA8", onControl: "#FFFFFF", dark: false,
};
const DARK = {
  minus: "#4A86E8", plus: "#FFC857", mismatch: "#CC79A7", ink: "#F2F4F8", faint: "#A6ADBA",
  grid: "#363C48", paper: "#0E1117", panel: "#1A1F2B", train: "#A6ADBA", test: "#4A86E8",
  onPlus: "#0E1117", control: "#B9A2FF", onControl: "#14101F", dark: true,
};

// The palette for the background that `node` really has, as Streamlit and Jupyter themes can change under it.
export function paletteOf(node) {
  return isDark(node) ? DARK : LIGHT;
}

export function isDark(node) {
  const style = getComputedStyle(node);
  const named =
    style.getPropertyValue("--st-background-color").trim() ||
    style.getPropertyValue("--jp-layout-color0").trim();
  const [r, g, b] = toRgb(named || opaqueBackground(node));
  return 0.299 * r + 0.587 * g + 0.114 * b < 128;
}

export function toRgb(colour) {
  const hex = /^#([0-9a-f]{6})/i.exec(colour);
  if (hex) return [0, 2, 4].map((at) => parseInt(hex[1].slice(at, at + 2), 16));
  const numbers = colour.match(/[\d.]+/g);
  return numbers ? numbers.slice(0, 3).map(Number) : [255, 255, 255];
}

function opaqueBackground(node) {
  for (let at = node; at; at = at.parentElement ?? at.getRootNode().host) {
    const colour = getComputedStyle(at).backgroundColor;
    if (colour && colour !== "transparent" && !/,\s*0\)$/.test(colour)) return colour;
  }
  return "#FFFFFF";
}
