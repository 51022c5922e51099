/**
 * What viewers and the overlay show when something fails live: chosen before the show or in the middle of it. Raises `tell` with a `Toast`
 * that brings back what was there.
 */
import { FALLBACK_PRESETS, type EventView, type FallbackPreset } from '@crowdcue/protocol';
import { fallbackTexts, fallbackWords } from '@crowdcue/games/texts';
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { asApiError, type ApiError } from '../shared/api.js';
import { controls } from '../shared/controls.js';
import { explain } from '../shared/explain.js';
import type { HostApi } from './host-api.js';
import type { FallbackDraft } from './host-drafts.js';
import { fitPicture } from './picture-file.js';
import { type Toast, UNDO_MS } from './toasts.js';

/** Twice what a viewer sees of it. */
const PICTURE = { wide: 512, high: 256 };

const NONE: FallbackDraft = { on: true, preset: 'soon', text: '', url: '', label: '' };

export class FallbackPanel extends LitElement {
  static override properties = { event: { attribute: false }, api: { attribute: false }, draft: { state: true }, busy: { state: true }, error: { state: true }, problem: { state: true } };
  declare event: EventView;
  declare api: HostApi;
  /** What stands in the fields; undefined while nothing was touched. */
  private declare draft: FallbackDraft | undefined;
  private declare busy: boolean;
  private declare error: ApiError | undefined;
  private declare problem: string | undefined;

  static override styles = [controls, css`
    :host { display: block; }
    form { display: grid; gap: var(--cc-space-3); }
    .card-head { margin: 0; }
    .check { display: flex; align-items: center; gap: var(--cc-space-2); min-height: 32px; }
    .pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(9em, 1fr)); gap: var(--cc-space-3); }
    .preview { display: grid; gap: var(--cc-space-2); justify-items: center; padding: var(--cc-space-4); border-radius: var(--cc-radius-s); background: var(--cc-surface-2); text-align: center; overflow-wrap: anywhere; }
    .preview img { max-width: 100%; max-height: 96px; object-fit: contain; }
    .preview.off { background: transparent; border: 1px dashed var(--cc-line); color: var(--cc-text-muted); }
    .buttons { display: flex; flex-wrap: wrap; gap: var(--cc-space-2); }
    .buttons > * { flex: 1; }
    input[type=file] { padding: 6px; font-size: var(--cc-size-2); }
    summary { cursor: pointer; min-height: 32px; align-content: center; }
    details, details * { box-sizing: border-box; } /* what a details holds inherits from its own slot */
    details > * + * { margin-top: var(--cc-space-2); }
    .bad { color: var(--cc-bad); }
  `];

  override willUpdate(changed: Map<string, unknown>): void {
    const before = changed.get('event') as EventView | undefined;
    if (before !== undefined && before.id !== this.event.id) this.draft = this.error = this.problem = undefined;
  }

