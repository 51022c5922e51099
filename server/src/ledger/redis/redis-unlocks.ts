import type { RedisClient } from '../../store/index.js';
import { isViewer } from '../shape.js';
import { LedgerError } from '../errors.js';
import { achievementGate, dropGate } from '../gate.js';
import { chunksOf, UNLOCK_CHUNK } from '../ingest.js';
import type { Unlocked, UnlockRequest } from '../ledger.js';
import { ANSWER } from './codes.js';
import { entryFields } from './entry-codec.js';
import { UNLOCK } from './lua/index.js';

/** Nobody, everybody, or who by position (from 1), as the scripts' `open_gate` says it. */
export type Who = 0 | 1 | readonly number[];

export const among = (viewers: readonly number[], who: Who): number[] => {
  if (who === 0) return [];
  return who === 1 ? [...viewers] : who.map((place) => viewers[place - 1] as number);
};

/** Opens a gate chunk after chunk: a call that broke off is repeated as it is. */
export async function unlockAll(client: RedisClient, now: () => number, request: UnlockRequest): Promise<Unlocked> {
  const { event, target, viewers, trace, reason } = request;
  if (!viewers.every(isViewer)) throw LedgerError.badRequest('a viewer number is not in 1..2^52');
  const keys = client.keys.ledger(event);
  const drop = 'drop' in target ? target.drop : '';
  const gate = 'drop' in target ? dropGate(target.drop) : achievementGate(target.achievement);
  const fields = entryFields({ type: 'Unlocked', trace, gate, reason });
  const opened: number[] = [];
  for (const chunk of chunksOf(viewers, UNLOCK_CHUNK)) {
    const answer = await client.run(
      UNLOCK,
      [keys.head, keys.entries, keys.stock, keys.unlocks, keys.gates],
      [String(now()), gate, drop, fields.length, ...fields, ...chunk.map(String)],
    );
    const [code, who] = answer as [number, Who];
    if (code === ANSWER.event_unknown) throw LedgerError.eventUnknown(event);
    if (code === ANSWER.claim_unknown_drop) throw LedgerError.unknownDrop(drop);
    for (const viewer of among(chunk, who)) opened.push(viewer);
  }
  return { gate, viewers: opened };
}
