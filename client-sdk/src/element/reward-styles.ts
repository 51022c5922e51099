import { css } from 'lit';

/** Styles of the reward sheet, on top of the element's own. */
export const rewardStyles = css`
  .sheet { position: absolute; inset: 0; z-index: 2; display: flex; flex-direction: column; gap: var(--cc-space-4); overflow-y: auto; overscroll-behavior: contain; padding: 3.75rem var(--cc-space-4) var(--cc-space-4); background: var(--cc-surface); animation: rise var(--cc-time-3) var(--cc-ease); }
  .shut { position: absolute; inset-block-start: var(--cc-space-2); inset-inline-end: var(--cc-space-2); display: grid; place-content: center; inline-size: 3rem; block-size: 3rem; border: 0; border-radius: 50%; background: transparent; color: var(--cc-text); font: inherit; cursor: pointer; }
  .ticket { position: relative; display: flex; flex-direction: column; align-items: center; gap: var(--cc-space-3); inline-size: 100%; max-inline-size: 26rem; margin: auto; padding: var(--cc-space-6) var(--cc-space-5); border-radius: var(--cc-radius-l); background: var(--cc-accent-soft); text-align: center; text-wrap: balance; }
  .ticket .why { color: var(--cc-text-muted); }
  .ticket.granted { -webkit-mask: var(--notches); mask: var(--notches); --notches: radial-gradient(circle 14px at 0 50%, #0000 98%, #000) left / 51% 100% no-repeat, radial-gradient(circle 14px at 100% 50%, #0000 98%, #000) right / 51% 100% no-repeat; }
  .serial { font-size: clamp(2rem, 11cqi, 3.25rem); font-weight: var(--cc-weight-loud); letter-spacing: var(--cc-tracking-loud); line-height: 1.05; font-variant-numeric: tabular-nums; }
  .stamp { display: inline-flex; align-items: center; gap: .4em; color: var(--cc-good); font-weight: var(--cc-weight-strong); }
  .note b { display: block; font-size: var(--cc-size-4); font-weight: var(--cc-weight-loud); }
  .note { color: var(--cc-text-muted); }
  .note b { color: var(--cc-text); }
  .ticket a { color: var(--cc-text); font-weight: var(--cc-weight-strong); }
  .ticket a.button.loud { color: var(--cc-accent-ink); text-decoration: none; }
  .ticket a:focus-visible, .ask :focus-visible { outline: 3px solid var(--cc-focus); outline-offset: 2px; }
  .terms { display: grid; gap: var(--cc-space-2); inline-size: 100%; margin: 0; padding: 0; list-style: none; color: var(--cc-text-muted); font-size: var(--cc-size-2); overflow-wrap: anywhere; }
  .terms b { color: var(--cc-text); }
  .ask { display: grid; gap: var(--cc-space-3); inline-size: 100%; text-align: start; }
  .ask label { display: grid; gap: var(--cc-space-1); font-weight: var(--cc-weight-strong); }
  .ask label.check { grid-template-columns: auto 1fr; align-items: center; gap: var(--cc-space-3); min-block-size: 3rem; }
  .ask select { inline-size: 100%; min-block-size: 3rem; padding: 0 var(--cc-space-3); border: 2px solid var(--cc-text-muted); border-radius: var(--cc-radius-m); background: var(--cc-surface); color: var(--cc-text); font: inherit; font-size: max(1rem, 16px); }
  .ask input { inline-size: 1.5rem; block-size: 1.5rem; margin: 0; accent-color: var(--cc-accent-fill); }
  .code { display: grid; gap: var(--cc-space-1); inline-size: 100%; }
  .code code { padding: var(--cc-space-3); border: 2px dashed var(--cc-text-muted); border-radius: var(--cc-radius-m); background: var(--cc-surface); font: inherit; font-weight: var(--cc-weight-loud); letter-spacing: .04em; text-wrap: wrap; overflow-wrap: anywhere; user-select: all; }
  .left { font-size: var(--cc-size-5); font-weight: var(--cc-weight-loud); font-variant-numeric: tabular-nums; }
  .button.loud { min-block-size: 4rem; inline-size: 100%; background: var(--cc-accent-fill); color: var(--cc-accent-ink); font-size: var(--cc-size-4); font-weight: var(--cc-weight-loud); }
  .button.quiet { background: var(--cc-surface-2); color: var(--cc-text); }
  .button[disabled] { cursor: progress; opacity: .85; }
  .spin { inline-size: 1.1em; block-size: 1.1em; border-radius: 50%; border: 3px solid currentColor; border-inline-end-color: transparent; animation: turn .8s linear infinite; }
  @keyframes turn { to { transform: rotate(1turn); } }
  @container crowdcue (max-height: 30rem) {
    .ticket { gap: var(--cc-space-2); padding-block: var(--cc-space-4); }
    .sheet { padding-block-start: var(--cc-space-7); }
  }
  @media (prefers-reduced-motion: reduce) { .sheet { animation: none; } }
`;
