/**
 * How a viewer asks for a name, where the event takes some: the button in the footer, and a sheet with one field. Loaded by events that
 * take names alone. What stands is asked when there is a session and each time the sheet opens; an approval shows by itself, as the
 * viewer's own name.
 */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { textIn } from '@crowdcue/games/texts';
import { CrowdcueError, type NameView } from '@crowdcue/protocol';
import { nameTexts, type NameText } from './name-text.js';
import type { GameSession } from './session-port.js';

/** As the origin takes them. */
const LETTERS = 40;

/** What the sheet shows and tells. */
interface NameSight {
  readonly view: NameView | undefined;
  readonly problem: string | undefined;
  readonly busy: boolean;
  readonly text: NameText;
  ask(name: string | null): void;
  close(): void;
}

export class NameSheet extends LitElement {
  static override properties = { sight: { attribute: false } };
  declare sight: NameSight | undefined;

  static override styles = css`
    :host { position: absolute; inset: 0; z-index: 2; display: grid; overflow-y: auto; overscroll-behavior: contain; padding: 3.75rem var(--cc-space-4) var(--cc-space-4); background: var(--cc-surface); color: var(--cc-text); text-align: start; }
    * { box-sizing: border-box; margin: 0; }
    button, input { font: inherit; color: inherit; }
    :focus-visible { outline: 3px solid var(--cc-focus); outline-offset: 2px; }
    .shut { position: absolute; inset-block-start: var(--cc-space-2); inset-inline-end: var(--cc-space-2); inline-size: 3rem; block-size: 3rem; border: 0; border-radius: 50%; background: transparent; font-size: 1.5rem; cursor: pointer; }
    form { display: grid; gap: var(--cc-space-3); inline-size: 100%; max-inline-size: 24rem; margin: auto; }
    h2 { font-size: var(--cc-size-5); font-weight: var(--cc-weight-loud); }
    input { inline-size: 100%; min-block-size: 3rem; padding: 0 var(--cc-space-3); border: 1px solid var(--cc-text-muted); border-radius: var(--cc-radius-m); background: var(--cc-surface); font-size: var(--cc-size-4); }
    .soft { color: var(--cc-text-muted); font-size: var(--cc-size-2); }
    .buttons { display: flex; flex-wrap: wrap; gap: var(--cc-space-2); }
    .buttons button { flex: 1; min-block-size: 3rem; padding: 0 var(--cc-space-4); border: 0; border-radius: var(--cc-radius-m); background: var(--cc-surface-2); font-weight: var(--cc-weight-strong); cursor: pointer; }
    .buttons .ask { background: var(--cc-text); color: var(--cc-surface); }
    button[disabled] { opacity: .7; cursor: progress; }
  `;

  protected override firstUpdated(): void {
    this.renderRoot.querySelector('input')?.focus();
  }

  protected override render(): TemplateResult | typeof nothing {
    const { sight } = this;
    if (sight === undefined) return nothing;
    const { text, view, problem, busy } = sight;
    this.dir = text.dir ?? 'ltr';
    const state = view === undefined || view.state === 'none' ? undefined : text.states[view.state](view.name ?? '');
    const back = view?.state === 'waiting' || view?.state === 'approved';
    return html`<form role="dialog" aria-labelledby="title" @submit=${this.#submit} @keydown=${(event: KeyboardEvent) => { if (event.key === 'Escape') sight.close(); }}>
      <button type="button" class="shut" part="close" aria-label=${text.close} @click=${() => sight.close()}>×</button>
      <h2 id="title">${text.title}</h2>
      <input name="name" dir="auto" maxlength=${LETTERS} autocomplete="off" spellcheck="false" aria-labelledby="title" aria-describedby="hint said" .value=${back ? view.name ?? '' : ''}>
      <p class="soft" id="hint">${text.hint}</p>
      <p id="said" role="status" dir="auto">${problem ?? state ?? nothing}</p>
      <div class="buttons"><button class="ask" ?disabled=${busy}>${text.ask}</button>
        ${back ? html`<button type="button" ?disabled=${busy} @click=${() => sight.ask(null)}>${text.giveBack}</button>` : nothing}</div>
    </form>`;
  }

  readonly #submit = (event: Event): void => {
    event.preventDefault();
    this.sight?.ask(this.renderRoot.querySelector('input')!.value);
  };
}

export class NameDesk {
  #session: GameSession | undefined;
  #view: NameView | undefined;
  #problem: string | undefined;
  #busy = false;
  #opened = false;
  #asked = 0;

  constructor(readonly changed: () => void) {
    if (customElements.get('crowdcue-name') === undefined) customElements.define('crowdcue-name', NameSheet);
  }

  get opened(): boolean {
    return this.#opened;
  }

  follow(session: GameSession | undefined): void {
    if (session === this.#session) return;
    this.#session = session;
    this.#view = undefined;
    if (this.#opened) void this.#call();
  }

  /** The viewer's name, as the way to another one. */
  button(name: string, language: string): TemplateResult {
    return html`<button type="button" class="gifts name" part="name" @click=${() => this.#open(true)}><span class="name" dir="auto">${name}</span><span class="said">, ${textIn(nameTexts, language).change}</span></button>`;
  }

  sheet(language: string): TemplateResult | typeof nothing {
    if (!this.#opened) return nothing;
    const sight: NameSight = {
      view: this.#view, problem: this.#problem, busy: this.#busy, text: textIn(nameTexts, language),
      ask: (name) => void this.#call({ name }, textIn(nameTexts, language)), close: () => this.#open(false),
    };
    return html`<crowdcue-name exportparts="close" .sight=${sight}></crowdcue-name>`;
  }

  /** A round begins: the sheet makes room. */
  shut(): void {
    if (this.#opened) this.#open(false);
  }

  #open(opened: boolean): void {
    this.#opened = opened;
    this.#problem = undefined;
    if (opened) void this.#call();
    this.changed();
  }

  /** Asks how the wish stands, or for a name. */
  async #call(body?: { readonly name: string | null }, text?: NameText): Promise<void> {
    const session = this.#session;
    if (session === undefined) return;
    const asked = ++this.#asked; // what an older question brings is dropped
    this.#busy = body !== undefined;
    this.changed();
    try {
      const view = (await session.ask('/name', body)) as NameView;
      if (asked !== this.#asked || session !== this.#session) return;
      this.#view = view;
      this.#problem = undefined;
    } catch (error) {
      if (asked !== this.#asked) return;
      if (text !== undefined) this.#problem = (error instanceof CrowdcueError ? text.refused[error.code] : undefined) ?? text.failed;
    }
    this.#busy = false;
    this.changed();
  }
}
