import { redisScript } from '../../../store/index.js';
export const RECEIPTS = redisScript(`
-- What a viewer holds of each drop of the event: the entries that answered the claims, and where they stand now.
-- KEYS: terms, holdings, entries
-- ARGV: viewer
-- Returns: a list of { state, id of the entry, its fields }
local viewer = ARGV[1]
local drops = redis.call('HKEYS', KEYS[1])
local found = {}
for _, drop in ipairs(drops) do
  local state, seq = string.match(redis.call('HGET', KEYS[2], viewer .. '/' .. drop) or '', '^(%a+) (%d+)')
  local entry = state and redis.call('XRANGE', KEYS[3], seq .. '-0', seq .. '-0')[1]
  if entry then
    found[#found + 1] = { state, entry[1], entry[2] }
  end
end
return found
`);
