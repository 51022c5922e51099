import { css } from 'lit';

/** Frame, header, footer, notices and buttons. */
const frame = css`
  :host {
    display: block; container: crowdcue / size; block-size: 100%; min-block-size: 22rem; min-inline-size: 0;
    font: var(--cc-weight-text) var(--cc-size-3) / var(--cc-leading) var(--cc-font); color: var(--cc-text); -webkit-text-size-adjust: 100%;
  }
  :host([hidden]) { display: none; }
  * { box-sizing: border-box; margin: 0; }
  .frame {
    position: relative; display: flex; flex-direction: column; block-size: 100%; min-block-size: inherit; overflow: hidden; isolation: isolate;
    background: var(--cc-surface); border-radius: var(--cc-radius-l); box-shadow: var(--cc-shadow);
  }
  .under { display: contents; }
  .said { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
  .icon { inline-size: 1.25em; block-size: 1.25em; flex: none; }
  header, footer { display: flex; align-items: center; gap: var(--cc-space-3); padding: var(--cc-space-3) var(--cc-space-4); min-block-size: 3.25rem; }
  header b { font-weight: var(--cc-weight-strong); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; min-inline-size: 0; }
  header .gap, footer .gap { flex: 1; }
  .live-tag { display: inline-flex; align-items: center; gap: .4em; padding: .2em .6em; border-radius: var(--cc-radius-s); background: var(--cc-on-air); color: var(--cc-on-air-ink); font-size: var(--cc-size-2); font-weight: var(--cc-weight-loud); text-transform: uppercase; letter-spacing: var(--cc-tracking-caps); flex: none; }
  .people { display: inline-flex; align-items: center; gap: .4em; font-weight: var(--cc-weight-strong); flex: none; }
  .people .icon { color: var(--cc-text-muted); }
  footer { color: var(--cc-text-muted); font-size: var(--cc-size-2); }
  footer .name { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; min-inline-size: 0; }
  footer .gifts { display: inline-flex; align-items: center; gap: .5em; padding: .55em 1em; border: 0; border-radius: var(--cc-radius-full); background: var(--cc-accent-soft); color: var(--cc-text); font: inherit; font-weight: var(--cc-weight-strong); cursor: pointer; flex: none; }
  footer .gifts.name { flex: 0 1 auto; min-inline-size: 0; background: var(--cc-surface-2); }
  footer .gifts.new { background: var(--cc-accent-fill); color: var(--cc-accent-ink); }
  .hall { position: relative; display: flex; flex: 1; flex-direction: column; min-block-size: 0; }
  main { position: relative; display: flex; flex: 1; flex-direction: column; gap: var(--cc-space-4); min-block-size: 0; padding: 0 var(--cc-space-4); overflow: hidden auto; overscroll-behavior: contain; }
  .notice { display: flex; margin-block-end: var(--cc-space-3); align-items: center; justify-content: center; gap: .6em; padding: var(--cc-space-2) var(--cc-space-4); background: var(--cc-surface-2); font-size: var(--cc-size-2); font-weight: var(--cc-weight-strong); }
  .notice .icon { color: var(--cc-warn); }
  button:focus-visible { outline: 3px solid var(--cc-focus); outline-offset: 2px; }
  .button { display: inline-flex; align-items: center; justify-content: center; gap: .6em; min-block-size: 3rem; padding: 0 var(--cc-space-5); border: 0; border-radius: var(--cc-radius-m); background: var(--cc-text); color: var(--cc-surface); font: inherit; font-weight: var(--cc-weight-strong); cursor: pointer; touch-action: manipulation; transition: transform var(--cc-time-1); }
  .button:active { transform: scale(.98); }
`;

