/** Garbage before and at the upgrade: offers, tokens, paths and seats that are wrong, and bytes that are no HTTP. */
import { connect } from 'node:net';
import { FRAME } from '@crowdcue/protocol';
import { wall } from '../clock.js';
import type { Books } from './books.js';
import type { FuzzTarget, Lane } from './lane.js';
import type { Chance } from './mutator.js';
import { Peer } from './peer.js';
import { doorVerdict } from './verdicts.js';

const TOKEN_LETTERS = 'ABCxyz019-_.=';
/** Codes with which Colyseus, or a stock door, ends a connection without a seat. */
const NO_SEAT: ReadonlySet<number> = new Set([4002, 4003]);
/** Colyseus takes an address without room and session for its latency probe, and ends it after a second without a word. */
const PROBED = 1006;
/** ms after which bytes that are no request were let lie long enough. */
const LINGER_MS = 50;

/** The direct door, with something wrong in its request. */
export const fuzzOffer = async (lane: Lane, target: FuzzTarget, books: Books): Promise<void> => {
  const { chance } = lane;
  const event = chance.oneIn(6) ? chance.pick(['nowhere', 'x'.repeat(65), '%00', '..%2f', chance.text(5).replace(/[#?%/\\]/g, 'a')]) : target.event;
  const offer = offerOf(chance, lane.token(), chance.session());
  const verdict = doorVerdict(offer.join(', '), event, { event: target.event, doorKey: target.doorKey }, wall() / 1000);
  const peer = new Peer(`${target.relay}/live/${event}`, offer, lane.address);
  if (verdict !== 'taken') return books.offence('offer', 1, verdict, await peer.end(), true, () => `${event} ${offer.join(', ')}`);
  if (!(await peer.came(FRAME.roomState))) books.fail('offer', `was right, and was closed with ${peer.ending?.code} ${peer.ending?.reason}`);
  peer.socket.close();
  books.count('offer', 1, 'let in', false);
};

const offerOf = (chance: Chance, token: string, session: string): string[] => {
  const whole = ['crowdcue.v1', `token.${oddToken(chance, token)}`, `session.${session}`];
  switch (chance.below(6)) {
    case 0: return whole.filter(() => !chance.oneIn(3));
    case 1: return [chance.pick(['crowdcue.v2', 'crowdcue', 'graphql-ws']), ...whole.slice(1)];
    case 2: return [...whole.slice(0, 2), `session.${chance.pick(['', 'short', 'x'.repeat(33), 'has space in it ok', 'semi;colon-in-a-session'])}`];
    case 3: return [...whole, ...whole, 'resume.1'];
    default: return whole;
  }
};

const oddToken = (chance: Chance, token: string): string => {
  const at = chance.below(token.length);
  switch (chance.below(6)) {
    case 0: return token.slice(0, at);
    case 1: return token.slice(0, at) + chance.pick([...TOKEN_LETTERS]) + token.slice(at + 1);
    case 2: return token + token.slice(at);
    case 3: return Array.from({ length: chance.below(400) }, () => chance.pick([...TOKEN_LETTERS])).join('');
    case 4: return `${token.split('.')[0]}.${Buffer.from(chance.pick(['null', '[]', '{}', '{"evt":1}', '{"sub":-1}', '"\\u0000"'])).toString('base64url')}.x`;
    default: return token;
  }
};

/** A room's socket without a seat, at the relay and at the origin. */
export const fuzzSeat = async ({ chance, address }: Lane, { relay, origin, event }: FuzzTarget, books: Books): Promise<void> => {
  const atRelay = chance.oneIn(2);
  const query = chance.pick(['', '?sessionId=', `?sessionId=${chance.session()}`, `?sessionId=${chance.session()}&reconnectionToken=${chance.session()}`, '?sessionId=%00%ff&skipHandshake=true', `?${'a=b&'.repeat(200)}`]);
  const path = `/${chance.pick(['relay-1', 'p', '%20', 'x'.repeat(300)])}/${chance.pick([event, 'nowhere', '%2e%2f', 'x'.repeat(300)])}${query}`;
  const probes = !atRelay && !/[?&]sessionId=./.test(query) && !/\/[a-zA-Z0-9_-]+\/[a-zA-Z0-9_-]+$/.test(path.replace(/\?.*/, ''));
  const category = probes ? 'probe, at the origin' : `seat, at the ${atRelay ? 'relay' : 'origin'}`;
  const peer = new Peer(`${atRelay ? relay : origin.replace('http', 'ws')}${path}`, [], address);
  const ending = await peer.end();
  const toldRight = !atRelay || ending?.told?.startsWith('seat_expired:') === true;
  if (ending === undefined || !(probes ? ending.code === PROBED : NO_SEAT.has(ending.code)) || !toldRight) books.fail(category, `${path.slice(0, 100)} got ${ending?.code} ${ending?.reason} (told ${ending?.told})`);
  books.count(category, 1, `${ending?.code} ${ending?.reason}`, true);
};

/** Bytes that are no request, or half of one; the other side may answer or hang up, and must not mind. */
export const fuzzBytes = ({ chance, address }: Lane, { relay, origin, event }: FuzzTarget, books: Books): Promise<void> => new Promise((resolve) => {
  const { port } = new URL(chance.oneIn(2) ? relay : origin);
  const socket = connect({ port: Number(port), host: '127.0.0.1', localAddress: address });
  socket.on('error', () => undefined).resume();
  socket.once('close', () => {
    books.count('bytes', 1, 'over', true);
    resolve();
  });
  socket.once('connect', () => {
    socket.write(notHttp(chance, event));
    setTimeout(() => socket.destroy(), LINGER_MS);
  });
});

const notHttp = (chance: Chance, event: string): Uint8Array | string => {
  const upgrade = `GET /live/${event} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n`;
  switch (chance.below(8)) {
    case 0: return chance.bytes(chance.below(2_000));
    case 1: return chance.text(chance.below(20_000));
    case 2: return `${chance.pick(['GET', 'POST', 'BREW', ''])} ${chance.text(30)} HTTP/${chance.pick(['1.1', '9.9', ''])}\r\n${chance.text(40)}\r\n\r\n`;
    case 3: return `POST /api/join HTTP/1.1\r\nHost: x\r\nContent-Length: ${chance.pick(['-1', '99999999999999999999', 'abc', '0x10', '5\r\nContent-Length: 6'])}\r\n\r\nhello`;
    case 4: return `POST /api/join HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n${chance.pick(['fffffffffffffffff\r\n', '-1\r\n', 'zz\r\n\r\n', '5\r\nhello'])}`;
    case 5: return `${upgrade}Sec-WebSocket-Version: ${chance.pick(['13', '8', ''])}\r\nSec-WebSocket-Key: ${chance.text(chance.below(60))}\r\n\r\n${chance.text(30)}`;
    case 6: return `${upgrade}${'X-A: b\r\n'.repeat(chance.below(400))}\r\n`;
    default: return upgrade.slice(0, chance.below(upgrade.length));
  }
};
