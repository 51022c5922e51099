import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { count, counted } from '../shared/format.js';
import { DropPart } from './drop-panel.js';
import { deadLetters, discard, replay, typeText, type DeadLetter, type Endpoint, type Standing } from './webhooks-api.js';

const WHEN = { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;

/** What one endpoint did not get in all its tries: sent again, or forgotten. Read again with each standing. Raises `changed`. */
export class DeadLetters extends DropPart {
  static override properties = { ...DropPart.properties, endpoint: { attribute: false }, standing: { attribute: false }, letters: { state: true }, next: { state: true }, open: { state: true } };
  declare endpoint: Endpoint;
  declare standing: Standing | undefined;
  private declare letters: readonly DeadLetter[] | undefined;
  private declare next: string | undefined;
  private declare open: boolean;
  #pages = 1;
  #reads = 0;

  static override styles = [...DropPart.styles, css`
    summary { margin: var(--cc-space-1) -6px 0; padding-inline: 6px; }
    summary:focus-visible { outline-offset: -3px; }
    ul { margin-bottom: var(--cc-space-3); font-size: var(--cc-size-2); }
    li { display: grid; grid-template-columns: minmax(0, 1fr) auto auto; gap: 2px var(--cc-space-2); align-items: center; padding-block: var(--cc-space-2); border-bottom: 1px solid var(--cc-line); }
    li p { grid-column: 1 / -1; display: flex; flex-wrap: wrap; gap: 0 var(--cc-space-3); overflow-wrap: anywhere; min-width: 0; }
    .what { font-weight: var(--cc-weight-strong); }
    .error, b { color: var(--cc-bad); }
    b { font-weight: var(--cc-weight-loud); }
  `];

  constructor() {
    super();
    this.open = false;
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (this.open && !this.busy && (changed.has('standing') || changed.has('open'))) void this.#read();
  }

  override render() {
    const { letters } = this;
    const dead = this.standing?.dead ?? 0;
    return html`<details @toggle=${(e: Event) => { this.open = (e.target as HTMLDetailsElement).open; }} data-test="dead"><summary>Dead letters: ${dead === 0 ? 'none' : html`<b class="num">${count(dead)}</b>`}</summary>
      ${letters === undefined ? html`<p class="muted small">Loading …</p>`
        : letters.length === 0 ? html`<p class="muted small" data-test="no-dead">Nothing was given up. What no try delivered stands here, to be sent again.</p>` : this.#lines(letters)}
      ${this.wrongOf('dead')}</details>`;
  }

  /** No table: the card is as narrow as a phone on every screen, and what is to be pressed must not be scrolled to. */
  #lines(letters: readonly DeadLetter[]): TemplateResult {
    return html`<ul class="num" aria-label="Dead letters of ${this.endpoint.url}">${letters.map((letter) => this.#line(letter))}</ul>
      <div class="buttons"><button class="small" ?disabled=${this.busy} @click=${() => this.#replay()} data-test="replay-all">Replay all</button>
        ${this.next === undefined ? nothing : html`<button class="small" ?disabled=${this.busy} @click=${this.#more} data-test="more-dead">Show more</button>`}</div>`;
  }

  #line(letter: DeadLetter): TemplateResult {
    const { id, type, subject, parkedAt, tries, error } = letter;
    return html`<li data-test="letter"><p><span class="what">${typeText(type)}</span><span>${subject ?? id}</span></p>
      <p class="small"><span class="muted">${counted(tries, 'try', 'tries')}</span><span class="error">${error}</span></p>
      <span class="small muted">Given up ${new Date(parkedAt).toLocaleString('en', WHEN)}</span><button class="small" ?disabled=${this.busy} @click=${() => this.#replay(letter)} aria-label="Replay ${id}" data-test="replay">Replay</button><button class="small danger" ?disabled=${this.busy} @click=${() => this.#discard(letter)} aria-label="Discard ${id}" data-test="discard">Discard …</button></li>`;
  }

  /** As many pages as are shown. What fails is told by the panel, which asks at the same time. */
  async #read(): Promise<void> {
    const { tools: { api }, endpoint: { id } } = this;
    const mine = ++this.#reads; // one that began before a command would tell what was
    const letters: DeadLetter[] = [];
    let next: string | undefined;
    try {
      for (let page = 0; page < this.#pages && (page === 0 || next !== undefined); page += 1) {
        const found = await deadLetters(api, id, next);
        letters.push(...found.letters);
        next = found.next;
      }
    } catch {
      return;
    }
    if (mine !== this.#reads) return;
    [this.letters, this.next] = [letters, next];
  }

  readonly #more = (): Promise<void> => {
    this.#pages += 1;
    return this.#read();
  };

  async #replay(letter?: DeadLetter): Promise<void> {
    const { tools: { api }, endpoint: { id } } = this;
    let replayed = 0;
    if (!(await this.run('dead', async () => { replayed = await replay(api, id, letter?.id); }))) return;
    this.done(replayed === 0 ? 'Nothing was left to send again.' : `${counted(replayed, 'message')} sent again.`);
    await this.#after();
  }

  async #discard(letter: DeadLetter): Promise<void> {
    const { tools: { api, ask }, endpoint: { id } } = this;
    if (!(await ask({ title: 'Discard this message?', text: `“${typeText(letter.type)}” (${letter.subject ?? letter.id}) is forgotten, and the endpoint will never be told of it. This cannot be undone.`, yes: 'Discard' }))) return;
    if (!(await this.run('dead', () => discard(api, id, letter.id)))) return;
    this.done('The message is discarded.');
    await this.#after();
  }

  /** Its row, and the button in it, may be gone: a keyboard goes on from the heading. */
  async #after(): Promise<void> {
    await this.#read();
    this.renderRoot.querySelector('summary')?.focus();
    this.dispatchEvent(new Event('changed'));
  }
}

customElements.define('cc-dead-letters', DeadLetters);
