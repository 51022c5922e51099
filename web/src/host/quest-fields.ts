/** The fields of one quest and of its steps, for the panel. */
import type { GameView } from '@crowdcue/protocol';
import { css, html, nothing, type TemplateResult } from 'lit';
import { icons } from '../shared/icons.js';
import { ACHIEVEMENTS } from './achievements.js';
import { emptyStep, isFact, KINDS, MOST_CHOICES, MOST_STEPS, type QuestForm, type StepForm, type StepKind } from './quest-form.js';
import { textField, wrong, type FieldProblem, type FieldWords } from './setup-fields.js';

/** By the paths at which the origin finds fault; the first number is the quest's place, the second the step's. */
export const QUEST_WORDS: FieldWords = {
  'quests.*.title': 'Give the quest a title of 120 letters at most.',
  'quests.*.steps': 'A quest has one to eight steps.',
  'quests.*.steps.*': 'Choose what is to be done.',
  'quests.*.steps.*.achievement': 'Choose an achievement of the list.',
  'quests.*.steps.*.title': 'Say in 120 letters at most what is to be done.',
  'quests.*.steps.*.when': 'Choose a whole number of rounds, 1 to 100.',
  'quests.*.steps.*.visit.url': 'Must be a full address that begins with https:// or http://.',
  'quests.*.steps.*.answer.question': 'Ask something, in 200 letters at most.',
  'quests.*.steps.*.answer.choices.*': 'Each choice needs words, 80 letters at most.',
  'quests.*.steps.*.answer.choices': 'A question has two to six choices.',
  'quests.*.steps.*.answer.right': 'Say which choice is right.',
  quests: 'An event has eight quests at most.',
  drop_unfair_gate: 'A drop of limited supply waits behind this quest, so no step may be won in a game in which lying about time pays. Name Tug or Boss in “Win rounds”.',
};

export const questFieldStyles = css`
  .step { display: grid; gap: var(--cc-space-3); padding: var(--cc-space-3); border: 1px solid var(--cc-line); border-radius: var(--cc-radius-m); background: var(--cc-bg); }
  .step input:not([type=radio]), .step select { background: var(--cc-surface); }
  .step legend { float: left; width: 100%; display: flex; align-items: center; justify-content: space-between; }
  .two { display: grid; grid-template-columns: minmax(0, 1fr) 96px; gap: var(--cc-space-3); }
  .choice { display: grid; grid-template-columns: auto minmax(0, 1fr) auto; align-items: start; gap: var(--cc-space-2); }
  .choice .right, .choice > button { margin-top: 1.4rem; } /* beside the field, not beside its label */
  .choice .right { display: grid; place-items: center; width: 40px; min-height: 40px; cursor: pointer; }
  .choice input[type=radio] { width: 20px; min-height: 20px; accent-color: var(--cc-accent-fill); }
  @media (pointer: coarse) { .choice .right { min-height: 44px; } }
`;

/** What the fields of a quest need: its place, where the origin's problems say it is, and who takes changes. */
export interface QuestFieldsOf {
  readonly form: QuestForm;
  readonly place: number;
  readonly games: readonly GameView[];
  readonly problem: FieldProblem | undefined;
  change(form: QuestForm): void;
}

export const questFields = ({ form, place, games, problem, change }: QuestFieldsOf): TemplateResult => {
  const path = `quests.${place}`;
  const set = (at: number, step: StepForm): void => change({ ...form, steps: form.steps.map((each, i) => (i === at ? step : each)) });
  const remove = (at: number): void => change({ ...form, steps: form.steps.filter((_, i) => i !== at) });
  return html`${textField({ label: 'Title of the quest', name: 'quest-title', path: `${path}.title`, value: form.title, placeholder: 'The tour', most: 160, problem, input: (title) => change({ ...form, title }) })}
    ${form.steps.map((step, i) => html`<fieldset class="step" data-test="step"><legend><span>Step ${i + 1}</span>
        <button type="button" class="small icon quiet" aria-label="Remove step ${i + 1}" title="Remove this step" ?disabled=${form.steps.length === 1} @click=${() => remove(i)}>${icons.cross}</button></legend>
      ${stepFields({ step, path: `${path}.steps.${i}`, name: `Step ${i + 1}`, group: `right-${i}`, games, problem, set: (changed) => set(i, changed) })}</fieldset>`)}
    ${wrong(problem, `${path}.steps`)}
    ${form.steps.length < MOST_STEPS ? html`<div class="buttons"><button type="button" data-test="add-step" @click=${() => change({ ...form, steps: [...form.steps, emptyStep] })}>${icons.plus} Add a step</button></div>` : nothing}`;
};

