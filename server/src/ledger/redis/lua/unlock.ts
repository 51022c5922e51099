import { redisScript } from '../../../store/index.js';
import { BOOK, GATE } from './book.js';

export const UNLOCK = redisScript(`
-- Opens a gate for a chunk of viewers: one entry for each for whom it was shut.
-- KEYS: head, entries, stock, unlocks, gates
-- ARGV: now, gate, drop that must exist ('': none), number of entry values, fields and values that the entries share, then viewers
-- Returns: { 0, who }, who as open_gate gives it; { -1 } event_unknown; { -4 } claim_unknown_drop
${BOOK}${GATE}
local gate, drop, values = ARGV[2], ARGV[3], tonumber(ARGV[4])
local book = open_book(KEYS[1], KEYS[2], ARGV[1])
if not book then
  return { -1 }
end
if drop ~= '' and redis.call('HEXISTS', KEYS[3], drop .. ' open') == 0 then
  return { -4 }
end
local who = open_gate(book, KEYS[4], KEYS[5], gate, { unpack(ARGV, 5, 4 + values) }, { unpack(ARGV, 5 + values) })
close_book(book)
return { 0, who }
`);
