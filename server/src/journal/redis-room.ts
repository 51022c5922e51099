import { StoreError, type RedisClient } from '../store/index.js';
import { FencedError, JournalError } from './errors.js';
import type { Checkpoint, CheckpointChange, JournalRecord } from './journal.js';
import { APPEND, CHECKPOINT, OPEN, PURGE, RELEASE, RENEW, REPLY, STAGE } from './lua/index.js';
import { CHECKPOINT_FORMAT, FORMAT, packParts, packRecord, readCheckpoint } from './redis-record.js';

/** Who asks. */
export interface Holder {
  readonly client: RedisClient;
  readonly holder: string;
  readonly leaseMs: number;
}

/** What this process knows of its hold on the room. `failed`: a call's outcome is unknown, so nothing is added to this epoch. */
type Hold =
  | { readonly kind: 'none' | 'failed'; readonly epoch: number }
  | { readonly kind: 'held'; readonly epoch: number; lastTick: number; checkpointTick: number; /** whether a whole checkpoint was made under it */ whole: boolean };

interface Append {
  readonly kind: 'append';
  readonly epoch: number;
  readonly tick: number;
  readonly record: ReturnType<typeof packRecord>;
  resolve(): void;
  reject(error: unknown): void;
}

interface Step {
  readonly kind: 'step';
  run(): Promise<void>;
}

type Reply = readonly [code: number, ...rest: (Buffer | number | null)[]];

/** One call takes no more than this: a script keeps Redis from everybody else while it runs. */
const CALL_RECORDS = 256;
const CALL_BYTES = 1024 * 1024;
/** And one of a checkpoint no more than this: what a crowd changes in 10 s goes in one, for what is staged and then changes a checkpoint is written twice. */
const CHECKPOINT_BYTES = 2 * CALL_BYTES;

/** One room in Redis, as one process writes it: one step after the other, in the order asked; appends that wait together go together. */
export class RedisRoom {
  readonly #queue: (Append | Step)[] = [];
  #running = false;
  #hold: Hold = { kind: 'none', epoch: 0 };

  constructor(private readonly room: string, private readonly by: Holder) {}

  /** Whether nothing would be lost by forgetting this object: an epoch that it had is worth keeping, should Redis lose it. */
  get idle(): boolean {
    return !this.#running && this.#queue.length === 0 && this.#hold.epoch === 0;
  }

