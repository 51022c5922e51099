import { redisScript } from '../../store/index.js';
import { RECORD } from './record.js';

export const PARK_ALL = redisScript(`
-- Parks every pending message of the book.
-- KEYS: rows, due, lanes, letters, dead
-- ARGV: error, now
-- Returns: how many
${RECORD}
local rows, due, lanes, letters, dead, problem, now = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], ARGV[1], ARGV[2]
local all = redis.call('HGETALL', rows)
for at = 1, #all, 2 do
  park(letters, dead, all[at], cjson.decode(all[at + 1]).attempts, problem, now)
end
redis.call('DEL', rows, due, lanes)
return #all / 2
`);
