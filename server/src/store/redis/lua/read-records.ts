import { redisScript } from '../redis-script.js';

export const READ_RECORDS = redisScript(`
-- The whole table as it is at one version.
-- KEYS: 1 table (hash), 2 its version
-- ARGV: none
-- Returns { version, { key, value, key, value, ... } }
local records, version = KEYS[1], KEYS[2]

return { tonumber(redis.call('GET', version) or '0'), redis.call('HGETALL', records) }
`);
