import { SponsorStrip, sponsorStyles } from '@crowdcue/client/sponsor-strip';
import type { SponsorView } from '@crowdcue/protocol';
import { css, html, nothing, type TemplateResult } from 'lit';
import { icons } from '../shared/icons.js';
import { dataUrlOf, fitPicture } from './picture-file.js';
import { setupApi, type SponsorDraft } from './setup-api.js';
import { textField, unplaced, wrong, type FieldWords } from './setup-fields.js';
import { SetupPanel } from './setup-panel.js';

/** Three times what the strip shows. */
const STRIP = { wide: 264, high: 108 };
const EMPTY: SponsorView = { name: '', text: '', url: '', imageUrl: '' };
const FIELDS = ['name', 'text', 'url', 'imageUrl'];
/** A picture that came with the sponsor is served by the origin, by a name made of its content. */
const OURS = /\/api\/events\/[\w-]+\/sponsor\/[\w-]{22}$/;
const WORDS = { sponsor: 'Sponsor', newTab: 'opens a new tab' };

/** An event's sponsor: what it says, where it leads, its picture, as viewers will see it. */
export class SponsorPanel extends SetupPanel {
  static override properties = { form: { state: true }, picture: { state: true } };
  private declare form: SponsorView;
  /** A picture that is not saved yet; undefined: the saved one stays. */
  private declare picture: string | undefined;
  #saved: SponsorView = EMPTY;
  /** The very strip of the component; nobody watches it, so that looking at it here counts nothing. */
  readonly #strip = new SponsorStrip({ storage: { getItem: () => null, setItem: () => undefined, removeItem: () => undefined }, event: () => '', seen: () => Promise.resolve() }, () => this.requestUpdate());

  static override styles = [...SetupPanel.styles, sponsorStyles, css`
    .preview { max-width: 400px; padding: var(--cc-space-2) 0 var(--cc-space-3); border: 1px solid var(--cc-line); border-radius: var(--cc-radius-m); background: var(--cc-surface); }
    .said { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
    .preview { position: relative; }
    .preview p { padding: 0 var(--cc-space-4); }
    .file { position: relative; display: flex; flex-wrap: wrap; gap: var(--cc-space-2); }
    .file input { position: absolute; width: 1px; height: 1px; min-height: 0; opacity: 0; }
    .file label:focus-within { outline: 3px solid var(--cc-focus); outline-offset: 2px; }
  `];

  constructor() {
    super();
    this.form = EMPTY;
  }

  protected override readonly words: FieldWords = {
    name: 'Give a name of 60 letters at most, in plain text, without < and >.',
    text: 'Say it in 140 letters at most, in plain text, without < and >.',
    url: 'The link must be a full address that begins with https://.',
    imageUrl: 'The picture must be an https address, or a file of 48 KiB at most.',
  };

  protected override reset(): void {
    this.#saved = this.desk.event.sponsor ?? EMPTY;
    this.form = this.#saved;
    this.picture = undefined;
  }

