// How many operations a product takes, in float and in bits, as texts. The first word of a cell starts its sum; every other
// one is added to it, in float as in bits.

import { countText, grouped } from "../shared/numbers.js";

// Of a cell's first word, of its last, and of those between.
export function wordCosts(depth, bits) {
  const last = depth - bits * (Math.ceil(depth / bits) - 1);
  return { first: wordCost(Math.min(depth, bits), 0), middle: wordCost(bits, 1), last: wordCost(last, 1) };
}

// Of one cell and of all, where they are more than one word's.
export function totalCosts(depth, cells, bits) {
  const words = Math.ceil(depth / bits);
  return [
    ...(words > 1 ? [cellsCost(`one cell, ${countText(words, "word")}`, depth, words, 1)] : []),
    ...(cells > 1 ? [cellsCost(`all ${grouped(cells)} cells`, depth, words, cells)] : []),
  ];
}

function wordCost(products, joined) {
  return {
    scope: `this word, ${countText(products, "product")}`,
    float: operations([products, "mul"], [products - 1 + joined, "add"]),
    binary: operations([1, "xnor"], [1, "popcount"], [joined, "add"]),
  };
}

function cellsCost(scope, depth, words, cells) {
  return {
    scope,
    float: operations([depth * cells, "mul"], [(depth - 1) * cells, "add"]),
    binary: operations([words * cells, "xnor"], [words * cells, "popcount"], [(words - 1) * cells, "add"]),
  };
}

function operations(...parts) {
  return parts.filter(([count]) => count).map(([count, name]) => `${grouped(count)} ${name}`).join(" + ");
}
