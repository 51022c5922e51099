/**
 * Freezes the ledger when another server answers than the one that it was last found good on: after a restart, a failover to a replica,
 * or a restored backup. It thaws by itself once every origin that delivered receipts lately has found them all on the new one.
 *
 * Life cycle: `new RedisGuard` → `saw` with each connection, before a command is taken on it → `start`, from when on it looks
 * about once a second → `close`. What all origins must agree on stands in Redis (`lua/seal.ts`), so one that starts later comes to the same view; what an origin
 * has found good it remembers itself, so that a server that lacks the seal, or has an older one, freezes too.
 * Invariants: `saw` freezes before anything can be written to the other server; a receipt leaves after its origin is known as a witness,
 * after the replicas that are connected have its entry, and after it is remembered.
 */
import type { Clock } from '../../clock.js';
import { StoreError, type RedisCaller, type RedisClient, type RedisServerIdentity } from '../../store/index.js';
import { LedgerError } from '../errors.js';
import type { Ledger } from '../ledger.js';
import type { LedgerGuard, LedgerStatus } from './guarded-ledger.js';
import { LOOK, VERDICT } from './lua/index.js';
import type { ReceiptMemory } from './receipt-memory.js';
import { ReplicaAcks } from './replica-acks.js';
import { runOf, sealOf, type Seal } from './seal-state.js';
import { missingOf, type LostReceipt, type Told } from './told.js';

export interface RedisGuardOptions {
  readonly clock: Clock;
  readonly memory: ReceiptMemory;
  /** Names this origin among those that deliver receipts; outlives its process where the memory does. */
  readonly witness: string;
  /** replicas that must acknowledge a step even when fewer are connected; by default 0 */
  readonly minReplicas?: number;
  /** ms that replicas may take to acknowledge */
  readonly ackTimeoutMs?: number;
  /** false: answers do not wait for replicas. For drills of what is lost then. */
  readonly acks?: boolean;
  /** told of each freeze and thaw, for the log */
  onChange?(status: LedgerStatus): void;
}

/** What a guard guards. `acks` is a connection that nothing else is sent on; a cluster has none, and its answers wait for no replica. */
export interface GuardedRedis {
  readonly client: RedisCaller;
  readonly acks?: RedisClient;
  readonly ledger: Pick<Ledger, 'entries'>;
}

/** ms between two words of a witness that it is one. */
const WITNESS_MS = 10_000;
/** ms between two looks at server and seal, while the ledger is open and while it is frozen. */
const LOOK_MS = { open: 1_000, frozen: 200 };
/** Missing receipts a call: some hundred KB. */
const LOST_PAGE = 500;

