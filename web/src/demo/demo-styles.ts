import { css } from 'lit';

/** The page around the components, and the one theme that a page gives by its own style sheet. */
export const demoStyles = css`
  :host { display: block; }
  header { display: flex; flex-wrap: wrap; align-items: baseline; gap: var(--cc-space-4); padding: var(--cc-space-5) var(--cc-space-5) 0; }
  .brand-mark { display: inline-flex; align-items: center; gap: var(--cc-space-2); font-weight: var(--cc-weight-loud); }
  h1 { font-size: var(--cc-size-6); letter-spacing: var(--cc-tracking-loud); margin: 0; }
  h2 { font-size: var(--cc-size-4); margin: 0; }
  main { display: flex; flex-wrap: wrap; gap: var(--cc-space-6) var(--cc-space-5); padding: var(--cc-space-5); }
  section { display: grid; gap: var(--cc-space-1); align-content: start; min-width: 0; }
  section p { margin: 0 0 var(--cc-space-2); color: var(--cc-text-muted); font-size: var(--cc-size-2); max-width: 40ch; }
  section.column { flex: 1 1 20rem; max-width: 26rem; }
  section.narrow { width: 320px; }
  section.video { flex: 1 1 100%; }
  .place { height: 40rem; }
  .place.narrow { width: 320px; }
  .place.video { position: relative; height: auto; aspect-ratio: 16 / 9; max-width: 68rem; min-height: 26rem; border-radius: var(--cc-radius-m); overflow: hidden; background: radial-gradient(circle at 30% 40%, #3b5bdb, #0000 55%), radial-gradient(circle at 75% 65%, #c2255c, #0000 50%), #0b0d14; }
  .place.video crowdcue-game { position: absolute; inset-block-end: var(--cc-space-4); inset-inline-end: var(--cc-space-4); width: min(21rem, calc(100% - 32px)); height: 24rem; }
  .place.brand crowdcue-game { --cc-accent: #7cf29c; --cc-surface: #10261f; --cc-surface-2: #1b3a30; --cc-line: #2b5546; --cc-radius-l: 4px; --cc-radius-m: 2px; --cc-font: ui-serif, Georgia, "Times New Roman", serif; }
  form { display: grid; gap: var(--cc-space-3); max-width: 24rem; }
`;
