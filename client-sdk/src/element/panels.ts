import { html, nothing, type TemplateResult } from 'lit';
import { numberText, type GameText } from '@crowdcue/games/texts';
import type { CrowdView, QueuePlace } from '@crowdcue/protocol';
import { canRetry, type Ending } from './stage.js';
import type { ElementText, PanelText } from './element-text.js';

/** What panels have in common. */
export interface PanelContext {
  readonly text: ElementText;
  readonly language: string;
}

const number = (value: number, language: string): TemplateResult =>
  html`<crowdcue-number .value=${value} .language=${language}></crowdcue-number>`;

/** In the place of a panel's words; an extra stays. */
export const fallbackPanel = (name: string, fallback: TemplateResult, extra: unknown = nothing): TemplateResult =>
  html`<div class="panel calm" part="panel ${name}">${fallback}${extra}</div>`;

const calm = (name: string, { title, body }: PanelText, extra: unknown = nothing): TemplateResult => html`<div class="panel calm" part="panel ${name}">
  <h2>${title}</h2><p>${body}</p>${extra}
</div>`;

export const loadingPanel = ({ text }: PanelContext): TemplateResult => html`<div class="panel calm" part="panel loading">
  <span class="beacon" aria-hidden="true"><i></i><i></i><i></i></span><p class="soft">${text.loading}</p>
</div>`;

/** Everybody came at once, or every place is taken: the viewer's turn comes by itself. */
export const queuedPanel = ({ text }: PanelContext, { place, waitMs }: QueuePlace): TemplateResult =>
  calm('queued', { title: text.queue.title, body: text.queue.place(place) }, html`<p class="soft">${text.queue.wait(waitMs)}</p>`);

export const endedPanel = ({ text }: PanelContext, ending: Ending, again: () => void, fallback?: TemplateResult): TemplateResult => {
  const retry = canRetry(ending) ? html`<button type="button" class="button" part="button" @click=${again}>${ending === 'taken_over' ? text.playHere : text.retry}</button>` : nothing;
  return fallback === undefined ? calm(ending, text.endings[ending], retry) : fallbackPanel(ending, fallback, retry);
};

/** The host has stopped the show for now. */
export const offPanel = ({ text }: PanelContext, fallback?: TemplateResult): TemplateResult => (fallback !== undefined ? fallbackPanel('off', fallback) : calm('off', text.endings.event_off));

export const unknownGamePanel = ({ text }: PanelContext): TemplateResult => calm('unknown-game', text.unknownGame);

/** Between rounds: the crowd is what there is to see. */
export const idlePanel = ({ text, language }: PanelContext, viewers: number): TemplateResult => html`<div class="panel idle" part="panel idle">
  <div class="crowd" part="crowd">
    <span class="halo" aria-hidden="true"></span><span class="halo late" aria-hidden="true"></span>
    <span class="count">${number(viewers, language)}</span><span class="unit">${text.here(viewers)}</span>
  </div>
  <h2>${text.idle.title}</h2><p>${text.idle.body}</p>
</div>`;

export const armedPanel = ({ text, language }: PanelContext, game: GameText, seconds: number): TemplateResult => html`<div class="panel armed" part="panel armed">
  <p class="kicker" dir="auto">${game.title}</p>
  <div class="clock" part="countdown" role="timer"><span class="said">${text.startsIn(seconds)}</span><b aria-hidden="true" class=${seconds % 2 === 0 ? 'even' : 'odd'}>${seconds > 0 ? numberText(seconds, language) : text.go}</b></div>
  <p class="how" dir="auto">${game.howTo}</p><p class="keys" dir="auto">${game.keys}</p>
</div>`;

/** Time left: in each second the bar glides to where that second ends. */
export const timeBar = ({ text, language }: PanelContext, state: CrowdView, secondsLeft: number): TemplateResult => {
  const left = Math.min(1, (Math.max(0, secondsLeft - 1) * 1000) / Math.max(1, state.endsAt - state.startsAt));
  return html`<div class="time" part="time">
    <span class="track" aria-hidden="true"><i .style=${`--left:${left}`}></i></span>
    <b><span aria-hidden="true">${numberText(secondsLeft, language)}</span><span class="said">${text.secondsLeft(secondsLeft)}</span></b>
  </div>`;
};

/** What late pictures mean for this viewer: its own is too late, or others are later than it. */
export const lateLine = ({ text }: PanelContext, wait: number, unscored: boolean | undefined): unknown =>
  unscored ? html`<p class="soft" part="late">${text.unscored}</p>` : wait > 0 ? html`<p class="soft" part="late">${text.outcomeIn(wait)}</p>` : nothing;
