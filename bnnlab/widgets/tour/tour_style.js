// How the tour's card looks: over the page at the right, on a phone as a sheet at the bottom.

export const TOUR_STYLE = `
.bnnlab .tour-begin {
  display: inline-flex; gap: 6px; align-items: center;
  position: fixed; top: 7px; right: 3.5rem; z-index: 999992; min-height: 32px; padding: 0 12px; white-space: nowrap;
  background: var(--control); border-color: var(--control); color: var(--onControl); font-weight: 600; border-radius: 8px;
}
.bnnlab .tour-spotlight {
  position: fixed; z-index: 900; border: 3px solid var(--control); border-radius: 12px; background: none;
  pointer-events: none; overflow: visible; box-shadow: 0 0 0 4px color-mix(in srgb, var(--control) 22%, transparent);
  transition: left 0.2s, top 0.2s, width 0.2s, height 0.2s;
}
.bnnlab .tour-card {
  position: fixed; inset: 52px 12px auto auto; margin: 0; transition: inset 0.2s;
  &[data-corner^="bottom"] { bottom: 12px; top: auto; }
  &[data-corner$="left"] { right: auto; left: 12px; } width: min(20rem, calc(100vw - 24px)); max-height: calc(100dvh - 64px);
  /* As high at every stop, so that its buttons stay where they are. */
  min-height: min(41rem, calc(100dvh - 64px));
  flex-direction: column; gap: 10px; padding: 14px 18px 16px; overflow: auto; overscroll-behavior: contain;
  background: var(--paper); color: var(--ink); border: 1px solid var(--control); border-radius: 12px;
  box-shadow: 0 6px 28px rgb(0 0 0 / 0.28); font-size: 1rem; line-height: 1.45;
  &:popover-open { display: flex; }
  &:focus { outline: none; }
  header { display: flex; gap: 6px; align-items: center; font-size: 0.85em; }
  header button, .tour-paper {
    min-height: 28px; min-width: 28px; padding: 0 8px; border: 1px solid var(--grid); border-radius: 6px; background: none;
    color: var(--faint); text-decoration: none; display: inline-flex; align-items: center;
  }
  .tour-place { margin-right: auto; color: var(--faint); font-weight: 600; }
  h2 { margin: 0; font-size: 1.25em; line-height: 1.2; font-weight: 700; outline: none; text-wrap: balance; }
  .tour-body, .tour-away { display: flex; flex-direction: column; gap: 10px; }
  .tour-text { display: flex; flex-direction: column; gap: 7px; text-wrap: pretty; }
  .tour-notice { color: var(--faint); font-size: 0.9em; }
  .tour-task { display: flex; flex-direction: column; gap: 7px; padding: 10px 12px; border-radius: 8px; background: var(--panel); border: 1px solid var(--grid); }
  .tour-task h3 { color: var(--control); font-size: 0.85em; }
  .tour-ask { font-weight: 600; }
  .tour-answer { display: flex; gap: 6px; }
  .tour-answer input {
    flex: 1 1 auto; min-width: 0; min-height: 34px; padding: 0 8px; border: 1px solid var(--faint); border-radius: 6px;
    background: var(--paper); color: var(--ink);
  }
  .tour-verdict { min-height: 1.45em; }
  &[data-done="true"] .tour-task { border-color: var(--control); }
  .tour-hint { align-self: flex-start; min-height: 0; padding: 0; border: none; background: none; color: var(--control); text-decoration: underline; }
  .tour-hinted { color: var(--faint); }
  .tour-hinted:empty { display: none; }
  .tour-bar { display: flex; gap: 3px; list-style: none; margin-top: auto; }
  .tour-bar li { flex: 1 1 0; }
  .tour-bar button { width: 100%; min-width: 0; min-height: 20px; padding: 0; border: none; background: none; }
  .tour-bar button::before { content: ""; display: block; height: 4px; border-radius: 2px; background: var(--grid); }
  .tour-bar button[data-ticked="true"]::after { content: "✓"; display: block; font-size: 11px; line-height: 12px; color: var(--control); }
  .tour-bar { min-height: 34px; align-items: flex-start; }
  .tour-bar button:hover::before { background: var(--faint); }
  .tour-bar button[data-behind="true"]::before, .tour-bar button[aria-current]::before { background: var(--control); }
  .tour-bar button[aria-current]::before { height: 8px; }
  footer { display: flex; justify-content: space-between; }
  footer button { min-width: 84px; }
  .tour-next { background: var(--paper); border-color: var(--control); color: var(--control); font-weight: 600; }
  &[data-done="true"] .tour-next { background: var(--control); color: var(--onControl); }
  button:disabled { visibility: hidden; }
}
@media (max-width: 700px) {
  .bnnlab .tour-begin { right: 3rem; }
  .bnnlab .tour-card, .bnnlab .tour-card[data-corner] { inset: auto 0 0 0; width: 100%; min-height: 0; max-height: 46dvh; border-radius: 14px 14px 0 0; padding: 10px 14px 0; gap: 7px; font-size: 15px; }
  .bnnlab .tour-card footer { position: sticky; bottom: 0; padding: 8px 0 12px; background: var(--paper); }
  .bnnlab .tour-bar { display: none; }
}
`;
