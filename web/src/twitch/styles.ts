import { css } from 'lit';

/** The game fills the frame that Twitch gives it; a panel is 318 pixels wide, and a component may be lower than it is wide. */
export const viewerStyles = css`
  :host { display: flex; flex-direction: column; height: 100dvh; overflow: hidden; color: var(--cc-text); }
  crowdcue-game { flex: 1; min-block-size: 0; }
  crowdcue-game::part(frame) { border-radius: 0; box-shadow: none; }
  :host([view=component]) { padding: var(--cc-space-2); }
  :host([view=component]) crowdcue-game::part(frame), :host([view=component]) .note { border-radius: var(--cc-radius-m); border: 1px solid var(--cc-line); }
  .note { flex: 1; display: grid; align-content: center; justify-items: center; gap: var(--cc-space-3); padding: var(--cc-space-5); background: var(--cc-surface); text-align: center; text-wrap: balance; }
  .note svg { width: 40px; height: 40px; }
  .note h1 { font-size: var(--cc-size-5); }
  :host([view=component]) .guest { margin-block-end: var(--cc-space-2); border-radius: var(--cc-radius-m); }
  .guest { padding: var(--cc-space-2) var(--cc-space-4); background: var(--cc-surface-2); font-size: var(--cc-size-2); text-align: center; }
`;

export const configStyles = css`
  :host { display: block; }
  main { display: grid; gap: var(--cc-space-4); width: min(34rem, 100%); margin: 0 auto; padding: var(--cc-space-5) var(--cc-space-4); }
  .brand { display: flex; align-items: center; gap: var(--cc-space-2); font-weight: var(--cc-weight-loud); }
  output { display: block; padding: var(--cc-space-3); background: var(--cc-bg); border: 1px solid var(--cc-line); border-radius: var(--cc-radius-s); overflow-wrap: anywhere; user-select: all; }
  .row { display: flex; flex-wrap: wrap; gap: var(--cc-space-2); }
  .card { display: grid; gap: var(--cc-space-3); }
`;
