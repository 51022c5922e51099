import { redisScript } from '../../../store/index.js';

export const RECEIPTS = redisScript(`
-- What a viewer holds of each drop of the event: the entry that its receipt is made of now, and where it stands.
-- KEYS: terms, holdings, entries
-- ARGV: viewer
-- Returns: a list of { state, id of the entry, its fields }
local viewer = ARGV[1]
local drops = redis.call('HKEYS', KEYS[1])
local found = {}
for _, drop in ipairs(drops) do
  local state, seq, shown = string.match(redis.call('HGET', KEYS[2], viewer .. '/' .. drop) or '', '^(%a+) (%d+) %d+ ?(%d*)$')
  -- What a version before wrote has no third number: it shows what began it.
  shown = shown ~= '' and shown or seq
  local entry = state and redis.call('XRANGE', KEYS[3], shown .. '-0', shown .. '-0')[1]
  if entry then
    found[#found + 1] = { state, entry[1], entry[2] }
  end
end
return found
`);
