import { html, nothing, type TemplateResult } from 'lit';
import { icons } from '../shared/icons.js';
import { bad, KINDS, wrongOf, type FieldTools } from './drop-field-parts.js';
import { isLimitedForm, shareSum, type DropForm } from './drop-form.js';
import type { DropField } from './drop-problems.js';

/** Fields that are one line of text in the form. */
type Line = { [K in keyof DropForm]: DropForm[K] extends string ? K : never }[keyof DropForm];
type List = 'variants' | 'early' | 'split';

const MOST: Readonly<Record<List, number>> = { variants: 20, early: 8, split: 16 };
/** How the list's two columns are called. */
const COLUMNS: Readonly<Record<List, readonly [name: string, value: string]>> = { variants: ['Variant', 'Supply'], early: ['Tier', 'Opens early at'], split: ['Party', 'Percent'] };
const value = (e: Event): string => (e.target as HTMLInputElement).value;

interface LineOptions {
  readonly label: string;
  readonly hint?: string;
  readonly type?: 'text' | 'number' | 'datetime-local' | 'url';
  readonly placeholder?: string;
  /** As the origin calls it, where that differs. */
  readonly path?: DropField;
  readonly wide?: boolean;
}

/** Nothing here is checked by the browser: a field in a closed "More" could not be shown to be wrong. The origin says what is. */
const line = ({ form, change, problems }: FieldTools, key: Line, { label, hint, type = 'text', placeholder = '', path = key as DropField, wide = false }: LineOptions): TemplateResult => html`
  <label class="field ${wide ? 'wide' : ''}">${label}<input type=${type === 'url' ? 'text' : type} inputmode=${type === 'number' ? 'decimal' : type === 'url' ? 'url' : 'text'} step="any" name=${`drop-${key}`} autocomplete="off" placeholder=${placeholder}
    .value=${form[key]} aria-invalid=${bad(problems, path)} @input=${(e: Event) => change({ ...form, [key]: value(e) })}>${hint === undefined ? nothing : html`<span class="hint">${hint}</span>`}${wrongOf(problems, path)}</label>`;

const words = ({ form, change, problems }: FieldTools, key: 'restockPolicy' | 'refundPolicy', label: string, placeholder: string): TemplateResult => html`
  <label class="field wide">${label}<textarea name=${`drop-${key}`} maxlength="600" placeholder=${placeholder} .value=${form[key]} aria-invalid=${bad(problems, key)} @input=${(e: Event) => change({ ...form, [key]: value(e) })}></textarea>
    <span class="hint">Shown to viewers and on the public report; up to 500 letters.</span>${wrongOf(problems, key)}</label>`;

/** What the choice of a proof means for who gets the drop. */
const proofHint = (form: DropForm): string => {
  if (form.proof === 'server') return 'A development server asks for none; one in production wants either of them for a limited drop.';
  return isLimitedForm(form) && form.proof === 'none' ? 'Without one, whoever opens a new browser is another viewer. A server in production refuses that.' : 'One for each person, not for each browser.';
};

const choice = <K extends 'kind' | 'allocation' | 'proof' | 'restock'>({ form, change, problems }: FieldTools, key: K, label: string, options: Readonly<Record<DropForm[K], string>>, hint?: string): TemplateResult => html`
  <label class="field">${label}<select name=${`drop-${key}`} aria-invalid=${key === 'kind' ? 'false' : bad(problems, key as DropField)} @change=${(e: Event) => change({ ...form, [key]: value(e) })}>
    ${Object.entries<string>(options).map(([id, said]) => html`<option value=${id} ?selected=${form[key] === id}>${said}</option>`)}</select>
    ${hint === undefined ? nothing : html`<span class="hint">${hint}</span>`}${key === 'kind' ? nothing : wrongOf(problems, key as DropField)}</label>`;

/** Rows of a name and what belongs to it. `single`: the name alone. */
const list = ({ form, change, problems }: FieldTools, key: List, { legend, hint, add, single = false }: { legend: string; hint: string; add: string; single?: boolean }): TemplateResult => {
  const rows = form[key];
  const [first, second] = COLUMNS[key];
  const set = (at: number, part: 'name' | 'value') => (e: Event) => change({ ...form, [key]: rows.map((row, index) => (index === at ? { ...row, [part]: value(e) } : row)) });
  return html`<fieldset aria-invalid=${bad(problems, key)} tabindex="-1" data-test=${`list-${key}`}><legend>${legend}</legend>
    ${rows.map((row, at) => html`<div class="row ${single ? 'single' : ''}"><input type="text" aria-label=${`${first} ${at + 1}`} placeholder=${first} autocomplete="off" spellcheck="false" .value=${row.name} @input=${set(at, 'name')}>
      ${single ? nothing : html`<input type=${key === 'early' ? 'datetime-local' : 'number'} step="any" inputmode="decimal" aria-label=${`${second} ${at + 1}`} placeholder=${key === 'variants' ? 'unlimited' : second} .value=${row.value} @input=${set(at, 'value')}>`}
      <button type="button" class="icon quiet" aria-label=${`Remove ${row.name || first}`} @click=${() => change({ ...form, [key]: rows.filter((_, index) => index !== at) })}>${icons.cross}</button></div>`)}
    <span class="hint muted">${hint}</span>${wrongOf(problems, key)}
    ${rows.length < MOST[key] ? html`<div><button type="button" class="small" data-test=${`add-${key}`} @click=${() => change({ ...form, [key]: [...rows, { name: '', value: '' }] })}>${icons.plus} ${add}</button></div>` : nothing}
  </fieldset>`;
};

