import { redisScript } from '../../store/index.js';

export const STATUS = redisScript(`
-- Reads where a book stands.
-- KEYS: head of the ledger, book, rows, dead
-- ARGV: none
-- Returns: { position, last entry of the event, pending messages, dead letters }
return {
  redis.call('HGET', KEYS[2], 'position') or '0', redis.call('HGET', KEYS[1], 'seq') or '0', redis.call('HLEN', KEYS[3]), redis.call('ZCARD', KEYS[4]),
}
`);
