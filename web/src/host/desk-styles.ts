import { css } from 'lit';

/** Where the desk's panels stand: on air on top, cue and pulse side by side, what is shown rather than done at the side. */
export const deskStyles = css`
  :host { display: block; min-height: 100dvh; }
  .desk { display: grid; gap: var(--cc-space-4); padding: var(--cc-space-4); max-width: 1680px; margin: 0 auto; align-items: stretch;
    grid-template-columns: minmax(0, 1.5fr) minmax(0, 1fr) 360px; grid-template-areas: 'air air side' 'cue pulse side' 'rounds rounds side'; grid-template-rows: auto auto 1fr; }
  cc-on-air { grid-area: air; } cc-cue { grid-area: cue; } cc-pulse { grid-area: pulse; } cc-rounds { grid-area: rounds; }
  .side { grid-area: side; display: grid; gap: var(--cc-space-4); align-content: start; }
  .watching { grid-template-areas: 'air air side' 'pulse pulse side' 'rounds rounds side'; }
  .stale cc-on-air, .stale cc-pulse { opacity: .6; }
  .banner { display: flex; flex-wrap: wrap; align-items: center; justify-content: center; gap: var(--cc-space-2) var(--cc-space-4); padding: var(--cc-space-2) var(--cc-space-4); background: var(--cc-on-air); color: var(--cc-on-air-ink); font-size: var(--cc-size-2); font-weight: var(--cc-weight-strong); }
  .banner .code { opacity: .85; font-weight: var(--cc-weight-text); }
  .first { max-width: 30rem; margin: 0 auto; padding: 16vh var(--cc-space-5); display: grid; gap: var(--cc-space-4); justify-items: center; text-align: center; }
  .first h1 { font-size: var(--cc-size-6); letter-spacing: var(--cc-tracking-loud); }
  .first button { min-height: 52px; padding: 0 var(--cc-space-5); font-size: var(--cc-size-3); }

  @media (max-width: 1179px) {
    .desk { grid-template-columns: minmax(0, 1.3fr) minmax(0, 1fr); grid-template-areas: 'air air' 'cue pulse' 'side side' 'rounds rounds'; grid-template-rows: auto; }
    .watching { grid-template-areas: 'air air' 'pulse pulse' 'side side' 'rounds rounds'; }
    .side { grid-template-columns: repeat(2, minmax(0, 1fr)); }
    .side cc-viewers { grid-column: 2; grid-row: 1 / span 4; }
  }
  @media (max-width: 719px) {
    .desk { display: flex; flex-direction: column; gap: var(--cc-space-3); padding: var(--cc-space-3); padding-bottom: calc(116px + env(safe-area-inset-bottom)); }
    .side { grid-template-columns: minmax(0, 1fr); gap: var(--cc-space-3); }
    .side cc-viewers { grid-area: auto; }
    cc-pulse { order: 1; } cc-cue { order: 2; } .side { order: 3; } cc-rounds { order: 4; }
  }
`;
