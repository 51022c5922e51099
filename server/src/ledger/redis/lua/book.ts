/**
 * Shared by the scripts of the ledger: opens one event's book, appends entries, closes it. As `book.ts` does on the embedded store.
 * Time is the caller's, never Redis's own `TIME`: it is the clock that the room's windows are shown by, and tests can turn it. Where
 * callers' clocks differ, the book takes the later of the last entry's time and theirs, so ledger time never goes back.
 */
export const BOOK = String.raw`
-- Whole numbers up to 2^53 in full; Lua's own tostring keeps 14 digits.
local function text(number)
  return string.format('%d', number)
end

local function book_at(head_key, entries_key, seq, now)
  return { head = head_key, entries = entries_key, seq = seq, first = seq, now = now, at = text(now) }
end

-- false: no such event
local function open_book(head_key, entries_key, given)
  local head = redis.call('HMGET', head_key, 'seq', 'at')
  return head[1] and book_at(head_key, entries_key, tonumber(head[1]), math.max(tonumber(head[2]), tonumber(given)))
end

-- Appends an entry of these fields and values; gives its seq as text.
local function append(book, ...)
  book.seq = book.seq + 1
  local seq = text(book.seq)
  redis.call('XADD', book.entries, seq .. '-0', 'at', book.at, ...)
  return seq
end

local function close_book(book)
  if book.seq > book.first then
    redis.call('HSET', book.head, 'seq', text(book.seq), 'at', book.at)
  end
end
`;

/** Opens a gate for viewers and counts them. Used by unlocks of the host's and of facts. */
export const GATE = String.raw`
-- Appends an Unlocked entry for each viewer for whom the gate was shut until now. Fields: what the entries share.
-- Gives 0 (nobody), 1 (everybody) or the list of positions in viewers.
local function open_gate(book, unlocks_key, gates_key, gate, fields, viewers)
  if #viewers == 0 then
    return 0
  end
  local names = {}
  for index, viewer in ipairs(viewers) do
    names[index] = gate .. '/' .. viewer
  end
  local known = redis.call('HMGET', unlocks_key, unpack(names))
  local opened, writes, twice = {}, {}, {}
  local values = { unpack(fields) }
  values[#values + 1] = 'viewer'
  local last = #values + 1
  for index, name in ipairs(names) do
    if not known[index] and not twice[name] then
      twice[name] = true
      values[last] = viewers[index]
      writes[#writes + 1] = name
      writes[#writes + 1] = append(book, unpack(values))
      opened[#opened + 1] = index
    end
  end
  if #opened == 0 then
    return 0
  end
  redis.call('HSET', unlocks_key, unpack(writes))
  redis.call('HINCRBY', gates_key, gate, #opened)
  return #opened == #viewers and 1 or opened
end
`;