  /** Somebody else changed it: what is shown follows, unless something was typed here. */
  protected override willUpdate(): void {
    super.willUpdate();
    const { sponsor = EMPTY } = this.desk.event;
    if (FIELDS.every((field) => sponsor[field as keyof SponsorView] === this.#saved[field as keyof SponsorView])) return;
    const untouched = this.form === this.#saved && this.picture === undefined;
    this.#saved = sponsor;
    if (untouched) this.form = sponsor;
  }

  override render() {
    const { form, problem } = this;
    const field = (name: 'name' | 'text' | 'url', label: string, more: object): TemplateResult =>
      textField({ label, name: `sponsor-${name}`, path: name, value: form[name], problem, input: (value) => { this.form = { ...form, [name]: value }; }, ...more });
    return html`<form class="stack" novalidate @submit=${this.#save}>${this.lockedNote()}
      <fieldset ?disabled=${this.locked || this.busy} aria-describedby=${this.locked ? 'locked' : nothing}>
        ${field('name', 'Name', { most: 80, placeholder: 'North & Ice' })}
        ${field('text', 'What it says', { most: 200, placeholder: 'Cold drinks for hot rounds.' })}
        ${field('url', 'Link', { mode: 'url', placeholder: 'https://', hint: 'Opens in a new tab. Leave it empty for none.' })}
        ${this.#pictureField()}</fieldset>
      ${this.#preview()}
      ${unplaced(problem, FIELDS)}
      <div class="buttons"><button class=${this.locked ? '' : 'primary'} ?disabled=${this.locked || this.busy} data-test="save-sponsor">${this.busy ? 'Saving …' : 'Save'}</button>
        ${this.desk.event.sponsor === undefined ? nothing : html`<button type="button" class="danger" ?disabled=${this.locked || this.busy} @click=${this.#remove} data-test="remove-sponsor">Remove sponsor</button>`}</div></form>`;
  }

  get #shown(): string {
    return this.picture ?? this.form.imageUrl;
  }

  #pictureField(): TemplateResult {
    const bad = this.problem?.path === 'imageUrl';
    return html`<div class="field"><span id="picture">Picture</span><div class="file">
        ${this.locked ? nothing : html`<label class="button"><span id="choose">${this.#shown === '' ? 'Choose a file' : 'Replace'}</span><input type="file" accept="image/*" aria-labelledby="choose picture" aria-invalid=${bad ? 'true' : 'false'} aria-describedby=${bad ? 'wrong' : nothing} ?disabled=${this.locked || this.busy} @change=${this.#choose} data-test="sponsor-file"></label>`}
        ${this.#shown === '' || this.locked ? nothing : html`<button type="button" @click=${() => { this.picture = ''; }} data-test="no-picture">${icons.cross} No picture</button>`}</div>
      <span class="hint">${this.locked ? (this.#shown === '' ? 'none' : 'as below') : 'Any picture of yours; it is made to fit.'}</span>${wrong(this.problem, 'imageUrl')}</div>`;
  }

  #preview(): TemplateResult {
    const { form } = this;
    if (form.name.trim() === '') return html`<p class="muted small">As viewers see it: nothing, until it has a name.</p>`;
    return html`<div class="preview" role="group" aria-label="As viewers see it"><p class="caps">As viewers see it</p>
      ${this.#strip.show({ ...form, imageUrl: this.#shown }, WORDS, ['data:'])}</div>`;
  }

  readonly #choose = async (e: Event): Promise<void> => {
    const input = e.target as HTMLInputElement;
    const [file] = input.files ?? [];
    input.value = '';
    if (file === undefined) return;
    try {
      this.picture = await fitPicture(file, STRIP);
      this.problem = undefined;
    } catch (thrown) {
      this.problem = { path: 'imageUrl', text: (thrown as Error).message, code: 'bad_request' };
    }
  };

  readonly #save = async (e: Event): Promise<void> => {
    e.preventDefault();
    const { api, event } = this.desk;
    const { name, text, url } = this.form;
    const draft: SponsorDraft = { name: name.trim(), text: text.trim(), url: url.trim(), ...(this.picture === undefined ? {} : { imageUrl: this.picture }) };
    const before = await this.#snapshot();
    if (!(await this.run(async () => { this.#saved = (await setupApi.setSponsor(api, event.id, draft)).sponsor ?? EMPTY; }))) return;
    this.form = this.#saved;
    this.picture = undefined;
    this.done(`${draft.name} is the sponsor now.`, () => (before === undefined ? setupApi.removeSponsor(api, event.id) : setupApi.setSponsor(api, event.id, before)));
  };

  readonly #remove = async (): Promise<void> => {
    const { api, event } = this.desk;
    const shown = event.sponsor?.imageUrl ?? '';
    const before = await this.#snapshot();
    if (before === undefined || !(await this.run(() => setupApi.removeSponsor(api, event.id)))) return;
    this.#saved = this.form = EMPTY;
    this.picture = undefined;
    this.done(`${before.name} is gone from every page.${before.imageUrl === '' && shown !== '' ? ' Its picture could not be read, so Undo brings it back without.' : ''}`, () => setupApi.setSponsor(api, event.id, before));
  };

  /** The sponsor as it can be given again: the origin forgets a picture with its sponsor. */
  async #snapshot(): Promise<Required<SponsorDraft> | undefined> {
    const { sponsor } = this.desk.event;
    if (sponsor === undefined || !OURS.test(sponsor.imageUrl)) return sponsor;
    try {
      const answer = await fetch(sponsor.imageUrl, { credentials: 'omit' });
      return { ...sponsor, imageUrl: answer.ok ? await dataUrlOf(await answer.blob()) : '' };
    } catch {
      return { ...sponsor, imageUrl: '' }; // taken back it has no picture: better than no sponsor
    }
  }
}

customElements.define('cc-sponsor', SponsorPanel);
