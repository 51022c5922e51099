import { type RedisCaller, StoreError } from '../../store/index.js';
import type { FactId } from '../entry.js';
import { LedgerError } from '../errors.js';
import { achievementGate } from '../gate.js';
import { byGate, checkSteps, type Piece, transactionsOf } from '../ingest.js';
import type { FactStep, Unlocked } from '../ledger.js';
import { ANSWER } from './codes.js';
import { INGEST } from './lua/index.js';
import type { RedisReader } from './redis-read.js';
import { among, type Who } from './redis-unlocks.js';

/** What is known of a call that broke off: its facts, and a seq that the event had before it. */
interface Broken {
  readonly since: number;
  readonly facts: Set<string>;
}

const nameOf = ({ room, tick, ordinal }: FactId): string => `${tick}/${ordinal}/${room}`;

const pieceArgs = ({ step: { fact, trace }, effect, viewers, last }: Piece): string[] => {
  const { achievement = '', tag = '', target = 1, scope = 'viewer' } = effect ?? {};
  const { room, tick, ordinal } = fact;
  return [
    room, String(tick), String(ordinal), last ? '1' : '0', JSON.stringify({ room, tick, ordinal }), trace,
    achievement, tag, String(target), scope, String(viewers.length), ...viewers.map(String),
  ];
};

/**
 * Facts into Redis: one script call a group of pieces, the next only after the one before stands. A call that broke off is repeated by its
 * caller; whom it had unlocked by then is found in the entries, so that the viewers are told although the answer was lost.
 * One call of an event at a time.
 */
export class RedisIngest {
  /** event → a seq that its book has reached */
  readonly #reached = new Map<string, number>();
  readonly #broken = new Map<string, Broken>();

  constructor(private readonly client: RedisCaller, private readonly reader: RedisReader, private readonly now: () => number) {}

  async ingest(event: string, steps: readonly FactStep[]): Promise<Unlocked[]> {
    checkSteps(steps);
    const since = this.#reached.get(event) ?? (await this.reader.lastSeq(event));
    const broken = this.#broken.get(event);
    try {
      const opened = await this.#apply(event, steps, broken);
      if (broken) opened.unshift(...(await this.#answerLost(event, steps, broken)));
      return byGate(opened);
    } catch (error) {
      if (error instanceof StoreError) this.#remember(event, steps, since);
      throw error;
    }
  }

  /** Applies the steps and says whom they unlocked, but for steps of a call that broke off. */
  async #apply(event: string, steps: readonly FactStep[], broken: Broken | undefined): Promise<Unlocked[]> {
    const keys = this.client.keys.ledger(event);
    const names = [keys.head, keys.entries, keys.unlocks, keys.gates, keys.progress, keys.cursors];
    const opened: Unlocked[] = [];
    for (const group of transactionsOf(steps)) {
      const answer = await this.client.run(INGEST, names, [String(this.now()), ...group.flatMap(pieceArgs)]);
      const [code, seq, ...who] = answer as [number, number, ...Who[]];
      if (code === ANSWER.event_unknown) throw LedgerError.eventUnknown(event);
      this.#reached.set(event, seq);
      group.forEach(({ step, effect, viewers }, index) => {
        const unlocked = among(viewers, who[index] as Who);
        if (effect && unlocked.length > 0 && !broken?.facts.has(nameOf(step.fact))) opened.push({ gate: achievementGate(effect.achievement), viewers: unlocked });
      });
    }
    return opened;
  }

  /** Whom those of the steps unlocked, then or now, that a call before had when it broke off. */
  async #answerLost(event: string, steps: readonly FactStep[], { since, facts }: Broken): Promise<Unlocked[]> {
    const repeated = new Set(steps.map(({ fact }) => nameOf(fact)).filter((fact) => facts.has(fact)));
    if (repeated.size === 0) return [];
    const opened: Unlocked[] = [];
    for await (const page of this.reader.pages(event, since + 1, Infinity)) {
      for (const { type, gate = '', viewer = 0, fact } of page) {
        if (type !== 'Unlocked' || !fact || !repeated.has(nameOf(fact))) continue;
        const last = opened.at(-1);
        if (last?.gate === gate) last.viewers.push(viewer);
        else opened.push({ gate, viewers: [viewer] });
      }
    }
    for (const fact of repeated) facts.delete(fact);
    if (facts.size === 0) this.#broken.delete(event);
    return opened;
  }

  #remember(event: string, steps: readonly FactStep[], since: number): void {
    const before = this.#broken.get(event);
    const facts = before?.facts ?? new Set<string>();
    for (const { fact } of steps) facts.add(nameOf(fact));
    this.#broken.set(event, { since: Math.min(since, before?.since ?? since), facts });
  }
}
