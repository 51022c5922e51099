import { redisScript } from '../../store/index.js';

export const RELEASE = redisScript(`
-- Gives the lease of a room back. Nobody holds it then: not even a late append of this epoch is taken.
-- KEYS: 1 head, 2 lease
-- ARGV: 1 epoch, 2 holder
-- Returns { code, ... }:
--   0 OK
--   1 FENCED: epoch that holds the room; its lease is left alone
local head, lease = KEYS[1], KEYS[2]
local epoch, holder = ARGV[1], ARGV[2]

local now = redis.call('HMGET', head, 'epoch', 'holder')
if now[1] ~= epoch or now[2] ~= holder then return { 1, now[1] or '0' } end
redis.call('DEL', lease)
redis.call('HSET', head, 'holder', '')
return { 0 }
`);
