import { redisScript } from '../../store/index.js';

export const PURGE = redisScript(`
-- Deletes records and checkpoint of a room. Epoch and lease stay, so that a sleeping holder remains fenced.
-- KEYS: 1 head, 2 records, 3 checkpoint
-- ARGV: none
-- Returns { code, ... }:
--   0 OK
local head, records, checkpoint = KEYS[1], KEYS[2], KEYS[3]

redis.call('UNLINK', records, checkpoint)
redis.call('HDEL', head, 'lastTick', 'checkpointTick')
return { 0 }
`);
