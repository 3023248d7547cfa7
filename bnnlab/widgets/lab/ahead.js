// Fetches modules that will be needed after the next click, once the page has settled.

const SETTLED_AFTER_MS = 1000;

export function fetchAhead(addresses) {
  setTimeout(() => {
    for (const address of addresses) import(address).catch(() => {}); // whoever needs it says what is wrong
  }, SETTLED_AFTER_MS);
}