  open(): Promise<{ epoch: number; checkpoint: Checkpoint | undefined }> {
    return this.#step(async () => {
      const { head, lease, checkpoint } = this.#keys;
      const [code, first, lastTick, checkpointTick, kept] = await this.#run(OPEN, [head, lease, checkpoint], [this.by.holder, this.by.leaseMs, this.#hold.epoch]);
      if (code === REPLY.HELD) throw JournalError.held(this.room, String(first));
      const epoch = Number(first);
      this.#hold = { kind: 'held', epoch, lastTick: Number(lastTick), checkpointTick: Number(checkpointTick), whole: false };
      return { epoch, checkpoint: readCheckpoint(kept as unknown as Buffer[]) };
    });
  }

  append(epoch: number, record: JournalRecord): Promise<void> {
    return new Promise((resolve, reject) => this.#enqueue({ kind: 'append', epoch, tick: record.tick, record: packRecord(record), resolve, reject }));
  }

  /** What is more than a call takes is staged in calls before, between which appends go on. */
  async checkpoint(epoch: number, change: CheckpointChange): Promise<void> {
    const pieces = packParts(change.parts, CHECKPOINT_BYTES);
    const last = pieces.pop()!;
    for (const [index, piece] of pieces.entries()) await this.#step(() => this.#stage(epoch, change, [index === 0 ? 1 : 0, ...piece]));
    const staged = pieces.reduce((sum, piece) => sum + piece.length / 2, 0);
    await this.#step(async () => {
      const hold = this.#mustTake(epoch, change);
      const { head, checkpoint, staged: before } = this.#keys;
      const follows = change.whole ? '' : hold.checkpointTick;
      const args = [epoch, this.by.holder, CHECKPOINT_FORMAT, change.tick, change.time, follows, staged, change.drop.length, ...change.drop, ...last];
      this.#mustBeOk(epoch, await this.#orFail(epoch, this.#run(CHECKPOINT, [head, checkpoint, before], args)));
      hold.checkpointTick = change.tick;
      hold.whole = true;
    });
  }

  async #stage(epoch: number, change: CheckpointChange, args: (string | number | Buffer)[]): Promise<void> {
    this.#mustTake(epoch, change);
    const { head, staged } = this.#keys;
    this.#mustBeOk(epoch, await this.#orFail(epoch, this.#run(STAGE, [head, staged], [epoch, this.by.holder, ...args])));
  }

  #mustTake(epoch: number, { tick, whole }: CheckpointChange): Extract<Hold, { kind: 'held' }> {
    const hold = this.#mustHold(epoch);
    if (!isTick(tick)) throw JournalError.order(this.room, tick, hold.checkpointTick);
    if (!whole && !hold.whole) throw JournalError.notWhole(this.room, tick);
    return hold;
  }

  /** Goes past the queue: a lease must not run out because a large checkpoint is on its way. */
  async renew(epoch: number): Promise<void> {
    const { head, lease } = this.#keys;
    this.#mustBeOk(epoch, await this.#run(RENEW, [head, lease], [epoch, this.by.holder, this.by.leaseMs]));
  }

  release(epoch: number): Promise<void> {
    return this.#step(async () => {
      if (this.#hold.epoch === epoch) this.#hold = { kind: 'none', epoch };
      const { head, lease } = this.#keys;
      await this.#run(RELEASE, [head, lease], [epoch, this.by.holder]);
    });
  }

  purge(): Promise<void> {
    return this.#step(async () => {
      const { head, records, checkpoint, staged } = this.#keys;
      await this.#orFail(this.#hold.epoch, this.#run(PURGE, [head, records, checkpoint, staged], []));
      if (this.#hold.kind === 'held') this.#hold = { ...this.#hold, lastTick: -1, checkpointTick: -1, whole: false };
    });
  }

  get #keys(): ReturnType<RedisClient['keys']['journal']> {
    return this.by.client.keys.journal(this.room);
  }

  async #run(...call: Parameters<RedisClient['run']>): Promise<Reply> {
    return (await this.by.client.run(...call)) as Reply;
  }

  #step<T>(work: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => this.#enqueue({ kind: 'step', run: () => work().then(resolve, reject) }));
  }

  #enqueue(job: Append | Step): void {
    this.#queue.push(job);
    if (this.#running) return;
    this.#running = true;
    queueMicrotask(() => void this.#drain());
  }

  async #drain(): Promise<void> {
    for (let job = this.#queue[0]; job !== undefined; job = this.#queue[0]) {
      if (job.kind === 'append') await this.#appendAll(this.#takeAppends());
      else await (this.#queue.shift() as Step).run();
    }
    this.#running = false;
  }

  #takeAppends(): Append[] {
    let bytes = 0;
    let count = 0;
    for (const job of this.#queue) {
      if (job.kind !== 'append' || count === CALL_RECORDS) break;
      bytes += job.record[2].length;
      if (count > 0 && bytes > CALL_BYTES) break;
      count++;
    }
    return this.#queue.splice(0, count) as Append[];
  }

  async #appendAll(jobs: Append[]): Promise<void> {
    const taken = this.#admitted(jobs);
    const hold = this.#hold;
    if (taken.length === 0 || hold.kind !== 'held') return;
    const { epoch } = hold;
    try {
      const { head, lease, records } = this.#keys;
      const args = [epoch, this.by.holder, this.by.leaseMs, FORMAT, hold.lastTick, ...taken.flatMap(({ record }) => record)];
      this.#mustBeOk(epoch, await this.#orFail(epoch, this.#run(APPEND, [head, lease, records], args)));
      hold.lastTick = taken.at(-1)!.tick;
      for (const job of taken) job.resolve();
    } catch (error) {
      for (const job of taken) job.reject(error);
    }
  }

  /** Those that may be asked for; the others are refused, each alone: a bad tick must not take its neighbours with it. */
  #admitted(jobs: readonly Append[]): Append[] {
    const taken: Append[] = [];
    for (const job of jobs) {
      try {
        const { lastTick, checkpointTick } = this.#mustHold(job.epoch);
        const before = taken.at(-1)?.tick ?? Math.max(lastTick, checkpointTick);
        if (!isTick(job.tick) || job.tick <= before) throw JournalError.order(this.room, job.tick, before);
        taken.push(job);
      } catch (error) {
        job.reject(error);
      }
    }
    return taken;
  }

  #mustHold(epoch: number): Extract<Hold, { kind: 'held' }> {
    const hold = this.#hold;
    if (epoch < hold.epoch) throw FencedError.by(this.room, epoch, hold.epoch);
    if (hold.kind === 'failed' && epoch === hold.epoch) throw StoreError.unavailable(`room ${this.room}: a write of epoch ${epoch} failed; open it again`);
    if (hold.kind !== 'held' || epoch !== hold.epoch) throw FencedError.notHeld(this.room, epoch);
    return hold;
  }

  #mustBeOk(epoch: number, [code, ...rest]: Reply): void {
    const [first, second] = rest.map(Number);
    switch (code) {
      case REPLY.OK:
        return;
      case REPLY.FENCED:
        this.#lose(epoch, 'none');
        throw first === epoch ? FencedError.notHeld(this.room, epoch) : FencedError.by(this.room, epoch, first!);
      case REPLY.ORDER:
        throw JournalError.order(this.room, first!, second!);
      case REPLY.GAP:
        this.#lose(epoch, 'failed');
        throw StoreError.unavailable(`room ${this.room}: Redis ends with tick ${first}, and lacks what was written; open it again`);
      default:
        throw StoreError.unavailable(`room ${this.room}: Redis answered ${String(code)}`);
    }
  }

  async #orFail<T>(epoch: number, call: Promise<T>): Promise<T> {
    try {
      return await call;
    } catch (error) {
      this.#lose(epoch, 'failed');
      throw error;
    }
  }

  #lose(epoch: number, kind: 'none' | 'failed'): void {
    if (this.#hold.kind === 'held' && this.#hold.epoch === epoch) this.#hold = { kind, epoch };
  }
}

const isTick = (tick: number): boolean => Number.isSafeInteger(tick);
