import { describe } from 'vitest';
import { redisJournal } from '../src/journal/index.js';
import { journalContract } from './journal-contract.js';
import { HAS_REDIS, tempClient, tempRedis } from './support/redis-server.js';

describe.skipIf(!HAS_REDIS)('with a real server', () => {
  journalContract('redis', async () => {
    const server = await tempRedis();
    const client = await tempClient(server);
    return {
      journal: redisJournal(client, { holder: 'a' }),
      reopen: async () => {
        await client.close();
        await server.restart();
        return redisJournal(await tempClient(server), { holder: 'a' });
      },
    };
  });
});
