import { redisScript } from '../../../store/index.js';
import { BOOK, GATE } from './book.js';

export const INGEST = redisScript(`
-- Applies pieces of facts: counts each viewer's occasions, unlocks where the count is full, moves the room's cursor past a fact
-- with its last piece. A fact at or below the cursor was applied before and is dropped.
-- KEYS: head, entries, unlocks, gates, progress, cursors
-- ARGV: now, then for each piece: room, tick, ordinal, last (1 or 0), fact as JSON, trace, achievement, tag, target,
--       scope (crowd or viewer), number of viewers, viewers
-- Returns: { 0, seq of the last entry, who of each piece }, who as open_gate gives it; { -1 } event_unknown
${BOOK}${GATE}
-- Adds the tag to each counter; gives the viewers whose counter holds 'target' different ones.
local function reached(progress_key, achievement, tag, target, viewers)
  if target <= 1 or #viewers == 0 then
    return viewers, nil
  end
  local names = {}
  for index, viewer in ipairs(viewers) do
    names[index] = viewer .. ' ' .. achievement
  end
  local known = redis.call('HMGET', progress_key, unpack(names))
  local ready, places, writes = {}, {}, {}
  for index, name in ipairs(names) do
    local tags = known[index] and cjson.decode(known[index]) or {}
    local new = #tags < target
    for _, each in ipairs(tags) do
      new = new and each ~= tag
    end
    local full = #tags >= target
    if new then
      tags[#tags + 1] = tag
      writes[#writes + 1] = name
      writes[#writes + 1] = cjson.encode(tags)
      full = #tags >= target
    end
    if full then
      ready[#ready + 1] = viewers[index]
      places[#places + 1] = index
    end
  end
  if #writes > 0 then
    redis.call('HSET', progress_key, unpack(writes))
  end
  return ready, places
end

-- What open_gate says of the ready ones, as positions among all viewers of the piece.
local function among_all(who, places)
  if who == 0 or not places then
    return who
  end
  if who == 1 then
    return places
  end
  local all = {}
  for index, place in ipairs(who) do
    all[index] = places[place]
  end
  return all
end

local function is_new(cursors_key, room, tick, ordinal)
  local last_tick, last_ordinal = string.match(redis.call('HGET', cursors_key, room) or '-1 -1', '^(%S+) (%S+)$')
  last_tick, last_ordinal = tonumber(last_tick), tonumber(last_ordinal)
  return tick > last_tick or (tick == last_tick and ordinal > last_ordinal)
end

local book = open_book(KEYS[1], KEYS[2], ARGV[1])
if not book then
  return { -1 }
end
local answer = { 0, 0 }
local at = 2
while at <= #ARGV do
  local room, tick, ordinal, last, fact, trace, achievement, tag, target, scope, count = unpack(ARGV, at, at + 10)
  count = tonumber(count)
  local viewers = { unpack(ARGV, at + 11, at + 10 + count) }
  at = at + 11 + count
  local who = 0
  if is_new(KEYS[6], room, tonumber(tick), tonumber(ordinal)) then
    local ready, places = viewers, nil
    if scope == 'crowd' then
      ready = #reached(KEYS[5], achievement, tag, tonumber(target), { '0' }) > 0 and viewers or {}
    else
      ready, places = reached(KEYS[5], achievement, tag, tonumber(target), viewers)
    end
    local gate = 'a:' .. achievement
    local fields = { 'type', 'Unlocked', 'trace', trace, 'gate', gate, 'fact', fact }
    who = among_all(open_gate(book, KEYS[3], KEYS[4], gate, fields, ready), places)
    if last == '1' then
      redis.call('HSET', KEYS[6], room, tick .. ' ' .. ordinal)
    end
  end
  answer[#answer + 1] = who
end
close_book(book)
answer[2] = book.seq
return answer
`);
