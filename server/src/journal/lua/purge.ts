import { redisScript } from '../../store/index.js';

export const PURGE = redisScript(`
-- Deletes records and checkpoint of a room. Epoch and lease stay, so that a sleeping holder remains fenced.
-- KEYS: 1 head, 2 records, 3 checkpoint, 4 staged
-- ARGV: none
-- Returns { code, ... }:
--   0 OK
local head, records, checkpoint, staged = KEYS[1], KEYS[2], KEYS[3], KEYS[4]

redis.call('UNLINK', records, checkpoint, staged)
redis.call('HDEL', head, 'lastTick', 'checkpointTick')
return { 0 }
`);
