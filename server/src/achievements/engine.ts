/**
 * Achievements: rules, as data, over facts.
 *
 * Life cycle: one engine an event's rule set; `process` after the facts' ticks are durable, again for facts re-emitted after a crash.
 * Invariants: a fact counts once (the ledger's cursor moves in the transaction of what it caused); a viewer unlocks an achievement
 * once; counting is of distinct rounds. The engine itself keeps nothing.
 * Must not import rooms.
 */
import type { FactStep, Ledger } from '../ledger/index.js';
import { type AchievementRule, type Fact, matches } from './rule.js';
import { achievementOf, type ScarceGates } from './scarce-gate.js';

export interface Unlock {
  event: string;
  achievement: string;
  /** drops that this achievement unlocks */
  drops: string[];
  /** newly unlocked */
  viewers: number[];
}

const NONE: ReadonlySet<string> = new Set();
const byOrder = (a: Fact, b: Fact): number => a.tick - b.tick || a.ordinal - b.ordinal;

export class AchievementEngine {
  constructor(
    private readonly ledger: Pick<Ledger, 'ingest' | 'drops'>,
    private readonly rules: readonly AchievementRule[],
    /** Left out, every drop is unlocked alike. */
    private readonly scarce?: ScarceGates,
    /** Rules of one event alone. */
    private readonly own: (event: string) => readonly AchievementRule[] = () => [],
  ) {}

  /** Facts of one call may be in any order; calls for one room must follow its ticks. @throws LedgerError, StoreError. */
  async process(event: string, facts: readonly Fact[]): Promise<Unlock[]> {
    if (facts.length === 0) return [];
    const gates = this.scarce?.concerns(facts) === true ? new Set((await this.ledger.drops(event)).map(({ terms }) => terms.unlockedBy)) : NONE;
    const opened = await this.ledger.ingest(event, [...facts].sort(byOrder).map((fact) => this.step(event, fact, gates)));
    if (opened.length === 0) return [];
    const drops = await this.ledger.drops(event);
    return opened.map(({ gate, viewers }) => {
      const unlockedBy = gate.slice(2); // "a:<achievement>"
      return { event, achievement: achievementOf(unlockedBy), drops: drops.filter(({ terms }) => terms.unlockedBy === unlockedBy).map(({ terms }) => terms.id), viewers };
    });
  }

  private step(event: string, fact: Fact, gates: ReadonlySet<string>): FactStep {
    const { room, tick, ordinal, trace, round, viewers = [] } = fact;
    const effects = [...this.rules, ...this.own(event)]
      .filter((rule) => matches(rule, fact))
      .flatMap(({ id, when }) => (this.scarce?.opened(id, fact.game, gates) ?? [id]).map((achievement) =>
        ({ achievement, tag: `${room}/${round}`, target: when.count ?? 1, scope: when.scope ?? ('viewer' as const), viewers })));
    return { fact: { room, tick, ordinal }, trace, effects };
  }
}
