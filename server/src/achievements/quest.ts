/**
 * Quests: series of steps, as data that a host gives. A step is done by facts (`when`), by an achievement that is there anyway, or by the
 * viewer's word (`untimed`), which needs no round and no network at the moment. Steps may be done in any order. A step that is done, and a quest,
 * are unlocks like any other: entries of the ledger, once a viewer, so they survive every process and are the same on every device.
 */
import { z } from 'zod';
import { type AchievementRule, achievementRuleSchema } from './rule.js';

const MAX_QUESTS = 8; // of an event: each is a card that a viewer looks at
const MAX_STEPS = 8; // three to eight minutes of a show

const id = z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'lower-case letters, digits and dashes, at most 32');
const title = z.string().trim().min(1).max(120);
const base = { id, title };

const answerShape = z.strictObject({ question: z.string().trim().min(1).max(200), choices: z.array(z.string().trim().min(1).max(80)).min(2).max(6), right: z.number().int().min(0) })
  .refine(({ choices, right }) => right < choices.length, { path: ['right'], message: 'must be the place of a choice, from 0' });

const stepShapes = [
  z.strictObject({ ...base, when: z.custom<AchievementRule['when']>((when) => achievementRuleSchema.safeParse({ id: 'x', title: 'x', when }).success, 'must be { fact, game?, count?, scope?, where? }') }),
  z.strictObject({ ...base, achievement: id }),
  z.strictObject({ ...base, untimed: z.literal(true), visit: z.strictObject({ url: z.url({ protocol: /^https?$/ }).max(500) }) }),
  z.strictObject({ ...base, untimed: z.literal(true), answer: answerShape }),
] as const;

const unique = (list: readonly { readonly id: string }[]): boolean => new Set(list.map((each) => each.id)).size === list.length;

type StepShape = (typeof stepShapes)[number];
const KINDS = ['when', 'achievement', 'visit', 'answer'] as const;

/** A step as a host writes it; one of four kinds. What names the kind chooses the shape: of a union nobody is told which field is wrong. */
const questStepSchema = z.unknown().transform((step, context): z.infer<StepShape> => {
  const kind = KINDS.findIndex((name) => typeof step === 'object' && step !== null && name in step);
  const checked = stepShapes[kind]?.safeParse(step);
  if (checked?.success === true) return checked.data;
  for (const { path, message } of checked?.error.issues ?? [{ path: [], message: `must have one of ${KINDS.join(', ')}` }]) context.addIssue({ code: 'custom', path, message });
  return z.NEVER;
});
export const questsSchema = z.array(z.strictObject({
  ...base, steps: z.array(questStepSchema).min(1).max(MAX_STEPS).refine(unique, 'each step needs an id of its own'),
})).max(MAX_QUESTS).refine(unique, 'each quest needs an id of its own');

export type QuestStep = z.infer<typeof questStepSchema>;
export type Quest = z.infer<typeof questsSchema>[number];

/** The achievement that a finished quest is; drops name it in `unlockedBy`. */
export const questAchievement = (quest: string): string => `quest-${quest}`;

/** The achievement that a done step is: its own, unless it is one that is there anyway. The dot keeps it apart from every quest's. */
export const stepAchievement = (quest: string, step: QuestStep): string => ('achievement' in step ? step.achievement : `quest-${quest}.${step.id}`);

/** The rules by which facts do steps. */
export const questRules = (quests: readonly Quest[]): AchievementRule[] =>
  quests.flatMap((quest) => quest.steps.flatMap((step) => ('when' in step ? [{ id: stepAchievement(quest.id, step), title: step.title, when: step.when }] : [])));
