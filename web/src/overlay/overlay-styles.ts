import { css } from 'lit';

/** Type on the picture has an outline of its own as well as a sheet behind it: whichever of them compression eats, the other holds. */
export const overlayStyles = css`
  :host { position: fixed; inset: 0; display: block; color: #fff; font-family: var(--cc-font); --edge: calc(var(--u) * 5); pointer-events: none; }
  * { box-sizing: border-box; margin: 0; }
  .sheet { position: absolute; display: grid; gap: calc(var(--u) * 1.2); padding: calc(var(--u) * 1.8) calc(var(--u) * 2.2); border-radius: calc(var(--u) * 1.8); background: rgb(13 16 22 / .93); box-shadow: 0 0 0 calc(var(--u) * .25) rgb(255 255 255 / .92), 0 0 calc(var(--u) * 3) rgb(0 0 0 / .5); animation: come .36s ease-out; }
  .sheet, .sheet * { text-shadow: .06em .06em 0 #0d1016, -.06em .06em 0 #0d1016, .06em -.06em 0 #0d1016, -.06em -.06em 0 #0d1016; }
  @keyframes come { from { opacity: 0; transform: translateY(calc(var(--u) * 1.5)); } }
  .board { inset-block-end: var(--edge); inset-inline-start: var(--edge); inline-size: calc(var(--u) * 63); }
  .head { display: flex; align-items: center; gap: calc(var(--u) * 1.4); font-size: calc(var(--u) * 2.5); font-weight: 800; }
  .head .title { flex: 1; min-inline-size: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  .head .code { font-weight: 700; }
  .head .clock { min-inline-size: 2.4ch; padding: 0 .3em; border-radius: .25em; background: var(--cc-accent-fill); color: var(--cc-accent-ink); text-shadow: none; font-size: calc(var(--u) * 3.6); line-height: 1.2; text-align: center; font-variant-numeric: tabular-nums; }
  .time { block-size: calc(var(--u) * .9); border-radius: calc(var(--u) * .5); background: #3a4150; overflow: hidden; }
  .time i { display: block; block-size: 100%; background: var(--cc-accent-fill); transform-origin: 0 50%; }
  [dir=rtl] .time i { transform-origin: 100% 50%; }
  .armed .how { font-size: calc(var(--u) * 2.8); font-weight: 700; line-height: 1.2; }
  .armed .headline { font-size: calc(var(--u) * 5); font-weight: 800; line-height: 1.05; }
  .armed .row { display: flex; align-items: center; gap: calc(var(--u) * 2.4); }
  .armed .count { flex: none; display: grid; place-content: center; min-inline-size: calc(var(--u) * 15); block-size: calc(var(--u) * 15); padding: 0 calc(var(--u) * 1.5); border-radius: calc(var(--u) * 7.5); background: var(--cc-accent-fill); color: var(--cc-accent-ink); text-shadow: none; font-size: calc(var(--u) * 9); font-weight: 800; font-variant-numeric: tabular-nums; line-height: 1; }
  .join { inset-block-end: var(--edge); inset-inline-end: var(--edge); grid-template-columns: auto auto; align-items: center; column-gap: calc(var(--u) * 2); }
  .join img { inline-size: calc(var(--u) * 17); block-size: calc(var(--u) * 17); padding: calc(var(--u) * .6); border-radius: calc(var(--u) * 1); background: #fff; }
  .join .words { display: grid; gap: calc(var(--u) * .7); }
  .join .play { font-size: calc(var(--u) * 2.6); font-weight: 700; }
  .join .letters { font-family: var(--cc-font-mono); font-size: calc(var(--u) * 5.6); font-weight: 800; letter-spacing: .06em; line-height: 1; }
  .join .url, .join .here { font-size: calc(var(--u) * 2.5); font-weight: 600; max-inline-size: calc(var(--u) * 34); overflow-wrap: anywhere; }
  .top { display: grid; gap: calc(var(--u) * .5); padding: 0; list-style: none; font-size: calc(var(--u) * 2.5); font-weight: 700; }
  .top li { display: flex; gap: calc(var(--u) * 1.2); }
  .top .who { flex: 1; min-inline-size: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  .top i { font-style: normal; min-inline-size: 1.2em; }
  .news { inset-block-end: var(--edge); inset-inline-start: var(--edge); max-inline-size: calc(var(--u) * 46); gap: calc(var(--u) * .4); border-inline-start: calc(var(--u) * 1) solid var(--cc-accent-fill); }
  .news b { font-size: calc(var(--u) * 3.2); font-weight: 800; overflow-wrap: anywhere; }
  .news span { font-size: calc(var(--u) * 2.5); font-weight: 700; }
  .busy .news { inset-inline: auto var(--edge); } /* the board is at the other side */
  .sponsor { inset-block-start: var(--edge); inset-inline-end: var(--edge); max-inline-size: calc(var(--u) * 38); gap: calc(var(--u) * .5); justify-items: end; text-align: end; }
  .sponsor span { font-size: calc(var(--u) * 2.4); font-weight: 600; }
  .sponsor b { font-size: calc(var(--u) * 3.2); font-weight: 800; overflow-wrap: anywhere; }
  .sponsor img { max-inline-size: calc(var(--u) * 24); max-block-size: calc(var(--u) * 8); object-fit: contain; }
  .fallback { inset-block-end: var(--edge); inset-inline-start: var(--edge); max-inline-size: calc(var(--u) * 63); gap: calc(var(--u) * .8); border-inline-start: calc(var(--u) * 1) solid var(--cc-accent-fill); }
  .fallback b { font-size: calc(var(--u) * 4.6); font-weight: 800; line-height: 1.1; overflow-wrap: anywhere; }
  .fallback span { font-size: calc(var(--u) * 2.8); font-weight: 600; overflow-wrap: anywhere; }
  .fallback img { max-inline-size: calc(var(--u) * 30); max-block-size: calc(var(--u) * 14); object-fit: contain; }
  .reveal { inset-block-start: 0; inset-inline: 0; border-radius: 0; justify-items: center; text-align: center; font-size: calc(var(--u) * 5); font-weight: 800; line-height: 1.1; }
  .reveal.wait { background: #a3161f; } .reveal.safe { background: #0a6b3c; }
  .reveal small { font-size: calc(var(--u) * 2.5); font-weight: 700; }
  .flash { position: absolute; inset-inline: 0; inset-block-start: 42%; block-size: 16%; background: #fff; box-shadow: 0 0 0 calc(var(--u) * 2) #000; }
  .flash[hidden] { display: none; }
  @media (max-width: 760px) {
    :host { --edge: calc(var(--u) * .8); }
    .board { inset-block-start: auto; inline-size: auto; inset-inline-end: var(--edge); }
    .join { inset-inline-start: var(--edge); justify-content: center; }
    .armed .how { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 3; overflow: hidden; }
    .time { display: none; }
    .news { z-index: 1; }
    .busy .sponsor, .busy .news { display: none; } /* one thing at a time in a corner */
    .top { display: none; }
  }
  @media (prefers-reduced-motion: reduce) { .sheet { animation: none; } }
`;
