import { redisScript } from '../../store/index.js';
import { RECORD } from './record.js';

export const FAILED = redisScript(`
-- Notes a failed try: the message is due again later, or parked, and then the one goes that waited for it.
-- KEYS: rows, due, lanes, letters, dead
-- ARGV: seq, end of the lease under which it was tried, now, error, time of the next try or ''
-- Returns: 2 to be tried again; 1 parked; 0 no such message is pending under this lease
${RECORD}
local rows, due, lanes, letters, dead = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local seq, lease, now, problem, next_at = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local row = read_row(rows, seq)
if not row or tonumber(redis.call('ZSCORE', due, member(seq)) or '') ~= tonumber(lease) then
  return 0
end
row.attempts = row.attempts + 1
if next_at ~= '' then
  write_row(rows, seq, row)
  redis.call('ZADD', due, next_at, member(seq))
  return 2
end
take_out(rows, due, lanes, seq, row, now)
park(letters, dead, seq, row.attempts, problem, now)
return 1
`);
