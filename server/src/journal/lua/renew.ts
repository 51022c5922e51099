import { redisScript } from '../../store/index.js';

export const RENEW = redisScript(`
-- Makes the lease of a room last anew, also when it ran out and nobody took it.
-- KEYS: 1 head, 2 lease
-- ARGV: 1 epoch, 2 holder, 3 ms that the lease lasts
-- Returns { code, ... }:
--   0 OK
--   1 FENCED: epoch that holds the room
local head, lease = KEYS[1], KEYS[2]
local epoch, holder, lease_ms = ARGV[1], ARGV[2], ARGV[3]

local now = redis.call('HMGET', head, 'epoch', 'holder')
if now[1] ~= epoch or now[2] ~= holder then return { 1, now[1] or '0' } end
redis.call('SET', lease, holder, 'PX', lease_ms)
return { 0 }
`);
