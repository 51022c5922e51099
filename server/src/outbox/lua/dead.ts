import { redisScript } from '../../store/index.js';
import { RECORD } from './record.js';

export const DEAD = redisScript(`
-- Lists the dead letters of a book, oldest first.
-- KEYS: entries, letters, dead
-- ARGV: first seq, limit
-- Returns: a list of { attempts, time of the parking, error, id of the entry, its fields }
${RECORD}
local entries, letters, dead, from, limit = KEYS[1], KEYS[2], KEYS[3], ARGV[1], ARGV[2]
local found = {}
for _, name in ipairs(redis.call('ZRANGE', dead, from, '+inf', 'BYSCORE', 'LIMIT', 0, limit)) do
  local seq = string.format('%d', tonumber(name))
  local attempts, parked_at, problem = string.match(redis.call('HGET', letters, seq) or '', '^(%d+) (%d+) (.*)$')
  local entry = redis.call('XRANGE', entries, seq .. '-0', seq .. '-0')[1]
  if entry then
    found[#found + 1] = { attempts, parked_at, problem, entry[1], entry[2] }
  end
end
return found
`);
