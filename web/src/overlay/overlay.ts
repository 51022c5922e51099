/**
 * `<cc-overlay>`: what the host's broadcast tool lays over the picture. Everybody sees it, nobody touches it: it says what happens, is calm
 * between, and shows no trouble of ours. While its link is down it stands still as it was, and goes on by itself.
 */
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { fallbackWords, numberText, textIn } from '@crowdcue/games/texts';
import type { CrowdView, FallbackView, OverlayAnswer } from '@crowdcue/protocol';
import { now } from '../shared/clock.js';
import { clockFace } from '../shared/format.js';
import { revealIn } from '../shared/reveal.js';
import { siteUrl } from '../shared/site.js';
import { readAddress } from './address.js';
import { BoardSlot } from './board-slot.js';
import { drawFlashes, flashes, type FlashDrawn } from './flash.js';
import { OverlayLink } from './link.js';
import { NewsQueue } from './news-queue.js';
import { onAir } from './on-air.js';
import { overlayStyles } from './overlay-styles.js';
import { overlayTexts, type OverlayText } from './overlay-text.js';
import { paintAccent } from './page.js';
import { SceneKeeper, type Scene } from './scene.js';
import { SponsorMeter } from './sponsor-meter.js';

/** ms between two looks at the clock: a countdown turns with the second. */
const LOOK_MS = 100;
const BEST = 3;
/** ms without a relay after which the host's fallback is shown instead of what stood there: another relay is found in less. */
const DOWN_MS = 5_000;