/** What fills the frame. */
const panels = css`
  .panel { display: flex; flex: 1; flex-direction: column; align-items: center; justify-content: safe center; gap: var(--cc-space-3); padding-block: var(--cc-space-4); text-align: center; text-wrap: balance; animation: rise var(--cc-time-3) var(--cc-ease); }
  @keyframes rise { from { opacity: 0; transform: translateY(8px); } }
  .panel > p { max-inline-size: 34ch; color: var(--cc-text-muted); }
  .panel h2, .ticket h2, .away h2 { font-size: clamp(1.625rem, 8cqi, 2.5rem); font-weight: var(--cc-weight-loud); letter-spacing: var(--cc-tracking-loud); line-height: var(--cc-leading-tight); }
  .panel .button { margin-block-start: var(--cc-space-3); }
  .soft { color: var(--cc-text-muted); font-size: var(--cc-size-2); }
  .kicker { font-size: var(--cc-size-2); font-weight: var(--cc-weight-loud); text-transform: uppercase; letter-spacing: var(--cc-tracking-caps); color: var(--cc-accent-text) !important; }
  .beacon { position: relative; inline-size: 5rem; block-size: 5rem; margin-block-end: var(--cc-space-3); }
  .beacon i { position: absolute; inset: 0; border-radius: 50%; background: var(--cc-accent-fill); opacity: .22; animation: beat 1.8s var(--cc-ease) infinite; }
  .beacon i:nth-child(2) { animation-delay: -.6s; }
  .beacon i:nth-child(3) { inset: 34%; opacity: 1; animation: none; }
  @keyframes beat { from { transform: scale(.35); opacity: .5; } to { transform: scale(1.05); opacity: 0; } }
  .away { position: absolute; inset: 0; z-index: 1; display: grid; place-items: safe center; padding: var(--cc-space-4); overflow: auto; text-align: center; text-wrap: balance; background: color-mix(in srgb, var(--cc-surface) 64%, #0000); animation: rise var(--cc-time-4) var(--cc-ease); }
  .away > div { display: grid; justify-items: center; gap: var(--cc-space-3); padding: var(--cc-space-5) var(--cc-space-4); border-radius: var(--cc-radius-l); background: var(--cc-surface); box-shadow: var(--cc-shadow); }
  .away p { max-inline-size: 34ch; color: var(--cc-text-muted); }
  .crowd { position: relative; display: grid; place-content: center; justify-items: center; inline-size: min(66cqi, 17rem); aspect-ratio: 1; margin-block-end: var(--cc-space-5); border-radius: 50%; background: var(--cc-accent-soft); }
  .crowd .count { font-size: clamp(2.75rem, 17cqi, 4.75rem); font-weight: var(--cc-weight-loud); letter-spacing: var(--cc-tracking-loud); }
  .crowd .unit { color: var(--cc-text-muted); font-weight: var(--cc-weight-strong); }
  .halo { position: absolute; inset: 0; border-radius: 50%; border: 2px solid var(--cc-accent-fill); animation: halo 3.2s ease-out infinite; }
  .halo.late { animation-delay: -1.6s; }
  @keyframes halo { from { transform: scale(1); opacity: .7; } to { transform: scale(1.22); opacity: 0; } }
  .clock { display: grid; place-content: center; inline-size: min(56cqi, 15rem); aspect-ratio: 1; border-radius: 50%; background: var(--cc-accent-fill); color: var(--cc-accent-ink); }
  .clock b { font-size: clamp(5rem, 30cqi, 8.5rem); font-weight: var(--cc-weight-loud); line-height: 1; font-variant-numeric: tabular-nums; letter-spacing: -.04em; }
  .clock b.even { animation: tick-a var(--cc-time-3) var(--cc-ease-spring); }
  .clock b.odd { animation: tick-b var(--cc-time-3) var(--cc-ease-spring); }
  @keyframes tick-a { from { transform: scale(1.3); opacity: .2; } }
  @keyframes tick-b { from { transform: scale(1.3); opacity: .2; } }
  .panel.armed .how { color: var(--cc-text); font-size: var(--cc-size-4); font-weight: var(--cc-weight-strong); line-height: 1.3; }
  .panel .keys { font-size: var(--cc-size-2); }
  :host([keys=off]) .panel .keys { display: none; }
  @media (pointer: coarse) { .panel .keys { display: none; } }
  .time { display: flex; align-items: center; gap: var(--cc-space-3); }
  .time .track { flex: 1; block-size: 8px; border-radius: 4px; overflow: hidden; background: var(--cc-surface-2); }
  .time i { display: block; block-size: 100%; border-radius: inherit; background: var(--cc-accent-fill); transform-origin: 0 50%; transform: scaleX(var(--left)); transition: transform 1s linear; }
  [dir=rtl] .time i { transform-origin: 100% 50%; }
  .time b { min-inline-size: 2ch; text-align: end; font-size: var(--cc-size-4); font-weight: var(--cc-weight-loud); font-variant-numeric: tabular-nums; line-height: 1; }
  .game { display: flex; flex: 1; flex-direction: column; min-block-size: 0; }
  .game > * { flex: 1; min-block-size: 0; }
`;

/** In a corner of a video: what is not needed to play goes. */
const corner = css`
  @container crowdcue (max-height: 30rem) {
    .panel { gap: var(--cc-space-2); padding-block: var(--cc-space-2); }
    .panel .keys, .panel.idle > p { display: none; }
    .panel h2, .away h2 { font-size: var(--cc-size-5); }
    .away > div { gap: var(--cc-space-2); padding: var(--cc-space-4); }
    .away .beacon { inline-size: 2.5rem; block-size: 2.5rem; margin: 0; }
    .crowd, .clock { inline-size: 38cqb; margin-block-end: var(--cc-space-2); }
    .crowd .count { font-size: 11cqb; }
    .clock b { font-size: 22cqb; }
    .panel.armed .how { font-size: var(--cc-size-3); }
    header, footer { min-block-size: 2.75rem; padding-block: var(--cc-space-1); }
  }
`;

const still = css`
  @media (prefers-reduced-motion: reduce) {
    .beacon i, .halo, .panel, .away, .clock b.even, .clock b.odd { animation: none; }
    .time i { transition: none; }
  }
`;

/** Styles of `<crowdcue-game>`; the tokens come before them, those of what is loaded later after. */
export const elementStyles = [frame, panels, corner, still];
