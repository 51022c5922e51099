import { css } from 'lit';

/** Styles of the card that asks for taps. */
export const clockStyles = css`
  .tap-flash { display: grid; place-content: center; inline-size: min(52cqi, 14rem); aspect-ratio: 1; padding: 0; border: 0; border-radius: 50%; background: var(--cc-accent-fill); color: var(--cc-accent-ink); font: inherit; font-size: var(--cc-size-6); font-weight: var(--cc-weight-loud); touch-action: manipulation; cursor: pointer; user-select: none; -webkit-user-select: none; -webkit-tap-highlight-color: transparent; }
  .tap-flash:active { transform: scale(.95); }
  .tap-flash:focus-visible { outline: 3px solid var(--cc-text); outline-offset: 4px; }
  .dots { display: flex; gap: var(--cc-space-2); }
  .dots i { inline-size: 10px; block-size: 10px; border: 2px solid var(--cc-accent-text); border-radius: 50%; }
  .dots i.on { background: var(--cc-accent-text); }
  .panel .button.quiet { margin: 0; background: none; color: var(--cc-text-muted); text-decoration: underline; text-underline-offset: 3px; }
  @container crowdcue (max-height: 30rem) { .tap-flash { inline-size: min(34cqi, 6rem); font-size: var(--cc-size-5); } }
  @media (prefers-reduced-motion: reduce) { .tap-flash:active { transform: none; } }
`;