const shares = (form: DropForm): string => {
  const sum = shareSum(form);
  return form.split.length === 0 ? 'Without a split all of it is the creator’s.' : `Together they must be 100%${sum === undefined ? '' : `; now ${sum}%`}. Up to 16 parties, two decimals.`;
};

const ALLOCATION_HINT: Readonly<Record<DropForm['allocation'], string>> = {
  'first-come': 'In the order in which claims reach the ledger.',
  'fair-window': 'Claims are collected until viewers with the latest picture have had their time; then the units are drawn by lot.',
  lottery: 'Claims are collected until the drop closes; then the units are drawn by lot. It needs a closing time.',
};

export const moreFields = (tools: FieldTools): TemplateResult => {
  const { form, change, problems } = tools;
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return html`<div class="more-fields">
    ${choice(tools, 'kind', 'Kind', { badge: KINDS.badge.label, code: KINDS.code.label, link: KINDS.link.label, host: KINDS.host.label })}
    ${line(tools, 'entitlementHours', { label: 'Good for, hours', type: 'number', placeholder: 'for good', hint: 'From the grant on; up to 8,784 hours.' })}
    ${form.kind !== 'link' ? nothing : html`${line(tools, 'checkout', { label: 'Checkout address', type: 'url', wide: true, placeholder: 'https://shop.example/buy?e={entitlement}', hint: '{entitlement} becomes the entitlement’s id.' })}
      ${line(tools, 'reserveMinutes', { label: 'Held while buying, minutes', type: 'number', placeholder: '10', hint: '0.5 to 1,440; then the unit goes back.' })}`}
    ${list(tools, 'variants', { legend: 'Variants', add: 'Add a variant', single: form.kind === 'code', hint: `Each viewer gets one of them, by chance in proportion to their supply. Up to 20, of a-z, 0-9 and “-”.${form.kind === 'code' ? ' Codes are uploaded for each.' : ' Supply 1 to 10,000,000 together.'}` })}
    <h3>When</h3>
    ${line(tools, 'opensAt', { label: 'Opens', type: 'datetime-local', hint: `Your time, ${zone}. Empty: from the start.` })}
    ${line(tools, 'closesAt', { label: 'Closes', type: 'datetime-local', hint: 'Empty: until you close it.' })}
    ${list(tools, 'early', { legend: 'Earlier for tiers', add: 'Add a tier', hint: 'Before it opens to everybody. Up to 8 tiers, of a-z, 0-9 and “-”.' })}
    <h3>Who</h3>
    ${choice(tools, 'allocation', 'Given out', { 'first-come': 'First come, first served', 'fair-window': 'Fair window, by lot', lottery: 'Lottery' }, ALLOCATION_HINT[form.allocation])}
    ${choice(tools, 'proof', 'Proof of person', { server: 'As this server asks', email: 'E-mail code', twitch: 'Twitch sign-in', any: 'Either of them', none: 'None' }, proofHint(form))}
    ${line(tools, 'tiers', { label: 'Tiers only', path: 'eligible.tiers', placeholder: 'all', hint: 'Separated by commas; up to 16.' })}
    ${line(tools, 'countries', { label: 'Countries only', path: 'eligible.countries', placeholder: 'all', hint: 'Two letters each, such as DE, US.' })}
    ${line(tools, 'minAge', { label: 'Minimum age', path: 'eligible.minAge', type: 'number', placeholder: 'none', hint: '1 to 120; viewers say their age.' })}
    <h3>Rules and money</h3>
    ${choice(tools, 'restock', 'A unit that is taken back', { return: 'goes back on the shelf', burn: 'is gone' }, form.kind === 'code' ? 'A code that was given out never comes back.' : undefined)}
    ${line(tools, 'rules', { label: 'Rules, address', type: 'url', placeholder: 'https://…' })}
    ${line(tools, 'sponsor', { label: 'Sponsor', hint: 'Disclosed with the drop; up to 120 letters.' })}
    ${words(tools, 'restockPolicy', 'Restock policy', 'There will be no more.')}
    ${words(tools, 'refundPolicy', 'Refund policy', 'Within 14 days, by the shop.')}
    ${list(tools, 'split', { legend: 'Split of sales', add: 'Add a party', hint: shares(form) })}
    <label class="check wide"><input type="checkbox" name="drop-test" .checked=${form.test} @change=${(e: Event) => change({ ...form, test: (e.target as HTMLInputElement).checked })}> <span>Test: everything happens, but the supply stays as it is and no money is booked.</span></label>
    ${wrongOf(problems, 'test')}
  </div>`;
};
