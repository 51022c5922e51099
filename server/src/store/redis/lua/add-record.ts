import { redisScript } from '../redis-script.js';

export const ADD_RECORD = redisScript(`
-- Puts a value where there is none, and tells the others.
-- KEYS: 1 table (hash), 2 its version
-- ARGV: 1 channel, 2 who puts, 3 key, 4 value
-- Returns { version } that the table has by this; { version, value } where the key has a value already
local records, version = KEYS[1], KEYS[2]
local channel, writer, key, value = ARGV[1], ARGV[2], ARGV[3], ARGV[4]

if redis.call('HSETNX', records, key, value) == 0 then
  return { tonumber(redis.call('GET', version) or '0'), redis.call('HGET', records, key) }
end
local now = redis.call('INCR', version)
redis.call('PUBLISH', channel, now .. ' ' .. writer .. ' ' .. key .. ' ' .. value)
return { now }
`);
