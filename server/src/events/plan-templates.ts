/** Shows to begin with, as data. Offsets are ms from the show's start. */

/** A round of a template, or one that a host gives instead. */
export interface TemplateRound {
  readonly game: string;
  readonly params?: Readonly<Record<string, number | string>> | undefined;
  readonly offsetMs: number;
  /** The game's own when left out. */
  readonly durationMs?: number | undefined;
}

/** A drop of a template: it opens in the first show and closes in the last one. */
export interface TemplateDrop {
  readonly name: string;
  /** null: unlimited. */
  readonly supply: number | null;
  readonly unlockedBy: string;
  readonly opensMs: number;
  readonly closesMs: number;
  /** Tier to when it may claim, before everybody. */
  readonly earlyMs?: Readonly<Record<string, number>>;
}

export interface EventTemplate {
  readonly id: string;
  readonly title: string;
  /** What it is for, a sentence. */
  readonly about: string;
  /** Shows, a week apart, unless the host says otherwise. */
  readonly weeks: number;
  /** Whether rounds are cued by themselves, unless the host says otherwise. */
  readonly auto: boolean;
  readonly rounds: readonly TemplateRound[];
  readonly drops: readonly TemplateDrop[];
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const QUESTION = { question: 'Which came first?', answer1: 'The egg', answer2: 'The hen', answer3: 'The rooster', right: 1 };
const VOTE = { question: 'What shall we do next?', option1: 'Play on', option2: 'Talk', option3: 'Something new' };

const WEEKLY: EventTemplate = {
  id: 'weekly', title: 'Weekly show', about: 'Three rounds at the same local time every week, a cup for winners and a badge for regulars.', weeks: 4, auto: false,
  rounds: [
    { game: 'trivia', params: QUESTION, offsetMs: 5 * MINUTE },
    { game: 'tug', offsetMs: 20 * MINUTE },
    { game: 'boss', offsetMs: 40 * MINUTE },
  ],
  drops: [
    { name: 'Winner', supply: 100, unlockedBy: 'round-won', opensMs: 0, closesMs: 3 * HOUR },
    { name: 'Regular', supply: null, unlockedBy: 'played-three', opensMs: 0, closesMs: 24 * HOUR },
  ],
};

const PRE_DROP: EventTemplate = {
  id: 'pre-drop', title: 'Soft pre-drop', about: 'Who wins has a drop: members, who get a link of their own, may claim half an hour before everybody. A badge for who has played three rounds.', weeks: 1, auto: false,
  rounds: [{ game: 'poll', params: VOTE, offsetMs: 2 * MINUTE }, { game: 'tug', offsetMs: 10 * MINUTE }, { game: 'boss', offsetMs: 20 * MINUTE }],
  drops: [
    { name: 'Winner', supply: 500, unlockedBy: 'round-won', opensMs: HOUR, closesMs: 2 * HOUR, earlyMs: { members: 30 * MINUTE } },
    { name: 'I was there early', supply: null, unlockedBy: 'played-three', opensMs: 30 * MINUTE, closesMs: 2 * HOUR },
  ],
};

const ACTIVATION: EventTemplate = {
  id: 'activation', title: 'Ten-minute activation', about: 'Three rounds in ten minutes that cue themselves, and a drop that closes with them.', weeks: 1, auto: true,
  rounds: [
    { game: 'tug', offsetMs: MINUTE },
    { game: 'trivia', params: QUESTION, offsetMs: 4 * MINUTE },
    { game: 'quickdraw', offsetMs: 7 * MINUTE },
  ],
  drops: [{ name: 'I was there', supply: null, unlockedBy: 'played-three', opensMs: 0, closesMs: 10 * MINUTE }],
};

export const TEMPLATES: ReadonlyMap<string, EventTemplate> = new Map([WEEKLY, PRE_DROP, ACTIVATION].map((template) => [template.id, template]));
