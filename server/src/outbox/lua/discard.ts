import { redisScript } from '../../store/index.js';
import { RECORD } from './record.js';

export const DISCARD = redisScript(`
-- Forgets a dead letter.
-- KEYS: letters, dead
-- ARGV: seq
-- Returns: 1 done; 0 no such message is dead
${RECORD}
local letters, dead, seq = KEYS[1], KEYS[2], ARGV[1]
redis.call('ZREM', dead, member(seq))
return redis.call('HDEL', letters, seq)
`);
