import { redisScript } from '../redis-script.js';

export const PUT_RECORD = redisScript(`
-- Puts a value and tells the others.
-- KEYS: 1 table (hash), 2 its version
-- ARGV: 1 channel, 2 who puts, 3 key, 4 value
-- Returns { version } that the table has by this
local records, version = KEYS[1], KEYS[2]
local channel, writer, key, value = ARGV[1], ARGV[2], ARGV[3], ARGV[4]

redis.call('HSET', records, key, value)
local now = redis.call('INCR', version)
redis.call('PUBLISH', channel, now .. ' ' .. writer .. ' ' .. key .. ' ' .. value)
return { now }
`);
