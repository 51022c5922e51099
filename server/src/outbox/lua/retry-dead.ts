import { redisScript } from '../../store/index.js';
import { RECORD } from './record.js';

export const RETRY_DEAD = redisScript(`
-- Gives a dead letter a new life.
-- KEYS: outbox, due, dead
-- ARGV: seq, now
-- Returns: 1 done; 0 no such message is dead
${RECORD}
local outbox, due, dead, seq, now = KEYS[1], KEYS[2], KEYS[3], ARGV[1], ARGV[2]
local record = read_record(outbox, due, seq)
if not record or record.state ~= 'parked' then
  return 0
end
redis.call('ZREM', dead, member(seq))
write_record(outbox, seq, { state = 'pending', attempts = 0, next = record.next, problem = record.problem })
redis.call('ZADD', due, now, member(seq))
return 1
`);