export class RedisGuard implements LedgerGuard {
  #redis: GuardedRedis | undefined;
  #acks: ReplicaAcks | undefined;
  #server: RedisServerIdentity | undefined;
  #acksOn: string | undefined;
  /** Counts connections: what was asked on one says nothing about the next. */
  #connection = 0;
  /** the server and epoch that this process has found good */
  #good: { readonly run: string; readonly epoch: number } | undefined;
  #frozen: { readonly why: string; readonly since: number } | undefined;
  #lost: readonly LostReceipt[] = [];
  #waitingFor: readonly string[] = [];
  /** the run on which all that is remembered was found */
  #foundAllOn: string | undefined;
  /** the run on which it was said what is missing */
  #saidOn: string | undefined;
  #witnessedAt = -Infinity;
  #looking: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(private readonly options: RedisGuardOptions) {
    this.#frozen = { why: 'starting', since: options.clock.now() };
  }

  /** The ledger's connection leads to this server; nothing is written on it yet. */
  saw(server: RedisServerIdentity): void {
    this.#connection++;
    this.#server = server;
    this.#witnessedAt = -Infinity;
    if (this.#good !== undefined && !this.#good.run.includes(server.runId)) this.#freeze('server_changed', this.options.clock.now());
  }

  /** The connection that replicas are asked over leads to this server. */
  sawAcks(server: RedisServerIdentity): void {
    this.#acksOn = server.runId;
  }

  /** Begins to guard; resolves when it is known whether the ledger is open. */
  async start(redis: GuardedRedis): Promise<void> {
    const { ackTimeoutMs } = this.options;
    this.#redis = redis;
    this.#acks = redis.acks && new ReplicaAcks({
      client: redis.acks, synced: () => this.#server?.syncsReplicas ?? false, required: () => this.#required(),
      ...(ackTimeoutMs === undefined ? {} : { timeoutMs: ackTimeoutMs }),
    });
    await this.look();
    this.#lookAgain();
  }

  /** Looks whether server and seal are those that were found good, and does what has to be done where not. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => (this.#looking = undefined));
    return this.#looking;
  }

  mustBeOpen(): void {
    if (this.#frozen !== undefined) throw LedgerError.frozen(this.#frozen.why);
  }

  async confirm(told: readonly Told[]): Promise<void> {
    const { client } = this.#redis!;
    const { clock, memory, witness, acks = true } = this.options;
    if (this.#acks !== undefined && this.#acksOn !== this.#server?.runId) throw StoreError.unavailable('Redis: two servers answer under one name');
    const now = clock.now();
    if (told.length > 0 && now - this.#witnessedAt >= WITNESS_MS) {
      await client.call('HSET', client.keys.seal.witnesses, witness, now);
      this.#witnessedAt = now;
    }
    if (acks) await this.#acks?.confirm();
    await memory.add(told);
  }

  status(): LedgerStatus {
    const { memory } = this.options;
    const common = { lost: this.#lost.length, waitingFor: this.#waitingFor, remembered: memory.size, replicas: this.#required() };
    return this.#frozen === undefined ? { state: 'open', ...common } : { state: 'frozen', why: this.#frozen.why, since: this.#frozen.since, ...common };
  }

  /** Who leaves in peace is not waited for: what it delivered, replicas have. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#looking?.catch(() => undefined);
    const { client } = this.#redis ?? {};
    if (this.#frozen === undefined && client?.up === true) await client.call('HDEL', client.keys.seal.witnesses, this.options.witness).catch(() => undefined);
    await this.options.memory.close();
  }

  #required(): number {
    return this.#acks === undefined ? 0 : Math.max(this.options.minReplicas ?? 0, this.#server?.replicas ?? 0);
  }

  #lookAgain(): void {
    if (this.#closed) return;
    this.#timer = setTimeout(() => {
      // Away or not: the connection tells of it itself.
      this.look().catch(() => undefined).finally(() => this.#lookAgain());
    }, this.#frozen === undefined ? LOOK_MS.open : LOOK_MS.frozen).unref();
  }

  async #look(): Promise<void> {
    const { client } = this.#redis!;
    const { seal: keys } = client.keys;
    const connection = this.#connection;
    const servers = await client.servers();
    // A write makes the connection notice that it leads to a replica now, and look for the primary.
    if (servers.some(({ role }) => role !== 'master')) return void (await client.call('INCR', keys.acks));
    const runId = runOf(servers);
    const seal = sealOf(await client.run(LOOK, [keys.seal, keys.verdicts], [runId, this.options.clock.now(), this.#good?.epoch ?? 0]));
    if (connection !== this.#connection) return;
    if (servers.length === 1) [this.#server] = servers;
    if (seal.open && this.#good?.run === runId && this.#good.epoch === seal.epoch) return this.#settle(runId, seal);
    if (!seal.open) this.#freeze(seal.why, seal.since);
    await this.#compare(runId);
    if (connection !== this.#connection) return;
    if (seal.open && seal.repaired && this.#saidOn === runId) await this.#letGo();
    if (seal.open && this.#lost.length === 0) return this.#settle(runId, seal);
    const answer = await this.#say(runId);
    if (connection !== this.#connection) return;
    if (answer.open && this.#lost.length === 0) return this.#settle(runId, answer);
    this.#waitingFor = answer.waitingFor;
    this.#freeze(answer.open ? 'receipts_differ' : answer.why, answer.open ? this.options.clock.now() : answer.since);
  }

  /** What was found once stays: nothing is written while the ledger is frozen but by a repair. */
  async #compare(run: string): Promise<void> {
    if (this.#foundAllOn === run) return;
    this.#lost = await missingOf(this.#redis!.ledger, this.options.memory.all());
    this.#foundAllOn = this.#lost.length === 0 ? run : undefined;
  }

  /** A person has decided: what could not be let stand again is no longer asked for. */
  async #letGo(): Promise<void> {
    await this.options.memory.forget(this.#lost.map(({ told }) => told));
    this.#lost = [];
  }

  async #say(run: string): Promise<Seal> {
    const { client } = this.#redis!;
    const { seal, witnesses, verdicts, lost } = client.keys.seal;
    const { clock, memory, witness } = this.options;
    const told = this.#lost.map((each) => [`${each.told.seq} ${each.told.event}`, JSON.stringify(each.told)] as const);
    for (let from = 0; ; from += LOST_PAGE) {
      const page = told.slice(from, from + LOST_PAGE).flat();
      const answer = await client.run(VERDICT, [seal, witnesses, verdicts, lost], [run, clock.now(), witness, told.length, memory.ageMs, ...page]);
      if (from + LOST_PAGE < told.length) continue;
      this.#saidOn = run;
      return sealOf(answer);
    }
  }

  #settle(run: string, { epoch }: Seal): void {
    this.#good = { run, epoch };
    this.#foundAllOn = undefined;
    this.#waitingFor = [];
    if (this.#frozen === undefined) return;
    this.#frozen = undefined;
    this.options.onChange?.(this.status());
  }

  #freeze(why: string, since: number): void {
    if (this.#frozen?.why === why) return;
    this.#frozen = { why, since };
    this.#foundAllOn = undefined;
    this.options.onChange?.(this.status());
  }
}
