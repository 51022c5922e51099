import { css, html, nothing, type TemplateResult } from 'lit';
import { icons } from '../shared/icons.js';
import './copy-text.js';
import { setupApi } from './setup-api.js';
import { textField, unplaced, type FieldProblem, type FieldWords } from './setup-fields.js';
import { SetupPanel } from './setup-panel.js';

/** What somebody copies out of an address bar, as the origin wants it; anything else as it is, so that the origin says what is wrong. */
export const originOf = (typed: string): string => {
  const text = typed.trim();
  const { protocol = '', origin = '', username = '', password = '' } = URL.canParse(text) ? new URL(text) : {};
  return /^https?:$/.test(protocol) && `${username}${password}` === '' ? origin : text;
};

/** The two ways onto other people's pages, as text. */
export const snippetsOf = (joinUrl: string, code: string): { readonly script: string; readonly frame: string } => {
  const root = joinUrl.slice(0, joinUrl.lastIndexOf('/join/'));
  return {
    script: `<script type="module" src="${root}/element.js"></script>\n<crowdcue-game origin="${root}" event="${code}"></crowdcue-game>`,
    frame: `<iframe src="${root}/embed/${code}" title="Live game" width="400" height="640" style="border: 0"></iframe>`,
  };
};

/** How the game gets onto other pages, and whose pages may hold it in a frame. */
export class EmbedPanel extends SetupPanel {
  static override properties = { typed: { state: true }, saved: { state: true } };
  private declare typed: string;
  /** As this panel left them, until the overview says so too. */
  private declare saved: readonly string[] | undefined;
  #before: readonly string[] | undefined;

  static override styles = [...SetupPanel.styles, css`
    li { display: flex; align-items: center; justify-content: space-between; gap: var(--cc-space-2); padding: var(--cc-space-1) 0; border-top: 1px solid var(--cc-line); }
    li code { min-width: 0; font-size: var(--cc-size-2); }
    h3 { font-size: var(--cc-size-2); }
  `];

  protected override readonly words: FieldWords = {
    'origins.*': 'Must be the address of a site that begins with https://, such as https://example.com.',
    origins: 'An event takes 16 sites at most. Remove one first.',
  };

  protected override reset(): void {
    this.typed = '';
    this.saved = this.#before = undefined;
  }

  protected override willUpdate(): void {
    super.willUpdate();
    if (this.saved !== undefined && this.desk.event.embedOrigins !== this.#before && !this.busy) this.saved = this.#before = undefined;
  }

  get #origins(): readonly string[] {
    return this.saved ?? this.desk.event.embedOrigins ?? [];
  }

  override render() {
    const { event } = this.desk;
    const { script, frame } = snippetsOf(event.joinUrl, event.code);
    return html`<div class="stack">
      <h3 id="script">As a part of a page</h3><p class="muted small">Put these two lines where the game shall be. They work on every page whose site lets scripts from here in.</p>
      <cc-copy-text .text=${script} name="script tag"></cc-copy-text>
      <h3>In a frame</h3><p class="muted small">For sites that take no scripts. Only the sites below may frame this event; in any other page’s frame there is nothing.</p>
      <cc-copy-text .text=${frame} name="frame"></cc-copy-text>
      <form class="stack" novalidate @submit=${this.#add}>${this.lockedNote()}
        ${this.#list()}
        <fieldset ?disabled=${this.locked || this.busy} aria-describedby=${this.locked ? 'locked' : nothing}>
          ${textField({ label: 'Allow a site', name: 'origin', path: 'origin', value: this.typed, mode: 'url', placeholder: 'https://example.com', most: 300, problem: this.#wrong(), input: (value) => { this.typed = value; } })}
          <div class="buttons"><button data-test="add-origin">${icons.plus} Allow</button></div></fieldset>
        ${unplaced(this.#wrong(), ['origin'])}</form></div>`;
  }

  /** The list is saved as a whole, and what is typed is its last: any of its problems is the field's. */
  #wrong(): FieldProblem | undefined {
    const { problem } = this;
    return problem && { ...problem, path: problem.path.startsWith('origins') ? 'origin' : problem.path };
  }

  #list(): TemplateResult {
    if (this.#origins.length === 0) return html`<p class="small" data-test="no-origins">No other site may frame this event.</p>`;
    return html`<ul aria-label="Sites that may frame this event">${this.#origins.map((origin) => html`<li data-test="origin"><code>${origin}</code>
      <button type="button" class="small icon quiet" ?disabled=${this.locked || this.busy} @click=${() => this.#remove(origin)} aria-label="Remove ${origin}" title="Remove">${icons.cross}</button></li>`)}</ul>`;
  }

  async #set(origins: readonly string[]): Promise<boolean> {
    const { api, event } = this.desk;
    this.#before = event.embedOrigins;
    return this.run(async () => { this.saved = (await setupApi.setEmbed(api, event.id, origins)).embedOrigins ?? []; });
  }

  readonly #add = async (e: Event): Promise<void> => {
    e.preventDefault();
    const origin = originOf(this.typed);
    const { api, event } = this.desk;
    const before = this.#origins;
    if (!(await this.#set([...before, origin]))) return;
    this.typed = '';
    this.done(`Pages of ${origin} may frame this event.`, () => this.#undo(() => setupApi.setEmbed(api, event.id, before)));
  };

  async #remove(origin: string): Promise<void> {
    const { api, event } = this.desk;
    const before = this.#origins;
    if (!(await this.#set(before.filter((each) => each !== origin)))) return;
    this.done(`Pages of ${origin} may not frame this event any more.`, () => this.#undo(() => setupApi.setEmbed(api, event.id, before)));
  }

  async #undo(back: () => Promise<unknown>): Promise<void> {
    await back();
    this.saved = undefined;
  }
}

customElements.define('cc-embed', EmbedPanel);
