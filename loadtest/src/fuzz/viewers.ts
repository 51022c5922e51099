/** Viewers who mean ill: in by either door with a good token, then anything. */
import { LIMITS, encodeAction, type ErrorCode, FRAME, SUBPROTOCOL } from '@crowdcue/protocol';
import { type Books, hex } from './books.js';
import type { FuzzTarget, Lane } from './lane.js';
import { patiently, Peer } from './peer.js';
import { OPCODE, rawFrame } from './raw-frames.js';
import { viewerVerdict } from './verdicts.js';
import { spicedFrame, viewerFrame } from './viewer-frames.js';

type Door = 'direct' | 'stock';

/** Frames in one script at most: far from a flood, whatever the clock. */
const MOST_FRAMES = 240;
const SPICES = [0, 0, 0.005, 0.01, 0.03, 0.1, 0.5, 1];
/** Frames at once that are a flood however fast they are read. */
const FLOOD = 2_000;
/** Of those, what a relay hears before it is one, at least. */
const FLOOD_HEARD = LIMITS.viewerFramesPerSecond * 1.5;
/** uWebSockets.js takes this much of a frame, so that a relay can say that it is oversize. */
const TAKEN_BYTES = 64 * 1024;

export const fuzzViewer = async (door: Door, lane: Lane, target: FuzzTarget, books: Books): Promise<void> => {
  const peer = door === 'direct' ? await byDirectDoor(lane, target) : await byStockDoor(lane, target);
  if (peer === undefined) return books.fail(door, 'did not get in');
  const { chance } = lane;
  if (chance.oneIn(12)) return singular(door, peer, lane, books);
  await script(door, peer, lane, books);
};

const byDirectDoor = async ({ chance, token, address }: Lane, { relay, event }: FuzzTarget): Promise<Peer | undefined> => {
  const peer = new Peer(`${relay}/live/${event}`, [SUBPROTOCOL, `token.${token()}`, `session.${chance.session()}`], address);
  return (await peer.came(FRAME.roomState)) ? peer : undefined;
};

const byStockDoor = async ({ token, address }: Lane, { relay, event }: FuzzTarget): Promise<Peer | undefined> => {
  const seat = await patiently(async () => {
    const answer = await fetch(`${relay.replace('ws', 'http')}/matchmake/joinById/${event}`, { method: 'POST', headers: { authorization: `Bearer ${token()}` }, body: '{}' });
    const body = (await answer.json()) as { sessionId: string; processId: string; roomId: string };
    return answer.status === 429 ? 'busy' as const : body;
  });
  const peer = new Peer(`${relay}/${seat.processId}/${seat.roomId}?sessionId=${seat.sessionId}`, [], address);
  if (!(await peer.came(FRAME.joinRoom))) return undefined;
  peer.socket.send(Uint8Array.of(FRAME.joinRoom));
  return (await peer.came(FRAME.roomState)) ? peer : undefined;
};

/** Frames in one go until one is an offence, or the farewell; a few more behind it, which nobody may hear. */
const script = async (door: Door, peer: Peer, lane: Lane, books: Books): Promise<void> => {
  const { chance } = lane;
  const spice = chance.pick(SPICES);
  const frames: Uint8Array[] = [];
  let n = 0;
  let verdict: ReturnType<typeof viewerVerdict> = 'taken';
  for (let left = 1 + chance.below(MOST_FRAMES); left > 0 && verdict === 'taken'; left--) {
    const frame = spicedFrame(chance, spice, () => (n += 1 + (chance.oneIn(9) ? chance.below(5) : 0)), door);
    frames.push(frame);
    verdict = viewerVerdict(frame, door);
  }
  const heard = frames.length;
  if (verdict !== 'taken') for (let left = chance.below(4); left > 0; left--) frames.push(viewerFrame(chance, () => ++n, door));
  peer.socket.sendRaw(Buffer.concat(frames.map((frame) => rawFrame(OPCODE.binary, frame))));
  if (verdict === 'taken') return stays(door, peer, lane, books, heard);
  const ending = await peer.end();
  if (verdict === 'farewell') {
    if (ending?.code !== 4000) books.fail(door, `left, and was closed with ${ending?.code}`);
    return books.count(door, heard, `${ending?.code} left`, false);
  }
  books.offence(door, heard, verdict, ending, true, () => hex(frames[heard - 1]!));
};

/** Nothing was wrong: it is answered, and goes in one of three ways. */
const stays = async (door: Door, peer: Peer, { chance }: Lane, books: Books, heard: number): Promise<void> => {
  peer.frames.delete(FRAME.ping);
  peer.socket.send(Uint8Array.of(FRAME.ping));
  if (!(await peer.came(FRAME.ping))) books.fail(door, `did nothing wrong, and was closed with ${peer.ending?.code} ${peer.ending?.reason}`);
  if (chance.oneIn(3)) peer.socket.destroy();
  else peer.socket.close(chance.pick([1000, 4000]));
  books.count(door, heard + 1, 'went by itself', false);
};

/** Offences that are no mutation of a frame. */
const singular = async (door: Door, peer: Peer, { chance }: Lane, books: Books): Promise<void> => {
  const action = encodeAction({ n: 1, round: 1, choice: 0, value: 1 });
  const kinds: readonly [name: string, frames: () => Uint8Array, code: ErrorCode, heard: number][] = [
    ['text', () => rawFrame(OPCODE.text, Buffer.from(chance.text(chance.below(60)))), 'frame_text', 1],
    ['empty', () => rawFrame(OPCODE.binary, new Uint8Array(0)), 'frame_truncated', 1],
    ['oversize', () => rawFrame(OPCODE.binary, chance.bytes(LIMITS.viewerFrameBytes + 1 + chance.below(2_000))), 'frame_oversize', 1],
    ['flood', () => Buffer.concat(Array.from({ length: FLOOD }, () => rawFrame(OPCODE.binary, Uint8Array.of(FRAME.ping)))), 'flood', FLOOD_HEARD],
    ['in pieces', () => Buffer.concat([rawFrame(OPCODE.binary, action.subarray(0, 2), { fin: false }), rawFrame(OPCODE.continuation, Uint8Array.of(0xff), { fin: true })]), door === 'direct' ? 'frame_truncated' : 'frame_unknown', 1],
  ];
  if (chance.oneIn(5)) return noWebSocket(peer, chance.below(4), books, action);
  const [name, frames, code, heard] = chance.pick(kinds);
  peer.socket.sendRaw(frames());
  books.offence(`${door}, ${name}`, heard, code, await peer.end(), true, () => name);
};

/** What is no WebSocket: uWebSockets.js ends it by itself, before anybody could say why. */
const noWebSocket = async (peer: Peer, kind: number, books: Books, action: Uint8Array): Promise<void> => {
  const frames = [
    () => rawFrame(OPCODE.binary, action, { reserved: 7 }),
    () => rawFrame(3, action),
    () => rawFrame(OPCODE.continuation, action),
    () => rawFrame(OPCODE.binary, new Uint8Array(TAKEN_BYTES + 1)),
  ];
  peer.socket.sendRaw(frames[kind]!());
  const ending = await peer.end();
  if (ending === undefined) books.fail('no WebSocket', `kind ${kind} stays connected`);
  books.count('no WebSocket', 1, `${ending?.code}`, true);
};
