/** A journal's own account of its event: every tick applied again from the first one, by the room's rules alone, in another process. */
import { games } from '@crowdcue/games';
import { CrowdCore, CrowdState, decodeInputs, type Replay } from '@crowdcue/server';
import { systemClock } from '../../../server/src/clock.js';
import { Keys, systemRandom, ViewerTokens } from '../../../server/src/identity/index.js';
import { redisJournal } from '../../../server/src/journal/index.js';
import { redisLedger } from '../../../server/src/ledger/index.js';
import { openRedis } from '../../../server/src/store/index.js';
import type { CrowdcueSystem } from '../../src/system.js';

export interface Replayed {
  /** Newest first, as overviews have them. */
  readonly rounds: Replay['rounds'];
  readonly numbers: Readonly<Record<string, number>>;
  /** Epochs in the order of their ticks. */
  readonly epochs: readonly number[];
  readonly ticks: number;
  /** What the ledger's entries say otherwise than what stands, and invariants that do not hold. */
  readonly differences: readonly unknown[];
}

export const replay = async (system: CrowdcueSystem, event: string): Promise<Replayed> => {
  const tokens = new ViewerTokens(new Keys(Buffer.from(system.secrets.master, 'base64url')), systemClock, systemRandom);
  const client = await openRedis({ url: system.redis!.url });
  try {
    const state = new CrowdState();
    const core = new CrowdCore(state, {
      event, maxViewers: 1_000_000, games, genuine: ({ viewer, tier, name, mac }) => tokens.checkInnerMac({ evt: event, sub: viewer, tier, name, mac }),
    });
    const epochs: number[] = [];
    let ticks = 0;
    for await (const { tick, time, bytes, epoch } of redisJournal(client, { holder: 'replay' }).records(event, -1)) {
      core.tick = tick - 1;
      core.step(time, decodeInputs(bytes));
      if (epochs.at(-1) !== epoch) epochs.push(epoch);
      ticks++;
    }
    return { rounds: [...core.desk.history].reverse(), numbers: Object.fromEntries(state.numbers.entries()), epochs, ticks, differences: await redisLedger(client, systemClock).reconcile(event) };
  } finally {
    await client.close();
  }
};
