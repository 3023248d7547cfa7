// Numbers as the pictures print them: thousands separated, a real minus sign, a unit after a space that does not break.

const NOT_KNOWN = "–";
// Making a formatter is slow, using it is not.
const FIXED = Array.from({ length: 9 }, (_, digits) =>
  new Intl.NumberFormat("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits }),
);
const SIGNIFICANT = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 3 });
const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

// A number as people write it: all its digits, with a real minus sign.
export function numberText(value) {
  if (Number.isNaN(value)) return "NaN";
  if (value === Infinity) return "∞";
  if (value === -Infinity) return "−∞";
  return Object.is(value, -0) ? "−0" : String(value).replace("-", "−");
}

// And with a plus sign, where the sign is the point.
export function signedText(value) {
  return value > 0 ? `+${numberText(value)}` : numberText(value);
}

export function countText(count, singular, plural = `${singular}s`) {
  return `${count} ${count === 1 ? singular : plural}`;
}

export function isKnown(value) {
  return typeof value === "number" && Number.isFinite(value);
}

// 12345 -> "12,345"
export function grouped(value, digits = 0) {
  if (!isKnown(value)) return NOT_KNOWN;
  return FIXED[digits].format(value).replace("-", "−");
}

// 0.00312 -> "0.31 %": as many digits as tell something; never "0 %" or "100 %" of what is not all or nothing.
export function percentText(share, digits = percentDigits(share)) {
  if (!isKnown(share)) return NOT_KNOWN;
  if (share > 0 && share < 0.0001) return "<0.01\u00a0%";
  return `${grouped(share * 100, digits)}\u00a0%`;
}

function percentDigits(share) {
  if (share === 0 || share === 1) return 0;
  const distance = Math.min(share, Math.abs(1 - share));
  return distance < 0.01 ? 2 : distance < 0.1 ? 1 : 0;
}

// On an axis: no more digits than it takes.
export function axisNumber(value) {
  return SIGNIFICANT.format(value).replace("-", "−");
}

// Significant digits, three unless said otherwise: 0.213, 12.3, 4,560, 1.2 × 10⁻⁵
export function roundedText(value, digits = 3) {
  if (!isKnown(value)) return NOT_KNOWN;
  const size = Math.abs(value);
  if (size === 0) return "0";
  if (size < 0.001 || size >= 1e6) return powerText(value);
  return grouped(value, Math.max(0, digits - 1 - Math.floor(Math.log10(size))));
}

function powerText(value) {
  const [mantissa, exponent] = value.toExponential(1).split("e");
  const digits = [...exponent.replace(/[+-]/, "")].map((digit) => SUPERSCRIPTS[digit]).join("");
  return `${mantissa.replace("-", "−")} × 10${exponent.startsWith("-") ? "⁻" : ""}${digits}`;
}

// The last value of a curve that was measured, or NaN.
export function lastKnown(values) {
  for (let at = values.length - 1; at >= 0; at -= 1) {
    if (Number.isFinite(values[at])) return values[at];
  }
  return NaN;
}
