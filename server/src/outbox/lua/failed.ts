import { redisScript } from '../../store/index.js';
import { RECORD } from './record.js';

export const FAILED = redisScript(`
-- Notes a failed try: the message is due again later, or parked after its last, and then the one goes that waited for it.
-- KEYS: outbox, due, dead
-- ARGV: seq, error, time of the next try, tries in all
-- Returns: 1 to be tried again; 0 parked, or no such message is pending
${RECORD}
local outbox, due, dead = KEYS[1], KEYS[2], KEYS[3]
local seq, problem, next_at, tries = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
local record = read_record(outbox, due, seq)
if not record or record.state ~= 'pending' then
  return 0
end
record.attempts = record.attempts + 1
record.problem = problem
if record.attempts < tries then
  write_record(outbox, seq, record)
  redis.call('ZADD', due, next_at, member(seq))
  return 1
end
write_record(outbox, seq, { state = 'parked', attempts = record.attempts, next = '0', problem = problem })
redis.call('ZREM', due, member(seq))
redis.call('ZADD', dead, seq, member(seq))
release(outbox, due, record, next_at)
return 0
`);
