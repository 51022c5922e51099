import { css } from 'lit';

/** The stage takes what the thin header leaves; nothing scrolls while somebody taps. */
export const joinStyles = css`
  :host { display: flex; flex-direction: column; height: 100dvh; overflow: hidden; overscroll-behavior: none; }
  header { display: flex; align-items: center; gap: var(--cc-space-3); min-height: 48px; padding: 0 var(--cc-space-2) 0 var(--cc-space-4); background: var(--cc-surface); border-bottom: 1px solid var(--cc-line);
    padding-top: env(safe-area-inset-top); padding-left: max(var(--cc-space-4), env(safe-area-inset-left)); padding-right: max(var(--cc-space-2), env(safe-area-inset-right)); }
  header .brand { flex: 1; font-size: var(--cc-size-2); color: var(--cc-text-muted); }
  header .brand svg { width: 24px; height: 24px; color: var(--cc-text); }
  .tier { display: flex; align-items: center; justify-content: space-between; gap: var(--cc-space-3); margin: 0; padding: var(--cc-space-1) var(--cc-space-4); background: var(--cc-surface-2); }
  .stage { flex: 1; min-height: 0; display: flex; overflow: auto; }
  crowdcue-game { flex: 1; min-width: 0; min-height: 100%; display: block; width: 100%; }
  crowdcue-game::part(frame) { border-radius: 0; box-shadow: none; }
  @media (min-width: 720px) and (min-height: 640px) {
    .stage { padding: var(--cc-space-5); }
    crowdcue-game { max-width: 680px; max-height: 860px; min-height: 0; margin: auto; height: 100%; }
    crowdcue-game::part(frame) { border: 1px solid var(--cc-line); border-radius: var(--cc-radius-l); box-shadow: var(--cc-shadow); }
  }
  .note { flex: 1; overflow: auto; display: grid; align-content: center; justify-items: start; gap: var(--cc-space-4); width: min(30rem, 100%); margin: 0 auto; padding: var(--cc-space-6) var(--cc-space-4); }
  .note h1 { font-size: var(--cc-size-6); letter-spacing: var(--cc-tracking-loud); }
  .brand { display: flex; align-items: center; gap: var(--cc-space-2); font-weight: var(--cc-weight-loud); }
  [aria-busy] { justify-items: center; }
  .pulse { width: 56px; height: 56px; border-radius: 50%; background: var(--cc-accent-fill); animation: pulse var(--cc-time-4) ease-in-out infinite alternate; }
  @keyframes pulse { to { transform: scale(.72); opacity: .6; } }
  @media (prefers-reduced-motion: reduce) { .pulse { animation: none; } }
`;
