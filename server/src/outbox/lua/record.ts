/** Shared by the scripts of the outbox: the rows of a delivery book and their order, as `lmdb-outbox.ts` has them. */
export const RECORD = String.raw`
-- Members of the sorted sets: seq in 16 digits, so that those of one instant stand in the order of their seq.
local function member(seq)
  return string.format('%016d', tonumber(seq))
end

-- Rows are JSON: attempts, lane, and next, the seq (as text) of the message that waits for this one. A row that is not in 'due' waits itself.
local function read_row(rows_key, seq)
  local row = redis.call('HGET', rows_key, seq)
  return row and cjson.decode(row)
end

local function write_row(rows_key, seq, row)
  redis.call('HSET', rows_key, seq, cjson.encode(row))
end

-- Puts a message behind those of its lane.
local function enqueue(rows_key, due_key, lanes_key, seq, lane, now)
  local tail = redis.call('HGET', lanes_key, lane)
  redis.call('HSET', lanes_key, lane, seq)
  write_row(rows_key, seq, { attempts = 0, lane = lane })
  if tail then
    local before = read_row(rows_key, tail)
    before.next = seq
    write_row(rows_key, tail, before)
  else
    redis.call('ZADD', due_key, now, member(seq))
  end
end

-- Takes a message out, and lets the one go that waited for it.
local function take_out(rows_key, due_key, lanes_key, seq, row, now)
  redis.call('HDEL', rows_key, seq)
  redis.call('ZREM', due_key, member(seq))
  if row.next then
    redis.call('ZADD', due_key, now, member(row.next))
  else
    redis.call('HDEL', lanes_key, row.lane)
  end
end

-- A dead letter is '<attempts> <ms of the parking> <error>'.
local function park(letters_key, dead_key, seq, attempts, problem, now)
  redis.call('HSET', letters_key, seq, attempts .. ' ' .. now .. ' ' .. problem)
  redis.call('ZADD', dead_key, seq, member(seq))
end

local function field(fields, name)
  for at = 1, #fields, 2 do
    if fields[at] == name then
      return fields[at + 1]
    end
  end
  return ''
end

local function lane_of(fields)
  return field(fields, 'viewer') .. '/' .. field(fields, 'drop')
end
`;
