/**
 * A quest while it is filled in, and as the origin takes it (server/src/achievements/quest.ts). Progress belongs to ids: a step keeps its id
 * while it asks for the same, and gets another when it asks for something else, so that nobody has done what they have not.
 */

/** What a step asks for, as the form offers it. */
export type StepKind = 'RoundPlayed' | 'RoundWon' | 'FastestOfRound' | 'CrowdGoalReached' | 'achievement' | 'answer' | 'visit';

type Fact = Exclude<StepKind, 'achievement' | 'answer' | 'visit'>;

export interface StepSpec {
  readonly id: string;
  readonly title: string;
  readonly when?: { readonly fact: Fact; readonly game?: string; readonly count?: number; readonly [more: string]: unknown };
  readonly achievement?: string;
  readonly untimed?: true;
  readonly visit?: { readonly url: string };
  readonly answer?: { readonly question: string; readonly choices: readonly string[]; readonly right: number };
}

export interface QuestSpec {
  readonly id: string;
  readonly title: string;
  readonly steps: readonly StepSpec[];
}

/** Every kind's fields stand side by side, so that choosing another kind and back loses nothing. */
export interface StepForm {
  readonly title: string;
  readonly kind: StepKind;
  /** Empty: any. */
  readonly game: string;
  /** As typed. */
  readonly count: string;
  readonly achievement: string;
  readonly question: string;
  readonly choices: readonly string[];
  readonly right: number;
  readonly url: string;
  /** The step that it was, until now. */
  readonly saved?: StepSpec;
}

export interface QuestForm {
  readonly title: string;
  readonly steps: readonly StepForm[];
  readonly saved?: QuestSpec;
}

export const MOST_STEPS = 8;
export const MOST_QUESTS = 8;
export const MOST_CHOICES = 6;

export const KINDS: readonly { readonly id: StepKind; readonly label: string }[] = [
  { id: 'RoundPlayed', label: 'Play rounds' }, { id: 'RoundWon', label: 'Win rounds' }, { id: 'FastestOfRound', label: 'Be the fastest' },
  { id: 'CrowdGoalReached', label: 'Reach the goal with the crowd' }, { id: 'achievement', label: 'Have an achievement' },
  { id: 'answer', label: 'Answer a question' }, { id: 'visit', label: 'Visit a page' },
];

/** Whether it is done by facts of rounds. */
export const isFact = (kind: StepKind): kind is Fact => !['achievement', 'answer', 'visit'].includes(kind);

export const emptyStep: StepForm = { title: '', kind: 'RoundPlayed', game: '', count: '1', achievement: 'round-won', question: '', choices: ['', ''], right: 0, url: '' };
export const emptyQuest: QuestForm = { title: '', steps: [emptyStep] };

const kindOf = ({ when, achievement, answer }: StepSpec): StepKind => when?.fact ?? (achievement !== undefined ? 'achievement' : answer !== undefined ? 'answer' : 'visit');

const stepFormOf = (saved: StepSpec): StepForm => ({
  ...emptyStep, saved, title: saved.title, kind: kindOf(saved), game: saved.when?.game ?? '', count: String(saved.when?.count ?? 1), achievement: saved.achievement ?? emptyStep.achievement,
  url: saved.visit?.url ?? '', ...saved.answer,
});

export const questFormOf = (saved: QuestSpec): QuestForm => ({ title: saved.title, steps: saved.steps.map(stepFormOf), saved });

const ID_LETTERS = 24; // leaves room for what tells two of one title apart
const ENDING = 4;

/** An id that can be read, and is nobody's: also not that of a quest or step that was removed. `random` gives letters of the alphabet a-z and digits. */
export const idOf = (title: string, random: () => string): string => {
  const words = title.normalize('NFKD').toLowerCase().replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-|-$/g, '').slice(0, ID_LETTERS).replace(/-$/, '');
  return `${words === '' ? 'step' : words}-${random().slice(0, ENDING)}`;
};

/** What a step asks for, as the origin takes it; what the form does not show of a saved one (`scope`, `where`) stays. */
const askOf = (form: StepForm): Omit<StepSpec, 'id' | 'title'> => {
  const { kind, game, count, saved } = form;
  if (kind === 'achievement') return { achievement: form.achievement };
  if (kind === 'visit') return { untimed: true, visit: { url: form.url.trim() } };
  if (kind === 'answer') return { untimed: true, answer: { question: form.question.trim(), choices: form.choices.map((choice) => choice.trim()), right: form.right } };
  const { fact, game: _, count: __, ...more } = saved?.when ?? {};
  return { when: { fact: kind, ...(game === '' ? {} : { game }), ...(count.trim() === '1' ? {} : { count: Number(count) }), ...(fact === kind ? more : {}) } };
};

/** Whether a viewer who did the one has done the other: words may be mended. */
const asksTheSame = (a: Omit<StepSpec, 'id' | 'title'>, b: StepSpec): boolean => {
  if (a.when !== undefined) return a.when.fact === b.when?.fact && a.when.game === b.when.game && (a.when.count ?? 1) === (b.when.count ?? 1);
  if (a.achievement !== undefined) return a.achievement === b.achievement;
  return (a.visit === undefined) === (b.visit === undefined) && (a.answer === undefined) === (b.answer === undefined);
};

export const questSpecOf = ({ title, steps, saved }: QuestForm, random: () => string): QuestSpec => ({
  id: saved?.id ?? idOf(title, random), title: title.trim(),
  steps: steps.map((form) => {
    const ask = askOf(form);
    return { id: form.saved !== undefined && asksTheSame(ask, form.saved) ? form.saved.id : idOf(form.title, random), title: form.title.trim(), ...ask };
  }),
});
