import { redisScript } from '../../store/index.js';
import { RECORD } from './record.js';

export const TAKE = redisScript(`
-- Passes entries of the ledger until the book is full, then leases the messages that are due, the longest due first.
-- KEYS: entries, book, rows, due, lanes
-- ARGV: limit, now, time at which the leases end, entries to look at, length of the book, then the types that are wanted
-- Returns: { 1 if there is more to scan, time of the next that is due or '', then { attempts, id of the entry, its fields } a message }
${RECORD}
local entries, book, rows, due, lanes = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local limit, now, lease_ends, scan, window = tonumber(ARGV[1]), ARGV[2], ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])
local wanted = {}
for index = 6, #ARGV do
  wanted[ARGV[index]] = true
end

local more = 0
local room = window - redis.call('HLEN', rows)
if room > 0 then
  local position = redis.call('HGET', book, 'position') or '0'
  local page = redis.call('XRANGE', entries, '(' .. position .. '-0', '+', 'COUNT', scan)
  local passed = 0
  for _, entry in ipairs(page) do
    if room == 0 then
      break
    end
    position = string.match(entry[1], '^%d+')
    passed = passed + 1
    if wanted[field(entry[2], 'type')] then
      enqueue(rows, due, lanes, position, lane_of(entry[2]), now)
      room = room - 1
    end
  end
  if passed > 0 then
    redis.call('HSET', book, 'position', position)
  end
  more = (passed == scan and room > 0) and 1 or 0
end

local taken = { more, '' }
if limit > 0 then
  for _, name in ipairs(redis.call('ZRANGE', due, '-inf', now, 'BYSCORE', 'LIMIT', 0, limit)) do
    local seq = string.format('%d', tonumber(name))
    local row = read_row(rows, seq)
    local entry = redis.call('XRANGE', entries, seq .. '-0', seq .. '-0')[1]
    redis.call('ZADD', due, lease_ends, name)
    if entry then
      taken[#taken + 1] = { row.attempts, entry[1], entry[2] }
    end
  end
end
taken[2] = redis.call('ZRANGE', due, 0, 0, 'WITHSCORES')[2] or ''
return taken
`);
