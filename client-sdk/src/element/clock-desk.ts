/**
 * The element's stream clock: follows the player of the page, and asks a viewer of whose picture nothing better is known to tap along when
 * the host has it flash. The element loads it with the first player or flashes; nothing may import it statically, or it travels with the element.
 */
import { html, nothing, type CSSResult, type TemplateResult } from 'lit';
import { textIn } from '@crowdcue/games/texts';
import { FLASH_SERIES_MS, LIMITS, type StreamDelay } from '@crowdcue/protocol';
import { systemClock } from '../clock.js';
import { readJson, safeStorage } from '../storage.js';
import { StreamClock, type DelayReading, type Player } from '../stream-clock/index.js';
import { clockStyles } from './clock-styles.js';
import { clockTexts } from './clock-text.js';
import type { GameSession } from './session-port.js';

/** Whose delay is known to this, ms, is not asked: two cohorts. */
const GOOD_MS = 500;
/** Taps that are needed at least; the dots that the viewer sees. */
const TAPS = 4;
/** How long thanks are said, ms. */
const THANKS_MS = 4_000;

/** Who holds the desk. */
export interface ClockHolder {
  player(): Player | undefined;
  changed(): void;
  told(reading: DelayReading | undefined): void;
}

export class ClockDesk {
  /** To be adopted before the offer is shown. */
  readonly styles: CSSResult = clockStyles;
  readonly #storage = safeStorage(undefined, 'sessionStorage');
  #clock: StreamClock | undefined;
  #session: GameSession | undefined;
  /** First flash of the series that the viewer was asked in. */
  #asked = 0;
  /** … that is done with: tapped, or put away. */
  #done = 0;
  #known = false;
  #keyed = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly holder: ClockHolder) {}

  get reading(): DelayReading | undefined {
    return this.#clock?.reading;
  }

  attach(player: Player | undefined): void {
    this.#clock?.attach(player);
  }

  follow(session: GameSession | undefined): void {
    if (session === this.#session) return;
    this.#clock?.stop();
    clearTimeout(this.#timer);
    this.#session = session;
    this.#clock = session && new StreamClock(session, { player: this.holder.player(), tapped: this.#tapped });
    this.#clock?.on('reading', (reading) => this.holder.told(reading));
    if (this.reading !== undefined) this.holder.told(this.reading);
  }

  /** What taps said is kept for this tab: a reload of the phone changes nothing about the television. */
  get #tapped(): StreamDelay | undefined {
    const { delay, error } = (readJson(this.#storage, this.#key) ?? {}) as Partial<StreamDelay>;
    return typeof delay === 'number' && typeof error === 'number' ? { delay, error } : undefined;
  }

  get #key(): string {
    return `crowdcue.tapped.${this.#session?.viewer.event ?? ''}`;
  }

  /** The card that asks for taps, while there is reason to. */
  offer(language: string): TemplateResult | undefined {
    const from = this.#session?.state?.flashFrom ?? 0;
    if (!this.#wanted(from)) return undefined;
    if (this.#asked !== from) {
      this.#asked = from;
      this.#known = false;
      this.#later(() => this.#close(), this.#left(from));
    }
    const text = textIn(clockTexts, language);
    const dir = text.dir ?? 'ltr';
    const { made, fitting } = this.#clock!.taps;
    if (this.#known) {
      return html`<div class="panel calm tapped" part="panel tapped" dir=${dir} role="status">
        <h2>${text.thanks}</h2><p>${text.late((this.reading?.delay ?? 0) / 1000)}</p>
      </div>`;
    }
    return html`<div class="panel tapping" part="panel tapping" dir=${dir}>
      <h2>${text.title}</h2><p id="tap-how">${text.how}</p>
      <button type="button" class="tap-flash" part="tap-flash" aria-describedby="tap-how" @pointerdown=${this.#tap} @keydown=${this.#press} @click=${this.#click}>${text.tap}</button>
      <p class="dots" role="img" aria-label=${text.taps(made)}>${Array.from({ length: TAPS }, (_, i) => html`<i class=${i < Math.max(made, fitting) ? 'on' : ''}></i>`)}</p>
      ${made > TAPS ? html`<p class="soft" role="status">${text.more}</p>` : nothing}
      <button type="button" class="button quiet" part="button" @click=${this.#close}>${text.later}</button>
    </div>`;
  }

  #wanted(from: number): boolean {
    if (from === 0 || from === this.#done || this.#clock === undefined || this.#left(from) <= 0) return false;
    return this.#asked === from || this.reading === undefined || this.reading.error > GOOD_MS;
  }

  /** ms until the latest picture has shown the last flash. */
  #left(from: number): number {
    return from + FLASH_SERIES_MS + LIMITS.delayMs - (this.#session?.eventTime() ?? 0);
  }

  readonly #close = (): void => {
    this.#done = this.#asked;
    this.holder.changed();
  };

  readonly #tap = (event: Event): void => {
    if (event instanceof PointerEvent && event.button !== 0) return;
    const known = this.#clock!.tap(Math.max(0, systemClock.now() - event.timeStamp));
    if (known) {
      this.#known = true;
      const { delay, error } = this.reading!;
      if (this.holder.player() === undefined) this.#storage.setItem(this.#key, JSON.stringify({ delay, error }));
      this.#later(this.#close, THANKS_MS);
    }
    this.holder.changed();
  };

  /** A key counts when it goes down, as a finger does. */
  readonly #press = (event: KeyboardEvent): void => {
    if ((event.key !== ' ' && event.key !== 'Enter') || event.repeat) return;
    this.#keyed = true;
    event.preventDefault();
    this.#tap(event);
  };

  /** What presses buttons by no pointer and no key: assistive software. */
  readonly #click = (event: MouseEvent): void => {
    if (event.detail === 0 && !this.#keyed) this.#tap(event);
    this.#keyed = false;
  };

  #later(run: () => void, ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(run, ms);
  }
}
