import { redisScript } from '../../store/index.js';

export const STAGE = redisScript(`
-- Takes parts of a checkpoint that is too large for one call. They count when the checkpoint is made; the next one that is staged, or
-- made without them, removes them.
-- KEYS: 1 head, 2 staged (hash: parts by p: and name)
-- ARGV: 1 epoch, 2 holder, 3 1 when these are the first of the checkpoint, else 0, then for each part: name, bytes
-- Returns { code, ... }:
--   0 OK
--   1 FENCED: epoch that holds the room
local head, staged = KEYS[1], KEYS[2]
local epoch, holder, first = ARGV[1], ARGV[2], ARGV[3]
local FIRST, STEP = 4, 2

local now = redis.call('HMGET', head, 'epoch', 'holder')
if now[1] ~= epoch or now[2] ~= holder then return { 1, now[1] or '0' } end

if first == '1' then redis.call('UNLINK', staged) end
for at = FIRST, #ARGV, STEP do redis.call('HSET', staged, 'p:' .. ARGV[at], ARGV[at + 1]) end
return { 0 }
`);
