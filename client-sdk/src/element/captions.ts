/**
 * `<crowdcue-captions>`: the region that captions stand in, within the element, and how a viewer chooses language and size. Loaded with
 * the first caption of an event. It reads the session only while captions are on.
 */
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { textIn } from '@crowdcue/games/texts';
import type { ShownCaption } from '../caption-feed.js';
import { safeStorage } from '../storage.js';
import { keepChoice, languageFor, readChoice, type CaptionChoice } from './caption-choice.js';
import { captionTexts } from './caption-text.js';
import type { GameSession } from './session-port.js';

/** Lines that stand at once: more than two are not read in time. */
const MOST_LINES = 2;
/** ms between two looks whether a line is over: a caption that stands on covers nothing. */
const LOOK_MS = 250;

export class CrowdCaptions extends LitElement {
  static override properties = { session: { attribute: false }, posted: { attribute: false }, language: {}, lines: { state: true }, choice: { state: true }, open: { state: true } };
  static override styles = css`
    :host { display: flex; align-items: end; gap: var(--cc-space-2); padding: var(--cc-space-1) var(--cc-space-4) 0; position: relative; flex: none; }
    * { box-sizing: border-box; }
    .lines { flex: 1; min-inline-size: 0; display: grid; justify-items: center; gap: 2px; text-align: center; font-size: var(--cc-size-3); }
    .lines.on { min-block-size: 2.75em; align-content: end; }
    .lines[data-size='0'] { font-size: var(--cc-size-2); }
    .lines[data-size='2'] { font-size: var(--cc-size-5); }
    .lines p { margin: 0; padding: .1em .5em; border-radius: var(--cc-radius-s); background: #10131a; color: #fff; font-weight: var(--cc-weight-strong); line-height: 1.3; white-space: pre-line; overflow-wrap: anywhere; text-wrap: balance; max-inline-size: 100%; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 3; overflow: hidden; }
    @container crowdcue (max-height: 38rem) { .lines p { -webkit-line-clamp: 2; } .lines p:not(:last-child) { display: none; } }
    button, select { min-block-size: 2.75rem; border: 1px solid var(--cc-line); border-radius: var(--cc-radius-m); background: var(--cc-surface); color: var(--cc-text); font: inherit; font-size: var(--cc-size-2); font-weight: var(--cc-weight-strong); cursor: pointer; }
    button { min-inline-size: 2.75rem; padding: 0 var(--cc-space-2); }
    button:focus-visible, select:focus-visible { outline: 3px solid var(--cc-focus); outline-offset: 2px; }
    button[aria-pressed='true'], .cc.on { background: var(--cc-text); color: var(--cc-surface); border-color: var(--cc-text); }
    .cc { flex: none; letter-spacing: .04em; font-weight: var(--cc-weight-loud); }
    .menu { position: absolute; z-index: 2; inset-block-end: calc(100% + var(--cc-space-1)); inset-inline-end: var(--cc-space-4); display: grid; gap: var(--cc-space-2); padding: var(--cc-space-3); border: 1px solid var(--cc-line); border-radius: var(--cc-radius-m); background: var(--cc-surface); box-shadow: var(--cc-shadow); max-inline-size: calc(100% - 2 * var(--cc-space-4)); }
    .menu select { inline-size: 100%; padding: 0 var(--cc-space-2); }
    .menu div { display: flex; gap: var(--cc-space-1); }
    .menu div button { flex: 1; }
    .menu .s0 { font-size: var(--cc-size-1); } .menu .s2 { font-size: var(--cc-size-4); }
  `;
  declare session: GameSession | undefined;
  /** What the room posted last: what languages there are is known also while captions are off. */
  declare posted: unknown;
  declare language: string;
  declare private lines: readonly ShownCaption[];
  declare private choice: CaptionChoice;
  declare private open: boolean;
  readonly #storage = safeStorage(undefined, 'localStorage');
  readonly #languages = new Set<string>();
  #stop: () => void = () => undefined;
  #reading: GameSession | undefined;

