import { redisScript } from '../redis-script.js';

export const CHANGE_RECORD = redisScript(`
-- Puts a value in the place of the one that it was made of, and tells the others.
-- KEYS: 1 table (hash), 2 its version
-- ARGV: 1 channel, 2 who puts, 3 key, 4 value that it was made of ('' to be told it), 5 value
-- Returns { version } that the table has by this; { version, value } where the key has another value by now, '' where it has none
local records, version = KEYS[1], KEYS[2]
local channel, writer, key, before, value = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]

local present = redis.call('HGET', records, key) or ''
if before == '' or present ~= before then return { tonumber(redis.call('GET', version) or '0'), present } end
redis.call('HSET', records, key, value)
local now = redis.call('INCR', version)
redis.call('PUBLISH', channel, now .. ' ' .. writer .. ' ' .. key .. ' ' .. value)
return { now }
`);
