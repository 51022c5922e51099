import { css } from 'lit';

/** One column to read, wide enough for the table; on paper black on white, without what is pressed. */
export const reportStyles = css`
  :host { display: block; max-width: 52rem; margin: 0 auto; padding: var(--cc-space-4) max(var(--cc-space-4), env(safe-area-inset-right)) var(--cc-space-7) max(var(--cc-space-4), env(safe-area-inset-left)); }
  header { display: flex; flex-wrap: wrap; align-items: center; gap: var(--cc-space-2) var(--cc-space-3); font-size: var(--cc-size-2); color: var(--cc-text-muted); }
  header svg { width: 24px; height: 24px; color: var(--cc-text); }
  header .grow { flex: 1; }
  h1 { font-size: clamp(var(--cc-size-5), 6vw, var(--cc-size-6)); letter-spacing: var(--cc-tracking-loud); margin-top: var(--cc-space-5); overflow-wrap: anywhere; }
  .sub { margin-top: var(--cc-space-2); color: var(--cc-text-muted); overflow-wrap: anywhere; }
  .state { margin-top: var(--cc-space-3); font-size: var(--cc-size-4); font-weight: var(--cc-weight-strong); }
  .test { display: inline-block; margin-top: var(--cc-space-3); padding: 2px 12px; border: 1px solid var(--cc-line); border-radius: var(--cc-radius-full); background: var(--cc-accent-soft); font-size: var(--cc-size-2); }
  section { margin-top: var(--cc-space-5); }
  h2 { font-size: var(--cc-size-4); margin-bottom: var(--cc-space-3); }
  .lead { margin-bottom: var(--cc-space-3); }
  .facts { display: grid; grid-template-columns: minmax(8rem, 13rem) minmax(0, 1fr); gap: var(--cc-space-2) var(--cc-space-4); }
  .facts dt { color: var(--cc-text-muted); }
  .facts dd { overflow-wrap: anywhere; white-space: pre-line; }
  .facts dd li + li { margin-top: var(--cc-space-1); }
  .tables { overflow-x: auto; }
  table { width: 100%; border-collapse: collapse; font-size: var(--cc-size-2); }
  th, td { padding: var(--cc-space-2) 0 var(--cc-space-2) var(--cc-space-3); text-align: end; white-space: nowrap; border-top: 1px solid var(--cc-line); }
  thead th { border-top: 0; font-weight: var(--cc-weight-text); color: var(--cc-text-muted); }
  th:first-child { padding-inline-start: 0; text-align: start; min-width: 4.5rem; max-width: 16rem; white-space: normal; overflow-wrap: break-word; }
  .figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(7rem, 1fr)); gap: var(--cc-space-3) var(--cc-space-4); }
  .figures dt { color: var(--cc-text-muted); font-size: var(--cc-size-2); }
  .figures dd { font-size: var(--cc-size-4); font-weight: var(--cc-weight-loud); }
  .steps > li { position: relative; padding: 0 0 var(--cc-space-5) 40px; border-inline-start: 2px solid var(--cc-line); margin-inline-start: 13px; padding-inline: 28px 0; }
  .steps > li:last-child { border-color: transparent; padding-bottom: 0; }
  .steps .n { position: absolute; inset-inline-start: -15px; top: -2px; width: 28px; height: 28px; border-radius: 50%; display: grid; place-items: center; background: var(--cc-accent-fill); color: var(--cc-accent-ink); font-weight: var(--cc-weight-loud); font-size: var(--cc-size-2); }
  .steps h3 { font-size: var(--cc-size-3); margin-bottom: var(--cc-space-1); }
  .steps .facts { margin-top: var(--cc-space-2); font-size: var(--cc-size-2); }
  .code { overflow-wrap: anywhere; }
  .again { margin-top: var(--cc-space-4); display: grid; gap: var(--cc-space-3); justify-items: start; }
  progress { width: min(24rem, 100%); height: 10px; accent-color: var(--cc-accent-text); }
  .verdict { font-weight: var(--cc-weight-strong); }
  .right { color: var(--cc-good); } .wrong { color: var(--cc-bad); }
  .mine { display: grid; gap: var(--cc-space-2); max-width: 20rem; margin-top: var(--cc-space-4); }
  footer { margin-top: var(--cc-space-6); padding-top: var(--cc-space-3); border-top: 1px solid var(--cc-line); font-size: var(--cc-size-2); color: var(--cc-text-muted); }
  a { color: inherit; }
  .note { padding-top: 16vh; display: grid; gap: var(--cc-space-3); }
  @media (max-width: 559px) {
    .facts { grid-template-columns: minmax(0, 1fr); gap: 0; }
    .facts dt { font-size: var(--cc-size-2); margin-top: var(--cc-space-2); }
  }
  @media print {
    :host { --cc-bg: #fff; --cc-surface: #fff; --cc-surface-2: #eee; --cc-text: #000; --cc-text-muted: #333; --cc-line: #999; --cc-good: #064; --cc-bad: #900; max-width: none; padding: 0; background: #fff; color: #000; font-size: 11pt; }
    button, .mine { display: none !important; }
    section, .steps > li { break-inside: avoid; }
  }
`;
