/**
 * Host commands that came with a key run once: who repeats one gets the first answer. The key is taken, durably and over all origins,
 * before the command runs, and its answer kept after it. A refusal gives the key back, for it did nothing. What is done stays done: where
 * its answer cannot be kept, this origin still knows it. A command whose origin died before it answered may run again after a minute.
 */
import { CrowdcueError } from '@crowdcue/protocol';
import type { Clock } from '../clock.js';
import type { RecordTable } from '../store/index.js';

/** ms that an answer is kept: longer than anybody presses again. */
const KEPT_MS = 3600_000;
/** ms after which a command without an answer has died with its origin. */
const GIVEN_UP_MS = 60_000;

/** What a command answered; plain, so that it can be kept. */
export interface KeptAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface CommandRecord {
  /** What makes two requests the same command. */
  readonly command: string;
  /** ms since 1970. */
  readonly at: number;
  readonly answer?: KeptAnswer;
}

export class CommandKeys {
  readonly #known: Map<string, CommandRecord>;
  readonly #running = new Map<string, { readonly command: string; readonly answer: Promise<KeptAnswer> }>();

  constructor(private readonly table: RecordTable<CommandRecord>, private readonly clock: Clock) {
    this.#known = new Map(table.entries());
    table.watch((key, record) => (record === undefined ? this.#known.delete(key) : this.#known.set(key, record)));
  }

  /** Runs `command` unless it ran under this key. Throws `command_conflict`, `unavailable` while another origin runs it, and what `run` throws. */
  once(key: string, command: string, run: () => Promise<KeptAnswer>): Promise<KeptAnswer> {
    const running = this.#running.get(key);
    if (running !== undefined) return running.command === command ? running.answer : Promise.reject(new CrowdcueError('command_conflict'));
    const answer = this.#first(key, command, run).finally(() => this.#running.delete(key));
    this.#running.set(key, { command, answer });
    return answer;
  }

  async #first(key: string, command: string, run: () => Promise<KeptAnswer>): Promise<KeptAnswer> {
    const at = this.clock.now();
    await this.#tidy(at);
    const known = this.#known.get(key);
    if (known !== undefined && known.command !== command) throw new CrowdcueError('command_conflict');
    if (known?.answer !== undefined) return known.answer;
    if (known === undefined && !(await this.table.add(key, { command, at }))) throw new CrowdcueError('unavailable', 'The same command is under way.');
    if (known !== undefined) await this.#takeOver(key, command, at);
    this.#known.set(key, { command, at });
    const answer = await run().catch(async (error: unknown) => {
      // A key that cannot be given back now is like one whose origin died: it can be taken over.
      await this.table.remove(key).then(() => this.#known.delete(key), () => undefined);
      throw error;
    });
    const record = { command, at, answer };
    this.#known.set(key, record);
    await this.table.put(key, record).catch(() => undefined);
    return answer;
  }

  /** Of a command that its origin left without an answer; of several origins that see that, one takes it. */
  async #takeOver(key: string, command: string, at: number): Promise<void> {
    const taken = await this.table.change(key, (before) => {
      if (before.answer !== undefined || at - before.at < GIVEN_UP_MS) throw new CrowdcueError('unavailable', 'The same command is under way.');
      return { command, at };
    });
    if (taken === undefined) throw new CrowdcueError('unavailable', 'The same command was under way; try again.');
  }

  async #tidy(now: number): Promise<void> {
    const over = [...this.#known].filter(([, { at }]) => at + KEPT_MS <= now).map(([key]) => key);
    for (const key of over) this.#known.delete(key);
    await Promise.all(over.map((key) => this.table.remove(key)));
  }
}
