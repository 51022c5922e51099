import { describe } from 'vitest';
import { redisJournal } from '../src/journal/index.js';
import { journalContract } from './journal-contract.js';
import { HAS_REDIS, tempClient, tempRedis } from './support/redis-server.js';

describe.skipIf(!HAS_REDIS)('with a real server', () => {
  journalContract('redis', async () => {
    const server = await tempRedis();
    const client = await tempClient(server);
    const rival = await tempClient(server);
    const leaseOf = (room: string): string => client.keys.journal(room).lease;
    return {
      journal: redisJournal(client, { holder: 'a', leaseMs: 1_500 }),
      reopen: async () => {
        await client.close();
        await server.restart();
        return redisJournal(await tempClient(server), { holder: 'a' });
      },
      shared: {
        rival: redisJournal(rival, { holder: 'b', leaseMs: 1_500 }),
        expire: async (room) => void (await rival.call('PEXPIRE', leaseOf(room), 0)),
        leaseLeft: async (room) => Math.max(0, Number(await rival.call('PTTL', leaseOf(room)))),
      },
    };
  }, { shared: true });
});
