/** What the fields of a drop have in common: its kinds in words, and how a field says what is wrong with it. */
import { html, nothing, type TemplateResult } from 'lit';
import type { DropForm, DropKind } from './drop-form.js';
import type { DropField, DropProblems } from './drop-problems.js';

/** What every field of a form is made with. */
export interface FieldTools {
  readonly form: DropForm;
  readonly problems: DropProblems;
  change(form: DropForm): void;
}

export const KINDS: Readonly<Record<DropKind, { readonly label: string; readonly about: string }>> = {
  badge: { label: 'Badge', about: 'Numbered, one per viewer. Leave supply empty for unlimited.' },
  code: { label: 'Codes', about: 'Each viewer gets one of the codes that you upload once the drop is made; they are kept encrypted, and their number is the supply.' },
  link: { label: 'Checkout link', about: 'A unit is held while the viewer buys it at your shop, which reports the sale.' },
  host: { label: 'Handed over', about: 'You send it yourself, by the list of winners.' },
};

/** What is wrong with a field, where something is. */
export const wrongOf = (problems: DropProblems, field: DropField | ''): TemplateResult | typeof nothing => {
  const problem = problems.get(field);
  return problem === undefined ? nothing : html`<span class="wrong" role="alert" id=${`wrong-${field}`} data-test="wrong">${problem.text} <span class="code">${problem.code}</span></span>`;
};

/** `aria-invalid` of a field. */
export const bad = (problems: DropProblems, field: DropField): 'true' | 'false' => (problems.has(field) ? 'true' : 'false');
