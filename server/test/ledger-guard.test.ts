import { describe, expect, it, onTestFinished } from 'vitest';
import { guardedLedger, ReceiptMemory, RedisGuard, redisLedger, type Ledger, type LedgerStatus, type Receipt } from '../src/ledger/index.js';
import { systemClock } from '../src/clock.js';
import { openRedis, type RedisClient } from '../src/store/index.js';
import { ask, terms } from './ledger-contract.js';
import { tempDir } from './store-helper.js';
import { HAS_REDIS, tempRedis, type RedisServer } from './support/redis-server.js';
import { PATIENT_MS } from './support/shared-redis.js';

const E = 'show';
const range = (from: number, count: number): number[] => Array.from({ length: count }, (_, index) => from + index);

interface GuardedOrigin {
  readonly client: RedisClient;
  readonly ledger: Ledger;
  readonly guard: RedisGuard;
  readonly changes: LedgerStatus[];
  /** Resolves when the guard's state is this. */
  is(state: LedgerStatus['state']): Promise<LedgerStatus>;
  /** As a process that is killed: nothing is said any more. */
  kill(): Promise<void>;
}

interface Options {
  readonly witness?: string;
  readonly dir?: string | undefined;
  readonly acks?: boolean;
  readonly minReplicas?: number;
  readonly prefix?: string;
}

/** An origin's ledger and guard at an address. */
export const guardedOrigin = async (url: string, { witness = 'a', dir, acks = true, minReplicas = 0, prefix = 'crowdcue:' }: Options = {}): Promise<GuardedOrigin> => {
  const changes: LedgerStatus[] = [];
  const waiting = new Set<() => void>();
  const memory = await ReceiptMemory.open({ dir });
  const guard = new RedisGuard({
    clock: systemClock, memory, witness, acks, minReplicas, ackTimeoutMs: 500,
    onChange: (status) => {
      changes.push(status);
      for (const heard of waiting) heard();
    },
  });
  const client = await openRedis({ url, prefix, timeoutMs: PATIENT_MS, onServer: (server) => guard.saw(server) });
  const own = await openRedis({ url, prefix, timeoutMs: PATIENT_MS, onServer: (server) => guard.sawAcks(server) });
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
  return { client, ledger: guardedLedger(plain, guard, systemClock), guard, changes, is, kill };
};

const open = async (ledger: Ledger, supply: number | null, viewers: number[]): Promise<void> => {
  await ledger.createEvent(E, 't');
  await ledger.defineDrop(E, terms({ variants: { default: supply } }), 't');
  await ledger.unlock({ event: E, target: { achievement: 'won' }, viewers, trace: 't' });
};

const FROZEN = { code: 'ledger_frozen', retryable: true };

describe.skipIf(!HAS_REDIS)('a ledger whose Redis changes', () => {
  it('[TRU1] is open on a fresh Redis, frozen when it was restarted, and open again when all that was delivered is found', async () => {
    const server = await tempRedis();
    const a = await guardedOrigin(server.url);
    expect(a.guard.status()).toMatchObject({ state: 'open', remembered: 0 });
    await open(a.ledger, 5, range(1, 5));
    const receipts = await a.ledger.claim([ask(1), ask(2)]);
    await server.restart();
    await a.is('frozen');
    await a.is('open');
    expect(a.changes.map(({ state, why }) => why ?? state)).toEqual(['open', 'server_changed', 'open']);
    expect(await a.ledger.claim([ask(1), ask(2)])).toEqual(receipts);
  });
});
