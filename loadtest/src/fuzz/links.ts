/** A relay that has the credential and means ill, or is broken: it greets, and then sends anything. */
import { BatchBuilder, decodeBatch, decodeTick, encodeClock, encodeKeyframeRequest, LIMITS, LINK, readToken, type ErrorCode } from '@crowdcue/protocol';
import { reserveLinkSeat } from '../swarm/probe.js';
import { type Books, hex } from './books.js';
import type { FuzzTarget, Lane } from './lane.js';
import { patiently, Peer } from './peer.js';
import { OPCODE, rawFrame } from './raw-frames.js';
import { linkVerdict } from './verdicts.js';
import { viewerFrame } from './viewer-frames.js';

const CATEGORY = 'link';
const MOST_FRAMES = 120;
const SPICES = [0, 0.005, 0.02, 0.1, 0.5, 1];

export const fuzzLink = async (lane: Lane, target: FuzzTarget, books: Books): Promise<void> => {
  const peer = await linked(lane, target);
  if (!(await peer.came(LINK.greeting))) return books.fail(CATEGORY, `no greeting, closed with ${peer.ending?.code} ${peer.ending?.reason}`);
  const { chance } = lane;
  const spice = chance.pick(SPICES);
  const relay = new OddRelay(lane);
  const frames: Uint8Array[] = [];
  let verdict: ErrorCode | 'taken' = 'taken';
  for (let left = 1 + chance.below(MOST_FRAMES); left > 0 && verdict === 'taken'; left--) {
    const frame = relay.frame(spice);
    const foretold = linkVerdict(frame, relay);
    if (foretold === 'unsure') continue;
    verdict = foretold;
    frames.push(frame);
    if (verdict === 'taken') relay.sent(frame);
  }
  // To a room text is bytes as any other.
  peer.socket.sendRaw(Buffer.concat(frames.map((frame) => rawFrame(chance.oneIn(20) && isText(frame) ? OPCODE.text : OPCODE.binary, frame))));
  if (verdict !== 'taken') return books.offence(CATEGORY, frames.length, verdict, await peer.end(), false, () => hex(frames.at(-1)!));
  const taken = await peer.until(() => peer.frames.has(LINK.tick) && decodeTick(peer.frames.get(LINK.tick)!).acked >= relay.applied);
  if (!taken) books.fail(CATEGORY, `did nothing wrong, and was closed with ${peer.ending?.code} ${peer.ending?.reason}; ${frames.map(hex).join(' ')}`);
  if (chance.oneIn(3)) peer.socket.destroy();
  else peer.socket.close(1000);
  books.count(CATEGORY, frames.length, 'went by itself', false);
};

const isText = (frame: Uint8Array): boolean => frame.every((byte) => byte < 0x80);

const linked = (lane: Lane, { origin, event, relaySecret }: FuzzTarget): Promise<Peer> => patiently(async () => {
  // A run of its own each time: nothing of it was applied before.
  const seat = await reserveLinkSeat({ origin, event, secret: relaySecret, relayId: `fuzz-${lane.index}` }, ++lane.incarnation).catch((error: Error) => {
    if (error.message.includes('429')) return 'busy' as const;
    throw error;
  });
  return seat === 'busy' ? seat : new Peer(`${origin.replace('http', 'ws')}/${seat.processId}/${seat.roomId}?sessionId=${seat.sessionId}`, [], lane.address);
});

/** Makes batches with genuine viewers in them, and breaks them. */
class OddRelay {
  applied = 0;
  joins = 0;
  readonly #builder = new BatchBuilder();
  #n = 0;
  #slot = 0;

  constructor(private readonly lane: Lane) {}

  frame(spice: number): Uint8Array {
    const { chance } = this.lane;
    const frame = this.#frame();
    if (chance.below(1_000) >= spice * 1_000) return frame;
    return chance.oneIn(6) ? Uint8Array.from([chance.pick([LINK.batch, LINK.tick, LINK.greeting, chance.below(256)]), ...chance.bytes(chance.below(300))]) : chance.mutated(frame, this.#frame());
  }

  /** The frame was no offence: whether it was the batch that comes next. */
  sent(frame: Uint8Array): void {
    if (frame[0] !== LINK.batch) return;
    const { n, joins } = decodeBatch(frame);
    if (n !== this.applied + 1) return;
    this.applied++;
    this.joins += joins.length;
  }

  #frame(): Uint8Array {
    const { chance } = this.lane;
    if (chance.oneIn(12)) return encodeKeyframeRequest();
    if (chance.oneIn(12)) return encodeClock({ sent: chance.below(1_000_000) });
    const n = chance.oneIn(30) ? chance.pick([0, this.applied, this.applied + 2, Number.MAX_SAFE_INTEGER]) : this.applied + 1;
    for (let left = chance.below(3); left > 0; left--) this.#join();
    for (let left = chance.below(8); left > 0; left--) {
      this.#builder.action(this.#anySlot(), { n: ++this.#n, round: 1 + chance.below(3), choice: chance.below(4), value: chance.below(9) }, chance.below(1_000_000), chance.below(2_000) - 1);
    }
    for (let left = chance.below(3); left > 0; left--) {
      this.#builder.message(this.#anySlot(), chance.oneIn(2) ? chance.bytes(chance.below(60)) : viewerFrame(chance, () => ++this.#n, 'stock'));
    }
    for (let left = chance.below(3); left > 0; left--) this.#builder.leave({ slot: this.#anySlot(), connection: this.#slot, code: chance.below(65_536) });
    return this.#builder.encode(n, chance.pick([0, 1e6, -1, 1e300, chance.below(1e9)]));
  }

  #join(): void {
    const { chance, token } = this.lane;
    const claims = readToken(token());
    const slot = chance.oneIn(40) ? chance.pick([0, 63, 5_000, LIMITS.linkSlots - 1]) : this.#slot++;
    this.#builder.join({
      slot, connection: this.#slot, viewer: claims.sub, sessionId: chance.session(), tier: chance.oneIn(8) ? 'vip' : claims.tier, name: claims.name,
      mac: chance.oneIn(8) ? chance.text(43) : claims.mac, direct: chance.oneIn(2),
    });
  }

  #anySlot(): number {
    const { chance } = this.lane;
    return chance.oneIn(9) ? chance.pick([0xffff_ffff, LIMITS.linkSlots, 77]) : chance.below(this.#slot + 1);
  }
}