export class Overlay extends LitElement {
  static override styles = overlayStyles;
  readonly #address = readAddress(location.href, navigator.language);
  readonly #text: OverlayText = textIn(overlayTexts, this.#address.lang);
  readonly #scenes = new SceneKeeper();
  readonly #board = new BoardSlot(() => this.requestUpdate());
  readonly #news = new NewsQueue(() => this.requestUpdate());
  readonly #link = new OverlayLink(this.#address.event, this.#address.key, {
    changed: () => this.requestUpdate(),
    news: (news) => this.#news.add(news),
    flashes,
  });
  readonly #meter = new SponsorMeter(() => `crowdcue.overlay.${this.#address.event}.${this.#link.answer?.viewer ?? ''}`, {
    tell: (sponsor, shown) => this.#link.showing(sponsor, shown),
    later: (ms, run) => {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
  });
  /** The clock as it stood when the link went. */
  #stoodAt: number | undefined;
  /** Since when there is no relay, of this page's clock. */
  #downSince: number | undefined;
  #seen = '';
  #invited: { readonly answer: OverlayAnswer; readonly address: string; readonly code: string } | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#link.start();
    onAir(() => this.requestUpdate());
    setInterval(() => this.#look(), LOOK_MS);
  }

  protected override firstUpdated(): void {
    const drawn: FlashDrawn = (at, lateMs) => dispatchEvent(new CustomEvent('crowdcue-flash', { detail: { at, lateMs } }));
    drawFlashes(this.renderRoot.querySelector<HTMLElement>('.flash')!, () => this.#link.session?.eventTime(), drawn);
  }

  get #state(): CrowdView | undefined {
    return this.#link.refused === undefined ? this.#link.session?.state : undefined;
  }

  /** Event time; it stands while everything does. */
  get #now(): number {
    const { still } = this.#link;
    if (!still) this.#stoodAt = undefined;
    else this.#stoodAt ??= this.#link.eventTime();
    return this.#stoodAt ?? this.#link.eventTime();
  }

  /** Whether the host's fallback stands on the picture: off the air, or without a relay for longer than a moment. */
  #failed(scene: Scene): boolean {
    return this.#link.answer?.fallback !== undefined && (scene.kind === 'off' || (this.#downSince !== undefined && now() - this.#downSince >= DOWN_MS));
  }

  /** Renders when a second has turned. */
  #look(): void {
    this.#downSince = this.#link.gone ? this.#downSince ?? now() : undefined;
    const scene = this.#scenes.scene(this.#state, this.#now);
    const seen = JSON.stringify([scene.kind, 'secondsLeft' in scene ? scene.secondsLeft : 0, this.#address.host ? this.#reveal() : 0, this.#link.still, this.#failed(scene)]);
    if (seen === this.#seen) return;
    this.#seen = seen;
    this.requestUpdate();
  }

  #reveal(): number | undefined {
    const state = this.#state;
    return state === undefined ? undefined : revealIn(state.phase, state.closesAt ?? 0, this.#link.eventTime());
  }

  protected override willUpdate(_changed: PropertyValues): void {
    const state = this.#state;
    const { answer } = this.#link;
    if (answer !== undefined) paintAccent(answer.event.accent);
    if (state !== undefined && state.game !== '') this.#board.want(state.game, this.#address.lang);
    const { text } = this.#board;
    if (state === undefined || text === undefined || (state.phase !== 'live' && state.phase !== 'over')) return;
    const { phase, round, players, numbers, texts } = state;
    this.#board.show({ phase, round, players, numbers, texts, text, language: this.#address.lang });
  }

  #number(value: number): string {
    return numberText(value, this.#address.lang);
  }

  /** Where to join, for people to read and to point a phone at; worked out once an answer. */
  #invitation(answer: OverlayAnswer): { readonly address: string; readonly code: string } {
    if (this.#invited?.answer !== answer) {
      const { host, pathname } = new URL(answer.joinUrl);
      this.#invited = { answer, address: `${host}${pathname.replace(/\/join\/[^/]*$/, '')}`, code: siteUrl(`api/events/${encodeURIComponent(answer.event.id)}/qr.svg`) };
    }
    return this.#invited;
  }

  /** `7`, and `1:05` from a minute on. */
  #clock(seconds: number): string {
    return seconds < 60 ? this.#number(seconds) : clockFace(seconds * 1_000, this.#address.lang);
  }

  #join(): TemplateResult | typeof nothing {
    const { answer } = this.#link;
    if (answer === undefined) return nothing;
    const viewers = this.#state?.viewers ?? 0;
    const { address, code } = this.#invitation(answer);
    return html`<section class="sheet join"><img src=${code} alt="" @error=${hide}>
      <div class="words"><span class="play">${this.#text.play} ${this.#text.at}</span><span class="url"><bdi dir="ltr">${address}</bdi></span>
      <b class="letters">${answer.event.code}</b>${viewers > 0 ? html`<span class="here">${this.#text.here(this.#number(viewers))}</span>` : nothing}</div></section>`;
  }

  #armed(secondsLeft: number): TemplateResult {
    const { text } = this.#board;
    return html`<section class="sheet board armed"><div class="row"><b class="count">${this.#clock(secondsLeft)}</b>
      <div class="words"><span class="how">${this.#text.next}</span><p class="headline" dir="auto">${text?.title ?? ''}</p>
      <p class="how" dir="auto">${text?.howTo ?? ''}</p></div></div>${this.#head(undefined)}</section>`;
  }

  /** Title, code and clock. */
  #head(clock: string | undefined): TemplateResult {
    const code = this.#link.answer?.event.code;
    return html`<div class="head"><span class="title" dir="auto">${clock === undefined ? this.#text.play : this.#board.text?.title ?? ''}</span>
      ${code === undefined ? nothing : html`<span class="code">${code}</span>`}${clock === undefined || clock === '' ? nothing : html`<span class="clock">${clock}</span>`}</div>`;
  }

  #live({ secondsLeft, left }: Extract<Scene, { kind: 'live' }>): TemplateResult {
    // A clock that may be wrong is not shown: the board alone stands.
    const still = this.#link.still;
    return html`<section class="sheet board live">${this.#head(still ? '' : this.#clock(secondsLeft))}
      ${still ? nothing : html`<div class="time"><i .style=${`transform: scaleX(${left.toFixed(3)})`}></i></div>`}${this.#board.view ?? nothing}</section>`;
  }

  #over(): TemplateResult {
    const state = this.#state!;
    const { text } = this.#board;
    const best = [...state.top.entries()].sort(([a], [b]) => Number(a) - Number(b)).filter(([, { score }]) => score > 0).slice(0, BEST);
    return html`<section class="sheet board over">${this.#head('')}${this.#board.view ?? nothing}
      ${best.length === 0 || text === undefined || state.game === 'poll' ? nothing : html`<ol class="top">${best.map(([rank, { name, score }]) => html`<li><i>${this.#number(Number(rank))}</i><span class="who" dir="auto">${name}</span><b>${text.score({ score })}</b></li>`)}</ol>`}</section>`;
  }

  #scene(scene: Scene): unknown {
    switch (scene.kind) {
      case 'idle': return this.#join();
      case 'armed': return this.#armed(scene.secondsLeft);
      case 'live': return this.#live(scene);
      case 'over': return this.#over();
      case 'off': return nothing;
    }
  }

  #fallback(fallback: FallbackView): TemplateResult {
    const { title, body } = fallbackWords(fallback, this.#address.lang);
    return html`<section class="sheet fallback">${fallback.imageUrl === '' ? nothing : html`<img src=${fallback.imageUrl} alt="" referrerpolicy="no-referrer" @error=${hide}>`}
      <b dir="auto">${title}</b>${body === '' ? nothing : html`<span dir="auto">${body}</span>`}
      ${fallback.url === '' ? nothing : html`<span class="where" dir="auto">${fallback.label === '' ? '' : `${fallback.label}: `}${new URL(fallback.url).host}</span>`}</section>`;
  }

  #newsCard(): TemplateResult | typeof nothing {
    const news = this.#news.present;
    if (news === undefined) return nothing;
    const boards = [...(this.#state?.drops.values() ?? [])].filter(({ name, supply }) => news.drops.includes(name) && supply > 0);
    return html`<section class="sheet news" dir="auto"><span>${this.#text.unlocked(this.#number(news.viewers), news.viewers)}</span><b>${news.drops.join(', ') || news.title}</b>
      ${boards.map(({ left, supply }) => html`<span>${this.#text.left(this.#number(left), this.#number(supply))}</span>`)}</section>`;
  }

  /** Not while a round runs: then the round is all there is to see. */
  #sponsor(scene: Scene): TemplateResult | typeof nothing {
    const sponsor = this.#link.refused === undefined && !this.#address.host && (scene.kind === 'idle' || scene.kind === 'over') ? this.#link.answer?.sponsor ?? undefined : undefined;
    this.#meter.shows(onAir() ? sponsor?.name : undefined);
    if (sponsor === undefined) return nothing;
    return html`<section class="sheet sponsor"><span>${this.#text.sponsor}</span>
      ${sponsor.imageUrl === '' ? nothing : html`<img src=${sponsor.imageUrl} alt="" referrerpolicy="no-referrer" @error=${hide}>`}<b dir="auto">${sponsor.name}</b>
      ${sponsor.text === '' ? nothing : html`<span dir="auto">${sponsor.text}</span>`}</section>`;
  }

  #hostStrip(): TemplateResult {
    const { refused, still } = this.#link;
    const seconds = this.#reveal();
    const [kind, words] = seconds === undefined ? ['', this.#text.nothingHeld] as const : seconds > 0 ? ['wait', this.#text.revealIn(this.#number(seconds))] as const : ['safe', this.#text.reveal] as const;
    return html`<section class="sheet reveal ${kind}"><b>${words}</b>${refused !== undefined ? html`<small>${refused}</small>` : still ? html`<small>${this.#text.still}</small>` : nothing}</section>`;
  }

  protected override render(): unknown {
    const { lang, dir = 'ltr' } = this.#text;
    if (this.#address.host) return html`<div lang=${lang} dir=${dir}>${this.#hostStrip()}</div><div class="flash" hidden></div>`;
    const scene = this.#scenes.scene(this.#state, this.#now);
    // Where there is nothing to show the picture stays the host's alone.
    const shown = this.#link.refused === undefined;
    const fallback = shown && this.#failed(scene) ? this.#link.answer?.fallback : undefined;
    if (fallback !== undefined) this.#meter.shows(undefined);
    // One template for all: the bar at its end is drawn on for as long as the page stands.
    return html`<div lang=${lang} dir=${dir} class=${scene.kind === 'idle' || fallback !== undefined ? '' : 'busy'} data-scene=${!shown ? 'none' : fallback === undefined ? scene.kind : 'fallback'} data-still=${this.#link.still}>
      ${fallback === undefined ? html`${shown && scene.kind !== 'off' ? html`${this.#scene(scene)}${this.#newsCard()}` : nothing}${this.#sponsor(scene)}` : this.#fallback(fallback)}</div><div class="flash" hidden></div>`;
  }
}

const hide = (event: Event): void => {
  (event.target as HTMLElement).style.display = 'none';
};

customElements.define('cc-overlay', Overlay);
