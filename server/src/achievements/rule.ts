import { z } from 'zod';

export const FACT_TYPES = ['RoundStarted', 'RoundEnded', 'RoundPlayed', 'RoundWon', 'FastestOfRound', 'CrowdGoalReached'] as const;
export type FactType = (typeof FACT_TYPES)[number];

/** What a room observed, in the past tense. Leaves the room only after its tick is journalled. */
export interface Fact {
  room: string;
  tick: number;
  /** 0, 1, ... within the tick */
  ordinal: number;
  /** event ms */
  at: number;
  trace: string;
  type: FactType;
  game: string;
  round: number;
  /** whom it is about */
  viewers?: readonly number[];
  data?: Record<string, number | string | boolean>;
}

export interface Condition {
  gte?: number | undefined;
  lte?: number | undefined;
  eq?: number | string | boolean | undefined;
}

export interface AchievementRule {
  id: string;
  title: string;
  when: {
    fact: FactType;
    game?: string | undefined;
    /** in how many distinct rounds, 1 if left out */
    count?: number | undefined;
    /** whose rounds count, `viewer` if left out; `crowd` unlocks for the viewers that a counted fact lists */
    scope?: 'viewer' | 'crowd' | undefined;
    /** over the fact's data; all must hold, a missing field does not */
    where?: Record<string, Condition> | undefined;
  };
}

const conditionSchema = z
  .strictObject({ gte: z.number().optional(), lte: z.number().optional(), eq: z.union([z.number(), z.string(), z.boolean()]).optional() })
  .refine((condition) => Object.keys(condition).length > 0, 'needs gte, lte or eq');

/** Validates rules given by hosts. Counters keep their rounds, hence the bound on `count`. */
export const achievementRuleSchema: z.ZodType<AchievementRule> = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'lower-case letters, digits and dashes, at most 64'),
  title: z.string().min(1).max(120),
  when: z.strictObject({
    fact: z.enum(FACT_TYPES),
    game: z.string().min(1).max(64).optional(),
    count: z.number().int().min(1).max(100).optional(),
    scope: z.enum(['viewer', 'crowd']).optional(),
    where: z.record(z.string(), conditionSchema).optional(),
  }),
});

export const BUILT_IN_RULES: readonly AchievementRule[] = [
  { id: 'round-won', title: 'Won a round', when: { fact: 'RoundWon' } },
  { id: 'played-three', title: 'Played three rounds', when: { fact: 'RoundPlayed', count: 3 } },
  { id: 'fastest', title: 'Fastest of a round', when: { fact: 'FastestOfRound' } },
  { id: 'crowd-goal', title: 'The crowd reached its goal', when: { fact: 'CrowdGoalReached' } },
];

const holds = (value: number | string | boolean | undefined, { gte, lte, eq }: Condition): boolean => {
  if (value === undefined) return false;
  if (eq !== undefined && value !== eq) return false;
  if (gte !== undefined && !(typeof value === 'number' && value >= gte)) return false;
  return lte === undefined || (typeof value === 'number' && value <= lte);
};

export function matches({ when }: AchievementRule, fact: Fact): boolean {
  if (when.fact !== fact.type || (when.game !== undefined && when.game !== fact.game)) return false;
  return Object.entries(when.where ?? {}).every(([field, condition]) => holds(fact.data?.[field], condition));
}