  constructor() {
    super();
    Object.assign(this, { language: 'en', lines: [], choice: readChoice(this.#storage), open: false });
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.requestUpdate(); // one that was moved reads on
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#follow(undefined);
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('posted')) for (const { lang } of (Array.isArray(this.posted) ? this.posted : []) as { lang?: unknown }[]) if (typeof lang === 'string') this.#heard(lang);
    this.#follow(this.isConnected && this.choice.lang !== '' ? this.session : undefined);
  }

  /** Reads captions of `session`, where there is one and they are wanted; nothing runs while not. */
  #follow(session: GameSession | undefined): void {
    if (session === this.#reading) return;
    this.#stop();
    this.#stop = session === undefined ? () => undefined : this.#read(session);
    this.#reading = session;
    this.lines = [];
  }

  #heard(lang: string): void {
    if (this.#languages.has(lang)) return;
    this.#languages.add(lang);
    this.requestUpdate(); // also from within an update: a new language is rare
  }

  #read(session: GameSession): () => void {
    const looking = setInterval(() => this.#expire(), LOOK_MS);
    const off = session.on('caption', (caption) => {
      this.#heard(caption.lang);
      if (caption.lang === languageFor(this.choice.lang, this.#languages)) this.lines = [...this.lines, caption].sort((a, b) => a.from - b.from).slice(-MOST_LINES); // what stood already may come after what is new
    });
    return () => {
      clearInterval(looking);
      off();
    };
  }

  #expire(): void {
    const now = this.session?.streamTime();
    if (now !== undefined && this.lines.some(({ to }) => to <= now)) this.lines = this.lines.filter(({ to }) => to > now);
  }

  #choose(choice: CaptionChoice): void {
    if (choice.lang !== this.choice.lang) this.lines = [];
    this.choice = choice;
    keepChoice(this.#storage, choice);
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || !this.open) return;
    event.stopPropagation();
    this.open = false;
    this.renderRoot.querySelector<HTMLElement>('.cc')?.focus();
  };

  #menu(): TemplateResult {
    const text = textIn(captionTexts, this.language);
    const { lang, size } = this.choice;
    const present = languageFor(lang, this.#languages);
    return html`<div class="menu" role="group" dir=${text.dir ?? 'ltr'} aria-label=${text.captions}>
      <select aria-label=${text.language} @change=${(event: Event) => this.#choose({ lang: (event.target as HTMLSelectElement).value, size })}>
        <option value="" ?selected=${lang === ''}>${text.off}</option>
        ${lang !== '' && present === undefined ? html`<option value=${lang} selected>${nameOf(lang, this.language)}</option>` : nothing}
        ${[...this.#languages].sort().map((each) => html`<option value=${each} ?selected=${each === present}>${nameOf(each, this.language)}</option>`)}
      </select>
      <div role="group" aria-label=${text.size}>${text.sizes.map((name, each) => html`<button type="button" class="s${each}" aria-pressed=${each === size} aria-label=${name}
        @click=${() => this.#choose({ lang, size: each as CaptionChoice['size'] })}>A</button>`)}</div>
    </div>`;
  }

  protected override render(): TemplateResult {
    const text = textIn(captionTexts, this.language);
    const { lang, size } = this.choice;
    // Read aloud they would talk over the stream that says the same: `aria-live` stays off, whoever wants them finds the region.
    return html`<section class="lines ${lang === '' ? '' : 'on'}" part="captions" role="region" aria-label=${text.captions} aria-live="off" data-size=${size}>
        ${this.lines.map((line) => html`<p dir="auto" lang=${line.lang}>${line.text}</p>`)}</section>
      <div @keydown=${this.#onKey}><button type="button" class="cc ${lang === '' ? '' : 'on'}" aria-expanded=${this.open} aria-label=${text.captions} @click=${() => { this.open = !this.open; }}>CC</button>
      ${this.open ? this.#menu() : nothing}</div>`;
  }
}

/** A language's name in the viewer's own; the tag itself where nobody knows one. */
const nameOf = (lang: string, language: string): string => {
  try {
    return new Intl.DisplayNames([language, 'en'], { type: 'language' }).of(lang) ?? lang;
  } catch {
    return lang;
  }
};

/** Makes `<crowdcue-captions>` known, once. */
export const defineCaptions = (): void => {
  if (customElements.get('crowdcue-captions') === undefined) customElements.define('crowdcue-captions', CrowdCaptions);
};
