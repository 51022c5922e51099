/**
 * From facts to unlocks: takes a tick's facts once the tick is durable, lets the achievements count them into the ledger, then tells
 * viewers and the shared state. Facts of an event are handled in the order they came; a failure that may pass is tried again until
 * it does or we stop. Handling the same facts again changes nothing: the ledger knows them.
 * Must not import http.
 */
import { CrowdcueError } from '@crowdcue/protocol';
import type { Fact, AchievementEngine, AchievementRule, Unlock } from '../achievements/index.js';
import type { OriginMetrics } from '../metrics/origin-metrics.js';
import type { FactSink, RoomHost } from '../rooms/room-control.js';
import type { DropDesk } from './drop-desk.js';
import type { QuestDesk } from './quest-desk.js';

const FIRST_RETRY_MS = 100;
const MAX_RETRY_MS = 5_000;

export interface FactPipelineOptions {
  readonly engine: Pick<AchievementEngine, 'process'>;
  readonly rules: readonly AchievementRule[];
  readonly rooms: Pick<RoomHost, 'local'>;
  readonly drops: Pick<DropDesk, 'namesOf'> & { readonly board: Pick<DropDesk['board'], 'changed'> };
  readonly quests: Pick<QuestDesk, 'progressed' | 'titlesOf'>;
  readonly metrics: OriginMetrics;
  readonly logger: { error(fields: object, message: string): void };
  /** Waits; resolves early when `signal` aborts. */
  pause(ms: number, signal: AbortSignal): Promise<void>;
}

export class FactPipeline implements FactSink {
  readonly #turns = new Map<string, Promise<void>>();
  readonly #stop = new AbortController();
  readonly #titles: ReadonlyMap<string, string>;

  constructor(private readonly options: FactPipelineOptions) {
    this.#titles = new Map(options.rules.map(({ id, title }) => [id, title]));
  }

  /** Resolves when the facts are ledgered, or were given up because they can never be. Rejects only when it is closed before that. */
  facts(event: string, facts: readonly Fact[]): Promise<void> {
    for (const fact of facts) this.options.metrics.facts.inc({ kind: fact.type });
    const turn = (this.#turns.get(event) ?? Promise.resolve()).then(() => this.#handle(event, facts));
    this.#turns.set(event, turn);
    const forget = (): void => {
      if (this.#turns.get(event) === turn) this.#turns.delete(event);
    };
    turn.then(forget, forget);
    return turn;
  }

  /** Ends retries and waits for what runs. Facts that are left come again from the journal at the next start. */
  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.allSettled(this.#turns.values());
  }

  async #handle(event: string, facts: readonly Fact[]): Promise<void> {
    let unlocks: readonly Unlock[] | undefined; // the ledger tells of them once: a try that fails later must not lose them
    for (let delay = FIRST_RETRY_MS; !this.#stop.signal.aborted; delay = Math.min(delay * 2, MAX_RETRY_MS)) {
      try {
        unlocks ??= await this.options.engine.process(event, facts);
        for (const unlock of [...unlocks, ...(await this.options.quests.progressed(event, unlocks))]) await this.#tell(unlock);
        return;
      } catch (error) {
        if (!isRetryable(error)) return this.#giveUp(event, facts, error);
        this.options.metrics.factRetries.inc();
        await this.options.pause(delay, this.#stop.signal);
      }
    }
    throw new CrowdcueError('unavailable'); // no checkpoint may pass these facts: they come again from the journal
  }

  /** One bad fact must not take the others of its tick with it: each is tried alone. */
  async #giveUp(event: string, facts: readonly Fact[], error: unknown): Promise<void> {
    if (facts.length > 1) {
      for (const fact of facts) await this.#handle(event, [fact]);
      return;
    }
    const [fact] = facts;
    this.options.logger.error({ err: error, event, tick: fact?.tick, ordinal: fact?.ordinal, kind: fact?.type }, 'a fact cannot be handled');
  }

  async #tell(unlock: Unlock): Promise<void> {
    const { rooms, drops, metrics } = this.options;
    metrics.unlocks.inc(unlock.viewers.length);
    if (unlock.drops.length === 0) return;
    const view = { achievement: unlock.achievement, title: this.#titles.get(unlock.achievement) ?? this.options.quests.titlesOf(unlock.event).get(unlock.achievement) ?? unlock.achievement, drops: await drops.namesOf(unlock.event, unlock.drops) };
    rooms.local(unlock.event)?.unlocked(unlock.viewers, view);
    drops.board.changed(unlock.event);
  }
}

const isRetryable = (error: unknown): boolean => (error as { retryable?: unknown } | null)?.retryable === true;
