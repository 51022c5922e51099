import { redisScript } from '../../store/index.js';
import { RECORD } from './record.js';

export const DEAD = redisScript(`
-- Lists the dead letters of one event, oldest first.
-- KEYS: outbox, due, dead, entries
-- ARGV: limit
-- Returns: a list of { attempts, error, id of the entry, its fields }
${RECORD}
local outbox, due, dead, entries, limit = KEYS[1], KEYS[2], KEYS[3], KEYS[4], ARGV[1]
local found = {}
for index, name in ipairs(redis.call('ZRANGE', dead, '-inf', '+inf', 'BYSCORE', 'LIMIT', 0, limit)) do
  local seq = string.format('%d', tonumber(name))
  local record = read_record(outbox, due, seq)
  local entry = redis.call('XRANGE', entries, seq .. '-0', seq .. '-0')[1]
  found[index] = { record.attempts, record.problem, entry[1], entry[2] }
end
return found
`);
