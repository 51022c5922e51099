import { redisScript } from '../../store/index.js';
import { RECORD } from './record.js';

export const TAKE = redisScript(`
-- Leases the messages of one event that are due, oldest first.
-- KEYS: outbox, due, entries
-- ARGV: limit, now, time at which the lease ends
-- Returns: a list of { attempts, id of the entry, its fields }
${RECORD}
local outbox, due, entries = KEYS[1], KEYS[2], KEYS[3]
local limit, now, lease_ends = ARGV[1], ARGV[2], ARGV[3]
local taken = {}
for index, name in ipairs(redis.call('ZRANGE', due, '-inf', now, 'BYSCORE', 'LIMIT', 0, limit)) do
  local seq = string.format('%d', tonumber(name))
  local record = read_record(outbox, due, seq)
  local entry = redis.call('XRANGE', entries, seq .. '-0', seq .. '-0')[1]
  redis.call('ZADD', due, lease_ends, name)
  taken[index] = { record.attempts, entry[1], entry[2] }
end
return taken
`);
