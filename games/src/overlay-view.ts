/**
 * What a game's board on the stream is: a Lit element that shows one round to everybody who watches, composited over the host's picture.
 * Nobody taps it. It is seen through video compression at 720 lines, so type is large, outlined, and never told apart by colour alone.
 */
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { numberOn, optionsOn, percentText, textOn, type BoardSight, type GameText } from './text.js';
import { tick } from './tick.js';

/** Everything that a board shows. A new object with each change. */
export interface OverlaySight extends BoardSight {
  readonly phase: 'live' | 'over';
  readonly round: number;
  readonly players: number;
  readonly text: GameText;
  readonly language: string;
}

/** Base of all boards. Sizes are in `--u`, a hundredth of the board's width that the page sets. */
export abstract class OverlayView extends LitElement {
  static override properties = { sight: { attribute: false } };
  declare sight: OverlaySight | undefined;

  protected override willUpdate(_changed: PropertyValues<this>): void {
    this.dir = this.sight?.text.dir ?? 'ltr';
  }

  protected number(key: string): number {
    return this.sight === undefined ? 0 : numberOn(this.sight, key);
  }

  protected said(key: string): string {
    return this.sight === undefined ? '' : textOn(this.sight, key);
  }

  /** What was asked, and its choices as bars. `shares` false: nothing of the crowd is shown while it may not be. */
  protected question(shares: boolean, strong: (choice: number) => boolean): TemplateResult {
    const sight = this.sight!;
    const options = optionsOn(sight);
    const after = sight.phase === 'over' ? 'after' : '';
    return html`<p class="question ${after}" dir="auto">${this.said('question')}</p>
      <ol class="options ${after} ${options.length > 4 ? 'many' : ''}">${options.map((name, choice) => {
        const share = shares ? numberOn(sight, `share${choice + 1}`) : undefined;
        return html`<li class=${strong(choice) ? 'strong' : ''}>${share === undefined ? nothing : html`<i .style=${`--share:${share}`}></i>`}
          <span class="badge">${strong(choice) ? tick : choice + 1}</span><span class="name" dir="auto">${name}</span>${share === undefined ? nothing : html`<b>${percentText(share, sight.language)}</b>`}</li>`;
      })}</ol>`;
  }
}

/** Styles that boards share: the page declares the tokens. */
export const overlayStyles = css`
  :host { display: grid; gap: calc(var(--u) * 1.2); min-inline-size: 0; color: #fff; }
  * { box-sizing: border-box; margin: 0; }
  ol { padding: 0; list-style: none; }
  .big { font-size: calc(var(--u) * 5.4); font-weight: 800; line-height: 1; letter-spacing: -.02em; font-variant-numeric: tabular-nums; }
  .label { font-size: calc(var(--u) * 2.5); font-weight: 700; line-height: 1.15; }
  .question { font-size: calc(var(--u) * 3.1); font-weight: 800; line-height: 1.15; letter-spacing: -.01em; text-wrap: balance; overflow-wrap: anywhere; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 3; overflow: hidden; }
  .options { display: grid; grid-template-columns: 1fr 1fr; gap: calc(var(--u) * .8); }
  .options li { position: relative; display: flex; align-items: center; gap: calc(var(--u) * 1); min-inline-size: 0; padding: calc(var(--u) * .6) calc(var(--u) * 1.2) calc(var(--u) * .6) calc(var(--u) * .7); border-radius: calc(var(--u) * 1); background: #2a303d; overflow: hidden; isolation: isolate; font-size: calc(var(--u) * 2.5); font-weight: 700; }
  .options li i { position: absolute; z-index: -1; inset-block: 0; inset-inline-start: 0; inline-size: calc(var(--share) * 1%); background: #4c566b; transition: inline-size .36s ease-out; }
  .options li.strong { outline: calc(var(--u) * .35) solid var(--cc-accent-fill); outline-offset: calc(var(--u) * -.35); }
  .badge { flex: none; display: grid; place-content: center; inline-size: 1.5em; aspect-ratio: 1; border-radius: .3em; background: #fff; color: #10131a; text-shadow: none; font-weight: 800; font-variant-numeric: tabular-nums; }
  .strong .badge { background: var(--cc-accent-fill); color: var(--cc-accent-ink); }
  .tick { inline-size: 1em; block-size: 1em; }
  .name { flex: 1; min-inline-size: 0; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow: hidden; overflow-wrap: anywhere; line-height: 1.1; }
  .options b { font-weight: 800; font-variant-numeric: tabular-nums; }
  .headline { font-size: calc(var(--u) * 5); font-weight: 800; line-height: 1.05; letter-spacing: -.02em; text-wrap: balance; overflow-wrap: anywhere; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow: hidden; }
  .figures { font-size: calc(var(--u) * 2.5); font-weight: 600; line-height: 1.2; }
  .question.after { -webkit-line-clamp: 2; font-size: calc(var(--u) * 2.6); }
  @media (max-width: 760px) {
    :host { gap: calc(var(--u) * .9); }
    .question { -webkit-line-clamp: 2; }
    .question:has(+ .many) { -webkit-line-clamp: 1; }
    .options { gap: calc(var(--u) * .6); }
    .options li { padding-block: calc(var(--u) * .3); }
    .name { -webkit-line-clamp: 1; }
    .many li { font-size: calc(var(--u) * 2.1); gap: calc(var(--u) * .6); padding-inline: calc(var(--u) * .4) calc(var(--u) * .7); }
    .after { display: none; } /* the words say it */
  }
  @media (prefers-reduced-motion: reduce) { * { animation: none !important; transition: none !important; } }
`;

/** The outcome in the game's own words. */
export const outcomeOf = (sight: OverlaySight): TemplateResult =>
  html`<p class="headline" dir="auto">${sight.text.headline(sight)}</p><p class="figures" dir="auto">${sight.text.outcome(sight)}</p>`;
