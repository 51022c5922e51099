import type { DropStanding } from '@crowdcue/protocol';
import { html } from 'lit';
import { counted } from '../shared/format.js';
import { uploadCodes } from './drop-api.js';
import { DropPart } from './drop-panel.js';

/** What the origin takes in one list, bytes. */
const MOST_BYTES = 2 * 1024 * 1024;

/** Codes for a drop of kind `code`: pasted, or from a file. What was refused stays, so that its line can be mended. */
export class CodesForm extends DropPart {
  static override properties = { ...DropPart.properties, drop: { attribute: false }, list: { state: true } };
  declare drop: DropStanding;
  private declare list: string;

  constructor() {
    super();
    this.list = '';
  }

  override render() {
    const variants = Object.keys(this.drop.variants);
    const form = variants.length > 1 ? `Each line is code,variant (${variants.join(', ')})` : 'One code a line';
    return html`<details ?open=${this.drop.supply === 0}><summary>Upload codes</summary><form @submit=${this.#upload}>
      <label class="field">Codes<textarea name="codes" spellcheck="false" autocomplete="off" placeholder=${variants.length > 1 ? `AAAA-1111,${variants[0]}` : 'AAAA-1111'} .value=${this.list} aria-invalid=${this.invalid('codes')}
        @input=${(e: Event) => { this.list = (e.target as HTMLTextAreaElement).value; }} data-test="codes"></textarea>
        <span class="hint">${form}; up to 2 MB at once. All or none are taken. They are kept encrypted and never shown here again.</span></label>
      ${this.wrongOf('codes')}
      <label class="field">Or a file<input type="file" accept=".csv,.txt,text/csv,text/plain" @change=${this.#file} data-test="codes-file"></label>
      <div class="buttons"><button class="small" ?disabled=${this.busy || this.list.trim() === ''} data-test="upload">${this.busy ? 'Uploading …' : 'Upload'}</button></div></form></details>`;
  }

  async #file(e: Event): Promise<void> {
    const input = e.target as HTMLInputElement;
    const file = input.files?.[0];
    if (file === undefined) return;
    input.value = '';
    if (file.size > MOST_BYTES) return this.wrong('codes', 'The file is larger than 2 MB; upload it in parts.', 'body_too_large');
    this.problem = undefined;
    this.list = await file.text();
  }

  async #upload(e: SubmitEvent): Promise<void> {
    e.preventDefault();
    const { tools: { api, event }, drop } = this;
    let after: Readonly<Record<string, number>> = {};
    if (!(await this.run('codes', async () => { after = (await uploadCodes(api, event.id, drop.id, this.list)).supply; }))) return;
    this.list = '';
    const added = Object.values(after).reduce((sum, supply) => sum + supply, 0) - Math.max(0, drop.supply);
    this.done(`${counted(added, 'code')} taken up for ${drop.name}.`);
  }
}

customElements.define('cc-codes', CodesForm);
