/** What is wrong with a drop's fields: the origin's refusal, taken apart, and what a page can see that the definition no longer says. */
import type { ApiError, ApiErrorCode } from '../shared/api.js';
import { detailOf, explain } from '../shared/explain.js';
import { isLimitedForm, type DropForm } from './drop-form.js';

/** By field, in words. */
export type DropProblems = ReadonlyMap<string, { readonly text: string; readonly code: ApiErrorCode }>;

export const noProblems: DropProblems = new Map();

/** Each field of the form, by the path that the origin gives what is in it. */
const FIELDS = ['name', 'supply', 'variants', 'unlockedBy', 'opensAt', 'closesAt', 'early', 'eligible.tiers', 'eligible.countries', 'eligible.minAge', 'allocation', 'proof', 'checkout',
  'reserveMinutes', 'entitlementHours', 'restock', 'restockPolicy', 'refundPolicy', 'rules', 'sponsor', 'split', 'test'] as const;
/** Those that are always shown. */
const PLAIN: ReadonlySet<string> = new Set(['name', 'supply', 'unlockedBy', '']);

export type DropField = (typeof FIELDS)[number];

const fieldOf = (path: string): string => FIELDS.find((field) => path === field || path.startsWith(`${field}.`)) ?? '';
/** Fields as they are called here, where the origin's words name one. */
const LABELS: Readonly<Record<string, string>> = { opensAt: '“Opens”', closesAt: '“Closes”' };
const sentence = (words: string): string => {
  const said = words.replaceAll(/\b(?:opensAt|closesAt)\b/g, (field) => LABELS[field]!);
  return `${said.charAt(0).toUpperCase()}${said.slice(1)}${/[.!?]$/.test(said) ? '' : '.'}`;
};

/** Problems of several drops by their place in the dialog; those of no field under the empty name. */
export const dropProblems = (error: ApiError, forms: readonly DropForm[]): ReadonlyMap<number, DropProblems> | undefined => {
  const { code } = error;
  const message = detailOf(error);
  const at = (place: number, field: DropField, text: string): ReadonlyMap<number, DropProblems> => new Map([[Math.max(0, place), new Map([[field, { text, code }]])]]);
  switch (code) {
    case 'drop_bad_request': {
      const [, place = '0', said = message] = /^drops\.(\d+): (.*)$/s.exec(message) ?? [];
      return new Map([[Number(place), fieldsOf(said, code)]]);
    }
    case 'drop_needs_proof': return at(forms.findIndex((form) => isLimitedForm(form) && form.proof === 'none'), 'proof', message);
    case 'drop_unfair_gate': return at(forms.findIndex((form) => isLimitedForm(form) && message.includes(` ${form.unlockedBy}:`)), 'unlockedBy', message);
    case 'drop_exists': return at(0, 'name', explain(error));
    default: return undefined;
  }
};

const fieldsOf = (said: string, code: ApiErrorCode): DropProblems => {
  const found = new Map<string, { text: string; code: ApiErrorCode }>();
  for (const part of said.split(/; (?=[A-Za-z][^:;]*: )/)) {
    const [, path = '', why = part] = /^([A-Za-z][^:;]*): (.+)$/s.exec(part) ?? [];
    const field = fieldOf(path);
    const before = found.get(field);
    const text = sentence(field === '' ? part : why);
    found.set(field, { code, text: before === undefined ? text : `${before.text} ${text}` });
  }
  return found;
};

/** Names that stand twice: the definition would hold but one of them, without a word. */
export const ownProblems = (form: DropForm): DropProblems => {
  const lists: readonly (readonly [DropField, readonly { readonly name: string }[]])[] = [['variants', form.variants], ['early', form.early], ['split', form.split]];
  return new Map(lists.flatMap(([field, rows]) => {
    const twice = rows.map(({ name }) => name.trim()).find((name, index, all) => all.indexOf(name) < index);
    return twice === undefined ? [] : [[field, { text: twice === '' ? 'Give each a name.' : `${twice} stands there twice.`, code: 'drop_bad_request' as const }]];
  }));
};

/** Whether one of them is in what is not always shown. */
export const needMore = (problems: DropProblems): boolean => [...problems.keys()].some((field) => !PLAIN.has(field));
