import { redisScript } from '../../store/index.js';

export const OPEN = redisScript(`
-- Makes a delivery book that is not there yet.
-- KEYS: head of the ledger, book
-- ARGV: start or now
-- Returns: 1 made; 0 it was there
local last = ARGV[1] == 'now' and redis.call('HGET', KEYS[1], 'seq') or '0'
return redis.call('HSETNX', KEYS[2], 'position', last)
`);
