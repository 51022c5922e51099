import type { RedisClient } from '../../store/index.js';
import { isViewer } from '../claim.js';
import { LedgerError } from '../errors.js';
import { achievementGate, dropGate } from '../gate.js';
import { byGate, checkSteps, chunksOf, type Piece, transactionsOf, UNLOCK_CHUNK } from '../ingest.js';
import type { FactStep, Unlocked, UnlockRequest } from '../ledger.js';
import { ANSWER } from './codes.js';
import { entryFields } from './entry-codec.js';
import { INGEST, UNLOCK } from './lua/index.js';

/** Nobody, everybody, or who by position (from 1), as the scripts' `open_gate` says it. */
type Who = 0 | 1 | readonly number[];

const among = (viewers: readonly number[], who: Who): number[] => {
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

const pieceArgs = ({ step: { fact, trace }, effect, viewers, last }: Piece): string[] => {
  const { achievement = '', tag = '', target = 1, scope = 'viewer' } = effect ?? {};
  const { room, tick, ordinal } = fact;
  return [
    room, String(tick), String(ordinal), last ? '1' : '0', JSON.stringify({ room, tick, ordinal }), trace,
    achievement, tag, String(target), scope, String(viewers.length), ...viewers.map(String),
  ];
};

/** As `ingestSteps` on the embedded store: one script call a group of pieces, the next only after the one before stands. */
export async function ingestAll(client: RedisClient, now: () => number, event: string, steps: readonly FactStep[]): Promise<Unlocked[]> {
  checkSteps(steps);
  const keys = client.keys.ledger(event);
  const opened: Unlocked[] = [];
  for (const group of transactionsOf(steps)) {
    const answer = await client.run(
      INGEST,
      [keys.head, keys.entries, keys.unlocks, keys.gates, keys.progress, keys.cursors],
      [String(now()), ...group.flatMap(pieceArgs)],
    );
    const [code, ...who] = answer as [number, ...Who[]];
    if (code === ANSWER.event_unknown) throw LedgerError.eventUnknown(event);
    group.forEach(({ effect, viewers }, index) => {
      const unlocked = among(viewers, who[index] as Who);
      if (effect && unlocked.length > 0) opened.push({ gate: achievementGate(effect.achievement), viewers: unlocked });
    });
  }
  return byGate(opened);
}
