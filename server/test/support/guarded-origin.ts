import { onTestFinished } from 'vitest';
import { TcpProxy } from '../../../loadtest/src/chaos/tcp-proxy.js';
import { systemClock } from '../../src/clock.js';
import { guardedLedger, RedisCare, ReceiptMemory, RedisGuard, redisLedger, type Ledger, type LedgerStatus } from '../../src/ledger/index.js';
import { openRedis, type RedisClient } from '../../src/store/index.js';
import { tempRedis, type RedisServer } from './redis-server.js';
import { PATIENT_MS } from './shared-redis.js';

/** An origin's ledger and guard. */
export interface GuardedOrigin {
  readonly client: RedisClient;
  readonly ledger: Ledger;
  readonly plain: Ledger;
  readonly guard: RedisGuard;
  readonly care: RedisCare;
  readonly changes: LedgerStatus[];
  /** Resolves when the guard's state is this. */
  is(state: LedgerStatus['state']): Promise<LedgerStatus>;
  /** As a process that is killed: nothing is said any more. */
  kill(): Promise<void>;
}

export interface GuardedOptions {
  readonly witness?: string;
  readonly dir?: string | undefined;
  readonly acks?: boolean;
  readonly minReplicas?: number;
  readonly timeoutMs?: number;
  /** ms that replicas may take to acknowledge */
  readonly ackTimeoutMs?: number;
}

/** An origin's ledger and guard at an address, which the running test owns. */
export const guardedOrigin = async (url: string, { witness = 'a', dir, acks = true, minReplicas = 0, timeoutMs = PATIENT_MS, ackTimeoutMs = 1_500 }: GuardedOptions = {}): Promise<GuardedOrigin> => {
  const changes: LedgerStatus[] = [];
  const waiting = new Set<() => void>();
  const memory = await ReceiptMemory.open({ dir });
  const guard = new RedisGuard({
    clock: systemClock, memory, witness, acks, minReplicas, ackTimeoutMs,
    onChange: (status) => {
      changes.push(status);
      for (const heard of waiting) heard();
    },
  });
  const client = await openRedis({ url, timeoutMs, onServer: (server) => guard.saw(server) });
  const own = await openRedis({ url, timeoutMs, onServer: (server) => guard.sawAcks(server) });
  const plain = redisLedger(client, systemClock);
  let dead = false;
  const kill = async (): Promise<void> => {
    if (dead) return;
    dead = true;
    await Promise.all([client.close(), own.close()]);
    await guard.close();
  };
  onTestFinished(kill);
  await guard.start({ client, acks: own, ledger: plain });
  const is = (state: LedgerStatus['state']): Promise<LedgerStatus> =>
    new Promise((resolve) => {
      const heard = (): void => {
        const status = guard.status();
        if (status.state !== state) return;
        waiting.delete(heard);
        resolve(status);
      };
      waiting.add(heard);
      heard();
    });
  const care = new RedisCare({ client, ledger: plain, clock: systemClock, ageMs: memory.ageMs, pause: (ms) => new Promise((wake) => setTimeout(wake, ms)) });
  return { client, ledger: guardedLedger(plain, guard, systemClock), plain, guard, care, changes, is, kill };
};

type Command = readonly (string | number)[];

/** Commands on one connection, one after the other; the last answer. */
const askAll = async (server: RedisServer, commands: readonly Command[]): Promise<string> => {
  const { Redis } = await import('ioredis');
  const redis = new Redis(server.port, '127.0.0.1');
  let answer = '';
  try {
    for (const command of commands) answer = String(await redis.call(...(command.map(String) as [string, ...string[]])));
    return answer;
  } finally {
    redis.disconnect();
  }
};
const ask = (server: RedisServer, ...command: Command): Promise<string> => askAll(server, [command]);

/** Bytes of the stream of changes that a server has. */
const offsetOf = (info: string): number => Number(/(?:slave|master)_repl_offset:(\d+)/.exec(info)![1]);

/** A primary with a replica behind one name, as a failover moves it. */
export class MovingRedis {
  private constructor(private readonly proxy: TcpProxy, readonly primary: RedisServer, readonly replica: RedisServer, private readonly at: { port: number }) {}

  static async start(): Promise<MovingRedis> {
    const primary = await tempRedis(['--repl-diskless-sync-delay', '0']);
    const replica = await tempRedis(['--replicaof', '127.0.0.1', String(primary.port)]);
    const at = { port: primary.port };
    const proxy = await TcpProxy.start(() => at.port, () => 0.5);
    onTestFinished(() => proxy.close());
    const moving = new MovingRedis(proxy, primary, replica, at);
    while (!(await ask(replica, 'INFO', 'replication')).includes('master_link_status:up')) await new Promise((turn) => setTimeout(turn, 20));
    while (!(await ask(primary, 'INFO', 'replication')).includes('state=online')) await new Promise((turn) => setTimeout(turn, 20));
    // One that has just come may take a second to its first acknowledgement; what waits for less is refused until then.
    await askAll(primary, [['SET', 'here', 1], ['WAIT', 1, 30_000], ['DEL', 'here']]);
    return moving;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.proxy.port}`;
  }

  /** The replica hears nothing any more: it has what was written until now, and lacks what is written from now on. */
  async cutReplication(): Promise<void> {
    const until = offsetOf(await ask(this.primary, 'INFO', 'replication'));
    while (offsetOf(await ask(this.replica, 'INFO', 'replication')) < until) await new Promise((turn) => setTimeout(turn, 5));
    await ask(this.replica, 'REPLICAOF', '127.0.0.1', 9);
    while ((await ask(this.primary, 'INFO', 'replication')).includes('state=online')) await new Promise((turn) => setTimeout(turn, 20));
  }

  /** The primary dies, the replica takes its place, and the name leads to it. */
  async failOver(): Promise<void> {
    await this.primary.kill();
    await ask(this.replica, 'REPLICAOF', 'NO', 'ONE');
    this.at.port = this.replica.port;
  }
}
