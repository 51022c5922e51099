/** Frames that viewers send, as a fuzzer makes them. */
import { encodeAction, encodeClientMessage, encodeClock, encodeTier, FRAME, type Tier } from '@crowdcue/protocol';
import { Packr } from 'msgpackr';
import type { Chance } from './mutator.js';

const packr = new Packr({ useRecords: false });
const TYPES = ['act', 'me', 'claim', 'drops', 'nothing', '', '__me', 'x'.repeat(40)];

/** A true frame of a viewer; `n` numbers its actions. */
export const viewerFrame = (chance: Chance, n: () => number, door: 'direct' | 'stock'): Uint8Array => {
  const kind = chance.below(door === 'direct' ? 8 : 4);
  switch (kind) {
    case 0: return Uint8Array.of(FRAME.ping);
    case 1: return encodeClientMessage({ kind: 'data', requestId: 0, type: 'act', payload: packr.pack({ choice: chance.below(3), value: chance.below(4) }) });
    case 2: return encodeClientMessage({ kind: 'request', requestId: chance.below(1000), type: chance.pick(TYPES), payload: packr.pack({ drop: 'none', key: chance.text(12) }) });
    case 3: return encodeClientMessage({
      kind: chance.oneIn(2) ? 'bytes' : 'data', requestId: 0, type: chance.oneIn(2) ? chance.pick(TYPES) : chance.below(300), payload: chance.bytes(chance.below(30)),
    });
    case 4: return encodeTier(chance.below(4) as Tier);
    case 5: return encodeClock({ sent: chance.below(1_000_000) });
    default: return encodeAction({ n: n(), round: 1 + chance.below(3), choice: chance.below(3), value: chance.below(5) });
  }
};

/** Codes that a later relay takes from viewers and this fuzzer does not judge. */
const UNJUDGED: ReadonlySet<number> = new Set([FRAME.delay, FRAME.queue]);
const NOTHING_KNOWN = 0x3f;

/** A frame, true or not as `spice` says (0 to 1): mutated mostly, or random bytes. */
export const spicedFrame = (chance: Chance, spice: number, n: () => number, door: 'direct' | 'stock'): Uint8Array => {
  const frame = viewerFrame(chance, n, door);
  if (chance.below(1_000) >= spice * 1_000) return frame;
  const odd = chance.oneIn(5) ? chance.bytes(chance.below(200)) : chance.mutated(frame, viewerFrame(chance, n, door));
  if (!UNJUDGED.has(odd[0]!)) return odd;
  const judged = Uint8Array.from(odd);
  judged[0] = NOTHING_KNOWN;
  return judged;
};
