import { redisScript } from '../../store/index.js';
import { RECORD } from './record.js';

export const DELIVERED = redisScript(`
-- Removes a message that its receiver has, and lets the one go that waited for it.
-- KEYS: rows, due, lanes
-- ARGV: seq, now
-- Returns: 1 done; 0 no such message is pending
${RECORD}
local rows, due, lanes, seq, now = KEYS[1], KEYS[2], KEYS[3], ARGV[1], ARGV[2]
local row = read_row(rows, seq)
if not row then
  return 0
end
take_out(rows, due, lanes, seq, row, now)
return 1
`);
