/**
 * What may unlock a drop of limited supply. Games in which somebody wins more by lying about time (docs/fairness.md) do not decide over what
 * is scarce: a limited drop behind an achievement that is won has a gate of its own, which only the other games' rounds open. A quest has one
 * gate, so no step of a quest with a limited drop may be won in such a game.
 */
import { decidesScarce, type GameDefinition } from '@crowdcue/games';
import type { Quest } from './quest.js';
import type { AchievementRule, Fact, FactType } from './rule.js';

/** What a viewer is better than others for; taking part is open to all alike. */
const WON: ReadonlySet<FactType> = new Set<FactType>(['RoundWon', 'FastestOfRound']);
/** No rule's id has a `+`. */
const SUFFIX = '+scarce';

/** The achievement that a gate is of. */
export const achievementOf = (gate: string): string => (gate.endsWith(SUFFIX) ? gate.slice(0, -SUFFIX.length) : gate);

export class ScarceGates {
  readonly #ways: ReadonlyMap<string, { readonly won: boolean; readonly possible: boolean; readonly fair: boolean }>;

  constructor(rules: readonly AchievementRule[], private readonly games: ReadonlyMap<string, GameDefinition>) {
    this.#ways = new Map(rules.map(({ id, when }) => {
      const causes = [...games.values()].filter((game) => when.game === game.id || (when.game === undefined && game.achievements.includes(id)));
      const won = WON.has(when.fact);
      return [id, { won, possible: causes.some(decidesScarce), fair: !won || causes.every(decidesScarce) }];
    }));
  }

  /** What a limited drop behind an achievement is unlocked by; undefined where no game may decide over it. */
  gateOf(achievement: string): string | undefined {
    const way = this.#ways.get(achievement);
    if (way?.won !== true) return achievement;
    return way.possible ? achievement + SUFFIX : undefined;
  }

  /** Whether a liar about time gains nothing by any step of a quest. A step that names no game is won in each. */
  isFair({ steps }: Quest): boolean {
    return steps.every((step) => {
      if ('achievement' in step) return this.#ways.get(step.achievement)?.fair ?? true;
      if (!('when' in step) || !WON.has(step.when.fact)) return true;
      const { game } = step.when;
      return [...this.games.values()].every((each) => (game !== undefined && each.id !== game) || decidesScarce(each));
    });
  }

  /** Whether it matters to these facts what the event's drops are behind. */
  concerns(facts: readonly Fact[]): boolean {
    return facts.some(({ type }) => WON.has(type));
  }

  /** The gates that a round of this game opens for an achievement, of those that a drop is behind. */
  opened(achievement: string, game: string, gates: ReadonlySet<string>): string[] {
    const scarce = achievement + SUFFIX;
    const definition = this.games.get(game);
    return definition !== undefined && decidesScarce(definition) && gates.has(scarce) ? [achievement, scarce] : [achievement];
  }
}