interface StepFieldsOf {
  readonly step: StepForm;
  readonly path: string;
  readonly name: string;
  /** Of the radio buttons. */
  readonly group: string;
  readonly games: readonly GameView[];
  readonly problem: FieldProblem | undefined;
  set(step: StepForm): void;
}

/** Choices of a select; what the API gave and no list here has is one too, or saving would change it unasked. */
const options = (list: readonly { readonly id: string; readonly label: string }[], chosen: string): readonly TemplateResult[] =>
  [...list, ...(list.some(({ id }) => id === chosen) ? [] : [{ id: chosen, label: chosen }])].map(({ id, label }) => html`<option value=${id} .selected=${id === chosen}>${label}</option>`);

const valueOf = (e: Event): string => (e.target as HTMLInputElement).value;

const stepFields = (of: StepFieldsOf): TemplateResult => {
  const { step, path, name, problem, set } = of;
  return html`${textField({ label: 'What viewers read', name: 'step-title', path: `${path}.title`, value: step.title, placeholder: 'Play two rounds of Tug', most: 160, problem, input: (title) => set({ ...step, title }) })}
    <label class="field">Done when they …<select name="step-kind" aria-label="${name}: done when they" @change=${(e: Event) => set({ ...step, kind: valueOf(e) as StepKind })}>
      ${options(KINDS, step.kind)}</select></label>
    ${isFact(step.kind) ? factFields(of) : step.kind === 'achievement' ? achievementField(of) : step.kind === 'answer' ? answerFields(of) : visitField(of)}
    ${wrong(problem, path)}`;
};

const factFields = ({ step, path, games, problem, set }: StepFieldsOf): TemplateResult => html`<div class="two">
    <label class="field">Game<select name="step-game" @change=${(e: Event) => set({ ...step, game: valueOf(e) })}>
      ${options([{ id: '', label: 'any' }, ...games.map(({ id, title }) => ({ id, label: title }))], step.game)}</select></label>
    ${textField({ label: 'Rounds', name: 'step-count', path: `${path}.when`, value: step.count, mode: 'numeric', most: 3, problem, narrow: true, input: (count) => set({ ...step, count }) })}</div>
  ${wrong(problem, `${path}.when`)}`;

const achievementField = ({ step, path, problem, set }: StepFieldsOf): TemplateResult => html`<label class="field">Achievement<select name="step-achievement" @change=${(e: Event) => set({ ...step, achievement: valueOf(e) })}>
    ${options(ACHIEVEMENTS, step.achievement)}</select>
    <span class="hint">Also where it was there before the quest.</span>${wrong(problem, `${path}.achievement`)}</label>`;

const visitField = ({ step, path, problem, set }: StepFieldsOf): TemplateResult =>
  textField({ label: 'Address', name: 'step-url', path: `${path}.visit.url`, value: step.url, mode: 'url', placeholder: 'https://', hint: 'Nobody can check it: put nothing scarce behind visits alone.', most: 500, problem, input: (url) => set({ ...step, url }) });

const answerFields = ({ step, path, name, group, problem, set }: StepFieldsOf): TemplateResult => {
  const choose = (choices: readonly string[], right = step.right): void => set({ ...step, choices, right: Math.min(right, choices.length - 1) });
  return html`${textField({ label: 'Question', name: 'step-question', path: `${path}.answer.question`, value: step.question, placeholder: 'Since when are we live?', most: 240, problem, input: (question) => set({ ...step, question }) })}
    <div class="stack" role="radiogroup" aria-label="${name}: which choice is right">${step.choices.map((choice, i) => html`<div class="choice" data-test="choice">
      <label class="right" title="This one is right"><input type="radio" name=${group} aria-label="Choice ${i + 1} is right" .checked=${i === step.right} @change=${() => set({ ...step, right: i })}></label>
      ${textField({ label: `Choice ${i + 1}${i === step.right ? ' (right)' : ''}`, name: 'step-choice', path: `${path}.answer.choices.${i}`, value: choice, most: 100, problem, input: (text) => choose(step.choices.map((each, at) => (at === i ? text : each))) })}
      ${step.choices.length > 2 ? html`<button type="button" class="icon quiet" aria-label="Remove choice ${i + 1}" @click=${() => choose(step.choices.filter((_, at) => at !== i), step.right > i ? step.right - 1 : step.right)}>${icons.cross}</button>` : nothing}</div>`)}</div>
    ${wrong(problem, `${path}.answer.choices`)}${wrong(problem, `${path}.answer.right`)}
    ${step.choices.length < MOST_CHOICES ? html`<div class="buttons"><button type="button" class="small" data-test="add-choice" @click=${() => choose([...step.choices, ''])}>${icons.plus} Add a choice</button></div>` : nothing}`;
};
