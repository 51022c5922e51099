import { join } from 'node:path';
import { games } from '@crowdcue/games';
import type { EventView } from '@crowdcue/protocol';
import { genuineUnder, lmdbJournal, openLmdbStore, openRedis, redisJournal, replayRoom, type Replay } from '@crowdcue/server';
import type { CrowdcueSystem } from '../system.js';

/** Plays an event's journal again from the store of a system whose origins have ended. */
export const replayOf = async (system: CrowdcueSystem, event: EventView): Promise<Replay> => {
  const options = { event: event.id, maxViewers: event.maxViewers, maxDelay: event.maxDelay, games, genuine: genuineUnder(Buffer.from(system.secrets.master, 'base64url'), event.id) };
  if (system.redis === undefined) {
    const store = await openLmdbStore({ path: join(system.dataDir, 'store') });
    return replayRoom(lmdbJournal(store), options).finally(() => store.close());
  }
  const client = await openRedis({ url: system.redis.url });
  return replayRoom(redisJournal(client, { holder: 'replay' }), options).finally(() => client.close());
};
