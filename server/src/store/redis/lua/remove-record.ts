import { redisScript } from '../redis-script.js';

export const REMOVE_RECORD = redisScript(`
-- Removes a value, whether it is there or not, and tells the others.
-- KEYS: 1 table (hash), 2 its version
-- ARGV: 1 channel, 2 who removes, 3 key
-- Returns { version } that the table has by this
local records, version = KEYS[1], KEYS[2]
local channel, writer, key = ARGV[1], ARGV[2], ARGV[3]

redis.call('HDEL', records, key)
local now = redis.call('INCR', version)
redis.call('PUBLISH', channel, now .. ' ' .. writer .. ' ' .. key)
return { now }
`);
