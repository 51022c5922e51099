import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { count, counted } from '../shared/format.js';
import { DropPart } from './drop-panel.js';
import { deadLetters, discard, replay, typeText, type DeadLetter, type Endpoint, type Standing } from './webhooks-api.js';

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
    .tables { position: relative; overflow-x: auto; margin-block: var(--cc-space-2); }
    table { width: 100%; border-collapse: collapse; font-size: var(--cc-size-1); }
    th, td { padding: 4px var(--cc-space-3) 4px 0; text-align: left; white-space: nowrap; vertical-align: middle; }
    th { font-weight: var(--cc-weight-text); color: var(--cc-text-muted); }
    .error { min-width: 9rem; max-width: 16rem; white-space: normal; overflow-wrap: anywhere; }
    td button + button { margin-left: var(--cc-space-1); }
    b { font-weight: var(--cc-weight-loud); color: var(--cc-bad); }
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
        : letters.length === 0 ? html`<p class="muted small" data-test="no-dead">Nothing was given up. What no try delivered stands here, to be sent again.</p>` : this.#table(letters)}
      ${this.wrongOf('dead')}</details>`;
  }

  #table(letters: readonly DeadLetter[]): TemplateResult {
    return html`<div class="tables" tabindex="0" role="region" aria-label="Dead letters of ${this.endpoint.url}"><table class="num"><thead><tr><th scope="col">given up</th><th scope="col">what</th><th scope="col">entitlement</th><th scope="col">tries</th><th scope="col">error</th><th scope="col"><span class="hidden-text">Actions</span></th></tr></thead>
      <tbody>${letters.map((letter) => this.#row(letter))}</tbody></table></div>
      <div class="buttons"><button class="small" ?disabled=${this.busy} @click=${() => this.#replay()} data-test="replay-all">Replay all</button>
        ${this.next === undefined ? nothing : html`<button class="small" ?disabled=${this.busy} @click=${this.#more} data-test="more-dead">Show more</button>`}</div>`;
  }

  #row(letter: DeadLetter): TemplateResult {
    const { id, type, subject, parkedAt, tries, error } = letter;
    return html`<tr data-test="letter"><td>${new Date(parkedAt).toLocaleString()}</td><td>${typeText(type)}</td><td>${subject ?? '–'}</td><td>${count(tries)}</td><td class="error">${error}</td>
      <td><button class="small" ?disabled=${this.busy} @click=${() => this.#replay(letter)} aria-label="Replay ${id}" data-test="replay">Replay</button><button class="small danger" ?disabled=${this.busy} @click=${() => this.#discard(letter)} aria-label="Discard ${id}" data-test="discard">Discard …</button></td></tr>`;
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
