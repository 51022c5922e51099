import { redisScript } from '../../store/index.js';
import { RECORD } from './record.js';

export const REPLAY = redisScript(`
-- Gives a dead letter a new life, behind what waits in its lane.
-- KEYS: entries, rows, due, lanes, letters, dead
-- ARGV: seq, now
-- Returns: 1 done; 0 no such message is dead
${RECORD}
local entries, rows, due, lanes, letters, dead, seq, now = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], ARGV[1], ARGV[2]
local entry = redis.call('XRANGE', entries, seq .. '-0', seq .. '-0')[1]
if not entry or redis.call('HDEL', letters, seq) == 0 then
  return 0
end
redis.call('ZREM', dead, member(seq))
enqueue(rows, due, lanes, seq, lane_of(entry[2]), now)
return 1
`);
