/**
 * What a viewer hears, once the sound is on: the count into a round, its opening, the last seconds, the own tap, the outcome. Off until the
 * viewer turns it on, for the stream talks; the choice is this device's. Tones are made here, so no file is loaded. Nothing is only heard:
 * each tone goes with something that is shown and announced. Loaded after the element.
 *
 * An element with the attribute `muted` makes no sound and offers none.
 */
import { css, html, nothing, svg, type TemplateResult } from 'lit';
import { textIn, type Languages } from '@crowdcue/games/texts';
import type { MeView } from '@crowdcue/protocol';
import { safeStorage } from '../storage.js';
import { icon } from './icons.js';
import type { Stage } from './stage.js';

/** A tone: when, s after the first; frequency, Hz; how long, s; loudness, 0 to 1. */
export interface Tone {
  readonly at: number;
  readonly hz: number;
  readonly lasts: number;
  readonly gain: number;
}

/** What is heard at once, and why. */
export type Chime = 'count' | 'open' | 'last' | 'tap' | 'won' | 'played';

const tone = (at: number, hz: number, lasts: number, gain: number): Tone => ({ at, hz, lasts, gain });

/** Short, and rather soft: they stand beside a host who talks. */
export const TONES: Readonly<Record<Chime, readonly Tone[]>> = {
  count: [tone(0, 523, 0.09, 0.5)],
  open: [tone(0, 784, 0.09, 0.7), tone(0.08, 1047, 0.22, 0.7)],
  last: [tone(0, 659, 0.07, 0.4)],
  tap: [tone(0, 1319, 0.03, 0.25)],
  won: [tone(0, 523, 0.12, 0.6), tone(0.11, 659, 0.12, 0.6), tone(0.22, 784, 0.12, 0.6), tone(0.33, 1047, 0.35, 0.7)],
  played: [tone(0, 440, 0.14, 0.4), tone(0.13, 349, 0.22, 0.4)],
};
/** Of full scale, all tones of a chime together. */
const LOUDNESS = 0.2;
/** Seconds before a start and an end that are counted. */
const COUNTED = 3;
const CHOICE = 'crowdcue.sound';

/** What the button is called; the element says which way it is written. */
export const soundTexts: Languages<string> = { en: 'Sound', de: 'Ton', es: 'Sonido', ja: '音', 'pt-br': 'Som', ar: 'الصوت' };

const horn = svg`<path d="M4 9.5v5h3.5L12 18.5v-13L7.5 9.5z"/>`;
const ON = icon(svg`${horn}<path d="M15.5 9a4.2 4.2 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11"/>`);
const OFF = icon(svg`${horn}<path d="m16 9.5 5 5M21 9.5l-5 5"/>`);

const styles = css`footer .sound { display: inline-grid; place-items: center; inline-size: 44px; block-size: 44px; margin-block: -8px; padding: 0; border: 0; border-radius: var(--cc-radius-full); background: none; color: var(--cc-text-muted); cursor: pointer; flex: none; }
  footer .sound[aria-pressed='true'] { color: var(--cc-text); }`;

/** What is to be heard as one stage follows another; undefined where nothing is. */
export const chimeOf = (before: Stage, now: Stage, me: MeView | undefined): Chime | undefined => {
  switch (now.kind) {
    case 'armed': return (before.kind !== 'armed' || before.seconds !== now.seconds) && now.seconds > 0 && now.seconds <= COUNTED ? 'count' : undefined;
    case 'live':
      if (before.kind !== 'live') return before.kind === 'armed' ? 'open' : undefined; // who comes in later missed it
      return before.secondsLeft !== now.secondsLeft && now.open && now.secondsLeft > 0 && now.secondsLeft <= COUNTED ? 'last' : undefined;
    case 'over': {
      if (before.kind !== 'live' || me === undefined || me.result === 'none') return undefined;
      return me.result === 'won' ? 'won' : 'played';
    }
    default: return undefined;
  }
};

/** Adds a chime's tones to a graph, from `from` on, s of the context's time. */
export const schedule = (context: BaseAudioContext, chime: Chime, from: number): void => {
  for (const { at, hz, lasts, gain } of TONES[chime]) {
    const oscillator = context.createOscillator();
    const volume = context.createGain();
    const start = from + at;
    oscillator.type = 'triangle';
    oscillator.frequency.value = hz;
    volume.gain.setValueAtTime(0, start);
    volume.gain.linearRampToValueAtTime(gain * LOUDNESS, start + 0.008); // a tone that begins at once clicks
    volume.gain.exponentialRampToValueAtTime(0.0001, start + lasts);
    oscillator.connect(volume).connect(context.destination);
    oscillator.start(start);
    oscillator.stop(start + lasts + 0.02);
  }
};

export class Sound {
  readonly styles = styles;
  readonly #storage = safeStorage(undefined, 'localStorage');
  #on = this.#storage.getItem(CHOICE) === 'on';
  #context: AudioContext | undefined;
  #stage: Stage = { kind: 'loading' };

  /** `host` is the element; `changed` draws it again. */
  constructor(readonly host: Element, readonly changed: () => void) {
    // A browser lets a page be heard once it was touched. Seen on the way down: the element keeps taps to itself.
    host.addEventListener('pointerdown', () => this.#wake(), { passive: true });
    (host.shadowRoot ?? host).addEventListener('crowdcue-tap', () => this.#play('tap'), { capture: true });
  }

  get #muted(): boolean {
    return this.host.hasAttribute('muted');
  }

  /** What fills the element now. */
  hear(stage: Stage, me: MeView | undefined): void {
    const chime = chimeOf(this.#stage, stage, me);
    this.#stage = stage;
    if (chime !== undefined) this.#play(chime);
  }

  button(language: string): TemplateResult | typeof nothing {
    if (this.#muted) return nothing;
    const label = textIn(soundTexts, language);
    return html`<button type="button" class="sound" part="sound" aria-pressed=${this.#on} aria-label=${label} title=${label} @click=${() => this.#turn()}>${this.#on ? ON : OFF}</button>`;
  }

  #turn(): void {
    this.#on = !this.#on;
    this.#storage.setItem(CHOICE, this.#on ? 'on' : 'off');
    this.#wake();
    this.#play('tap');
    this.changed();
  }

  #wake(): void {
    if (!this.#on || this.#muted || typeof AudioContext !== 'function') return;
    this.#context ??= new AudioContext();
    if (this.#context.state === 'suspended') void this.#context.resume().catch(() => undefined);
  }

  #play(chime: Chime): void {
    const context = this.#context;
    if (!this.#on || this.#muted || context?.state !== 'running' || document.visibilityState === 'hidden') return;
    schedule(context, chime, context.currentTime);
  }
}
