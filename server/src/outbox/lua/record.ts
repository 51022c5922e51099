/** Shared by the scripts of the outbox: its records and their order. The ledger's scripts write the first form of a record. */
export const RECORD = String.raw`
-- Members of the sorted sets: seq in 16 digits, so that those of one instant stand in the order of their seq.
local function member(seq)
  return string.format('%016d', tonumber(seq))
end

-- Records: '<state: pending or parked> <attempts> <next: seq of the message that waits for this one, or 0> <error>'. A message that was
-- never tried, and for which none waits, is due and has none.
local function read_record(outbox_key, due_key, seq)
  local state, attempts, next_seq, problem = string.match(redis.call('HGET', outbox_key, seq) or '', '^(%a+) (%d+) (%d+) (.*)$')
  if state then
    return { state = state, attempts = tonumber(attempts), next = next_seq, problem = problem }
  end
  return redis.call('ZSCORE', due_key, member(seq)) and { state = 'pending', attempts = 0, next = '0', problem = '' }
end

local function write_record(outbox_key, seq, record)
  redis.call('HSET', outbox_key, seq, record.state .. ' ' .. record.attempts .. ' ' .. record.next .. ' ' .. record.problem)
end

-- Lets the message go that waited for this one.
local function release(outbox_key, due_key, record, now)
  if record.next ~= '0' and redis.call('HEXISTS', outbox_key, record.next) == 1 then
    redis.call('ZADD', due_key, now, member(record.next))
  end
end
`;