  get #kept(): FallbackDraft {
    const { fallback } = this.event;
    return fallback === undefined ? { ...NONE, on: false } : { on: fallback.on, preset: fallback.preset, text: fallback.text, url: fallback.url, label: fallback.label };
  }

  override render() {
    const shown = this.draft ?? this.#kept;
    return html`<section class="card" aria-label="If something fails"><form @submit=${this.#save} @input=${this.#typed} @change=${this.#typed}>
      <div class="card-head"><h2 class="caps">If something fails</h2></div>
      <p class="muted small">Viewers and the overlay show this when no relay is in reach, or the event is off the air. Each viewer reads a preset in their own language.</p>
      <label class="check small"><input type="checkbox" name="on" .checked=${shown.on}> Use it</label>
      <label class="field">Words<select name="preset" .value=${shown.preset}>${FALLBACK_PRESETS.map((preset) => html`<option value=${preset} ?selected=${preset === shown.preset}>${preset === 'own' ? 'My own words alone' : fallbackTexts[preset].en.title}</option>`)}</select></label>
      <label class="field">${shown.preset === 'own' ? 'Your words' : 'Your words instead of the sentence (optional)'}<input name="text" maxlength="140" dir="auto" ?required=${shown.preset === 'own'} .value=${shown.text}></label>
      <details><summary class="small">Link and picture</summary>
        <div class="pair"><label class="field">Link<input name="url" type="url" pattern="https://.*" placeholder="https://" maxlength="512" .value=${shown.url}></label>
        <label class="field">Its name<input name="label" maxlength="40" dir="auto" .value=${shown.label}></label></div>
        <label class="field"><span>Picture <span class="hint">made to fit</span></span><input name="file" type="file" accept="image/*"></label>
        ${this.#picture(shown) === '' ? nothing : html`<button type="button" class="small" @click=${() => this.#edit({ imageUrl: '' })}>Take the picture off</button>`}</details>
      ${this.#preview(shown)}
      ${this.problem === undefined && this.error === undefined ? nothing : html`<p class="small bad" role="alert">${this.problem ?? explain(this.error!)}${this.error === undefined ? nothing : html` <span class="code">${this.error.code}</span>`}</p>`}
      <div class="buttons"><button class="primary" data-test="save-fallback" ?disabled=${this.busy || this.draft === undefined}>Save</button>
        ${this.draft === undefined ? nothing : html`<button type="button" @click=${() => { this.draft = this.problem = this.error = undefined; }}>Leave as it was</button>`}</div>
    </form></section>`;
  }

  #picture({ imageUrl }: FallbackDraft): string {
    return imageUrl ?? this.event.fallback?.imageUrl ?? '';
  }

  #preview(shown: FallbackDraft): TemplateResult {
    const { title, body } = fallbackWords(shown, 'en');
    const picture = this.#picture(shown);
    return html`<div class="preview ${shown.on ? '' : 'off'}" role="group" aria-label="As viewers see it" data-test="fallback-preview">${picture === '' ? nothing : html`<img src=${picture} alt="">`}
      <b dir="auto">${title === '' ? '…' : title}</b>${body === '' ? nothing : html`<span class="small" dir="auto">${body}</span>`}${shown.url === '' ? nothing : html`<span class="small code">${shown.label === '' ? shown.url : shown.label}</span>`}</div>`;
  }

  #edit(change: Partial<FallbackDraft>): void {
    this.draft = { ...(this.draft ?? this.#kept), ...change };
  }

  readonly #typed = (event: Event): void => {
    const field = event.target as HTMLInputElement | HTMLSelectElement;
    if (field.name === 'file') {
      if (event.type !== 'change') return;
      const file = (field as HTMLInputElement).files?.[0];
      field.value = ''; // the same one may be chosen again
      void this.#take(file);
      return;
    }
    // Whoever writes wants it to be shown.
    const value = field.name === 'on' ? { on: (field as HTMLInputElement).checked } : { on: true, [field.name]: field.name === 'preset' ? field.value as FallbackPreset : field.value };
    if (event.type === 'input' || field.name === 'on' || field.name === 'preset') this.#edit(value);
  };

  async #take(file: File | undefined): Promise<void> {
    if (file === undefined) return;
    this.problem = undefined;
    const { id } = this.event;
    try {
      const imageUrl = await fitPicture(file, PICTURE);
      if (id === this.event.id) this.#edit({ on: true, imageUrl });
    } catch (thrown) {
      this.problem = (thrown as Error).message;
    }
  }

  readonly #save = async (event: Event): Promise<void> => {
    event.preventDefault();
    const before = this.#kept;
    const { id } = this.event;
    const samePicture = this.draft?.imageUrl === undefined; // one that was replaced here is not kept anywhere
    if (this.draft === undefined || !(await this.#put(id, this.draft))) return;
    this.#tell({ text: before.on && !this.event.fallback?.on ? 'It is not used now.' : 'It is kept, and everybody who is here has it.', tone: 'info', ms: UNDO_MS, ...(samePicture ? { action: { label: 'Undo', run: () => void this.#put(id, before) } } : {}) });
  };

  /** Of the event that it was done to: by the time of an undo another one may be on the desk. */
  async #put(id: string, draft: FallbackDraft): Promise<boolean> {
    this.busy = true;
    this.error = this.problem = undefined;
    try {
      const event = await this.api.fallback(id, draft);
      if (id !== this.event.id) return true;
      this.event = event;
      this.draft = undefined;
      return true;
    } catch (thrown) {
      this.error = asApiError(thrown);
      return false;
    } finally {
      this.busy = false;
    }
  }

  #tell(toast: Toast): void {
    this.dispatchEvent(new CustomEvent<Toast>('tell', { detail: toast, bubbles: true, composed: true }));
  }
}

customElements.define('cc-fallback', FallbackPanel);
