/** A field with its hint and with what is wrong with it; and how the origin's refusals find their fields. */
import { css, html, nothing, type TemplateResult } from 'lit';
import type { ApiError } from '../shared/api.js';
import { explain } from '../shared/explain.js';

/** What was refused: in which field, in words and by its stable code. */
export interface FieldProblem {
  /** As the origin names it; empty where it names none. */
  readonly path: string;
  readonly text: string;
  readonly code: string;
}

/** Words by path, in which `*` is any place of a list; or by code, where the words are the same wherever it happens. */
export type FieldWords = Readonly<Record<string, string>>;

const SHAPE_CODES: ReadonlySet<string> = new Set(['bad_request', 'quest_bad_request']);
const AT = /(?:^|\s)([a-zA-Z]\w*(?:\.\w+)*): (.+)$/s;

/** A path with its places left out: `quests.0.title` is `quests.*.title`. */
export const patternOf = (path: string): string => path.replaceAll(/(?<=\.)\d+(?=\.|$)/g, '*');

/** A refusal for people: the words of the field that it names, else of its code, else what the origin says. */
export const problemOf = (error: ApiError, words: FieldWords): FieldProblem => {
  const [, path = '', said = ''] = (SHAPE_CODES.has(error.code) && AT.exec(error.message)) || [];
  return { path, code: error.code, text: words[patternOf(path)] ?? words[error.code] ?? (said === '' ? explain(error) : said) };
};

export const problemStyles = css`
  .wrong { color: var(--cc-bad); font-size: var(--cc-size-2); font-weight: var(--cc-weight-text); overflow-wrap: anywhere; }
  [aria-invalid=true] { border-color: var(--cc-bad) !important; }
`;

export interface TextField {
  readonly label: string;
  /** As the origin names it. */
  readonly path: string;
  readonly value: string;
  readonly name: string;
  readonly hint?: string;
  readonly placeholder?: string;
  readonly most?: number;
  readonly required?: boolean;
  readonly mode?: 'url' | 'numeric' | 'text';
  readonly problem: FieldProblem | undefined;
  /** What is wrong is said elsewhere: there is no room here. */
  readonly narrow?: boolean;
  input(value: string): void;
}

/** What is wrong with a field, if it is this one. */
export const wrong = (problem: FieldProblem | undefined, path: string): TemplateResult | typeof nothing =>
  problem?.path === path ? html`<span class="wrong" role="alert" id="wrong" data-test="wrong">${problem.text} <span class="code">${problem.code}</span></span>` : nothing;

/** What is wrong with none of the fields that are shown. */
export const unplaced = (problem: FieldProblem | undefined, shown: readonly string[]): TemplateResult | typeof nothing =>
  problem === undefined || shown.includes(problem.path) ? nothing : html`<p class="wrong" role="alert" data-test="wrong">${problem.text} <span class="code">${problem.code}</span></p>`;

export const textField = ({ label, path, value, name, hint, placeholder = '', most, required = false, mode = 'text', problem, narrow = false, input }: TextField): TemplateResult => {
  const bad = problem?.path === path;
  return html`<label class="field">${label}<input type="text" name=${name} inputmode=${mode} autocomplete="off" spellcheck=${mode === 'text' ? 'true' : 'false'} placeholder=${placeholder} maxlength=${most ?? 2_000}
      ?required=${required} .value=${value} aria-invalid=${bad ? 'true' : 'false'} aria-describedby=${bad ? 'wrong' : nothing} @input=${(e: Event) => input((e.target as HTMLInputElement).value)}>
    ${hint === undefined ? nothing : html`<span class="hint">${hint}</span>`}${narrow ? nothing : wrong(problem, path)}</label>`;
};
