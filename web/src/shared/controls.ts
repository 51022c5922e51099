/** The look of what our pages share: buttons, fields, cards, captions. Painted with the design tokens only. */
import { css } from 'lit';

export const controls = css`
  :host { box-sizing: border-box; }
  *, *::before, *::after { box-sizing: inherit; }
  details > * { box-sizing: border-box; } /* what stands there inherits from a slot of the browser's own */
  :host([hidden]), [hidden] { display: none !important; }
  h1, h2, h3, p, ul, ol, dl, dd, figure { margin: 0; padding: 0; }
  ul, ol { list-style: none; }
  h1, h2, h3 { font-weight: var(--cc-weight-strong); line-height: var(--cc-leading-tight); text-wrap: balance; }
  button, input, select { font: inherit; color: inherit; }

  .caps { font-size: var(--cc-size-1); font-weight: var(--cc-weight-strong); letter-spacing: var(--cc-tracking-caps); text-transform: uppercase; color: var(--cc-text-muted); }
  .muted { color: var(--cc-text-muted); }
  .small { font-size: var(--cc-size-2); }
  .num { font-variant-numeric: tabular-nums; }
  .code { font-family: var(--cc-font-mono); font-size: .9em; }
  .hidden-text { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

  .card { background: var(--cc-surface); border: 1px solid var(--cc-line); border-radius: var(--cc-radius-m); padding: var(--cc-space-4); }
  .card-head { display: flex; align-items: center; justify-content: space-between; gap: var(--cc-space-3); min-height: 32px; margin-bottom: var(--cc-space-3); }

  button, .button {
    display: inline-flex; align-items: center; justify-content: center; gap: var(--cc-space-2); min-height: 40px; padding: 0 var(--cc-space-4);
    border: 1px solid var(--cc-line); border-radius: var(--cc-radius-s); background: var(--cc-surface); color: var(--cc-text);
    font-weight: var(--cc-weight-strong); font-size: var(--cc-size-2); text-decoration: none; cursor: pointer; white-space: nowrap; touch-action: manipulation;
    transition: background var(--cc-time-1), border-color var(--cc-time-1), transform var(--cc-time-1);
  }
  button:hover:not(:disabled), .button:hover { background: var(--cc-surface-2); }
  button:active:not(:disabled) { transform: translateY(1px); }
  button:disabled { cursor: not-allowed; color: var(--cc-text-muted); opacity: .75; }
  button.primary, .button.primary { background: var(--cc-accent-fill); color: var(--cc-accent-ink); border-color: transparent; }
  button.primary:hover:not(:disabled), .button.primary:hover { background: color-mix(in oklab, var(--cc-accent-fill) 88%, var(--cc-text)); }
  button.danger { color: var(--cc-bad); border-color: color-mix(in oklab, var(--cc-bad) 45%, var(--cc-line)); }
  button.danger.solid { background: var(--cc-on-air); color: var(--cc-on-air-ink); border-color: transparent; }
  button.quiet { border-color: transparent; background: transparent; }
  button.quiet:hover:not(:disabled) { background: var(--cc-surface-2); }
  button.small { min-height: 32px; padding: 0 var(--cc-space-3); font-size: var(--cc-size-2); }
  button.icon { width: 40px; padding: 0; }
  :focus-visible { outline: 3px solid var(--cc-focus); outline-offset: 2px; }

  .field { display: grid; gap: var(--cc-space-1); font-size: var(--cc-size-2); font-weight: var(--cc-weight-strong); }
  .field .hint { font-weight: var(--cc-weight-text); color: var(--cc-text-muted); font-size: var(--cc-size-1); }
  input:not([type=color], [type=checkbox]), select {
    width: 100%; min-height: 40px; padding: 0 var(--cc-space-3); background: var(--cc-bg); border: 1px solid var(--cc-line); border-radius: var(--cc-radius-s);
    font-size: var(--cc-size-3); font-weight: var(--cc-weight-text);
  }
  input:user-invalid { border-color: var(--cc-bad); }
  @media (pointer: coarse) { button, .button, input:not([type=color], [type=checkbox]), select { min-height: 44px; } button.small { min-height: 40px; } button.icon { width: 44px; } }
`;
