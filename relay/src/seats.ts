/**
 * What a stock client carries between its requests: a seat from matchmaking to its socket, and a session from one socket to the next.
 * Both are sealed (claims and an end under a MAC whose key every relay of the event derives from the door key), so that any relay and
 * any worker can take them; none has to remember them.
 */
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { ByteReader, ByteWriter } from '@crowdcue/protocol';
import type { ViewerClaims } from './viewers.js';

/** Seconds that a seat waits for its connection: Colyseus's own figure. */
export const SEAT_S = 15;
/** Letters of a sealed text that are looked at: the longest that can be made is below 400. */
const MAX_LENGTH = 512;
/** What fits the length byte of JOIN_ROOM. */
const RECONNECTION_LENGTH = 255;
/** 128 bits of HMAC-SHA-256: more than anybody can guess at, and the token stays short. */
const MAC_BYTES = 16;
const SESSION_BYTES = 16;
const NONCE_BYTES = 4;
/** The last letters of a sealed text, all of them of its MAC: enough to tell any two apart. */
const TAIL = 21;
/** Used seats and sessions that are remembered; each is a few dozen bytes. */
const SPENT = 65_536;

const KIND = { seat: 1, session: 2 } as const;

/** 16 random bytes, base64url: a session id. */
export const randomId = (): string => randomBytes(SESSION_BYTES).toString('base64url');

/** A reserved right to join: used once, within seconds. */
export interface Seat {
  readonly claims: ViewerClaims;
  readonly sessionId: string;
  /** How late the viewer's picture is, ms. */
  readonly delay: number;
}

/** A stock session that may be taken up again, until its viewer's token ends. */
export interface StockSession extends Seat {
  /** What the schema was that its client can read; see `schemaOf`. */
  readonly schema: number;
}

/** A number that stands for a reflection: clients of another one cannot read the room's state. */
export const schemaOf = (reflection: Uint8Array): number => createHash('sha256').update(reflection).digest().readUInt32BE(0);

const keyOf = (doorKey: Buffer): Buffer => createHmac('sha256', doorKey).update('crowdcue-seat-1').digest();
const macOf = (doorKey: Buffer, body: Uint8Array): Buffer => createHmac('sha256', keyOf(doorKey)).update(body).digest().subarray(0, MAC_BYTES);

const scratch = new ByteWriter(512);

const begin = (kind: number, { claims, sessionId, delay }: Seat): ByteWriter => {
  const mac = Buffer.from(claims.mac, 'base64url');
  const packs = mac.toString('base64url') === claims.mac; // as ours do; another origin's is kept as the text that it is
  scratch.reset().u8(kind).text(claims.evt).raw(Buffer.from(sessionId, 'base64url')).varint(delay).varint(claims.sub).varint(claims.exp).text(claims.tier).text(claims.name);
  return packs ? scratch.u8(1).block(mac) : scratch.u8(0).text(claims.mac);
};

const finish = (doorKey: Buffer): string => {
  const body = scratch.bytes();
  return Buffer.concat([body, macOf(doorKey, body)]).toString('base64url');
};

/** A seat, good until `until` (seconds since 1970). Letters of base64url alone, for it becomes a part of a path. */
export const sealSeat = (doorKey: Buffer, seat: Seat, until: number): string => {
  begin(KIND.seat, seat).varint(Math.floor(until));
  return finish(doorKey);
};

/** A session; another text each time. Empty, which no client can come back with, where its names are too long for Colyseus's field. */
export const sealSession = (doorKey: Buffer, session: StockSession): string => {
  begin(KIND.session, session).varint(session.schema).raw(randomBytes(NONCE_BYTES));
  const sealed = finish(doorKey);
  return sealed.length > RECONNECTION_LENGTH ? '' : sealed;
};

/** The bytes behind a sealed text, which has one spelling only; undefined for what is none. */
const bytesOf = (sealed: string): Buffer | undefined => {
  if (sealed.length > MAX_LENGTH) return undefined;
  const bytes = Buffer.from(sealed, 'base64url');
  return bytes.length > MAC_BYTES && bytes.toString('base64url') === sealed ? bytes : undefined;
};

/** The event that a sealed text says it is of, unchecked: by it the key is found. */
export const eventIn = (sealed: string): string | undefined => {
  const bytes = bytesOf(sealed);
  if (bytes === undefined) return undefined;
  try {
    return new ByteReader(bytes, 1).text();
  } catch {
    return undefined;
  }
};

const readSeat = (r: ByteReader): Seat => {
  const evt = r.text();
  const sessionId = Buffer.from(r.raw(SESSION_BYTES)).toString('base64url');
  const delay = r.varint();
  const claims = { evt, sub: r.varint(), exp: r.varint(), tier: r.text(), name: r.text() };
  const mac = r.u8() === 1 ? Buffer.from(r.block()).toString('base64url') : r.text();
  return { claims: { ...claims, mac }, sessionId, delay };
};

/** What is under a good MAC of this kind, ready to be read; undefined for anything else. */
const opened = (doorKey: Buffer, sealed: string, kind: number): ByteReader | undefined => {
  const bytes = bytesOf(sealed);
  if (bytes === undefined) return undefined;
  const body = bytes.subarray(0, -MAC_BYTES);
  if (!timingSafeEqual(macOf(doorKey, body), bytes.subarray(-MAC_BYTES)) || body[0] !== kind) return undefined;
  return new ByteReader(body, 1);
};

/** The seat under the seal; undefined when it is not one of this event's, or over at `now` (seconds since 1970). */
export const openSeat = (doorKey: Buffer, sealed: string, now: number): Seat | undefined => {
  const r = opened(doorKey, sealed, KIND.seat);
  if (r === undefined) return undefined;
  const seat = readSeat(r);
  return r.varint() > now && seat.claims.exp > now ? seat : undefined;
};

/** The session under the seal; undefined when it is not one of this event's, or its viewer's token is over at `now`. */
export const openSession = (doorKey: Buffer, sealed: string, now: number): StockSession | undefined => {
  const r = opened(doorKey, sealed, KIND.session);
  if (r === undefined) return undefined;
  const seat = readSeat(r);
  return seat.claims.exp > now ? { ...seat, schema: r.varint() } : undefined;
};

/** Sealed texts that were used up here. Bounded: past its size the oldest is forgotten. */
export class Spent {
  readonly #tails = new Set<string>();

  constructor(private readonly max = SPENT) {}

  has(sealed: string): boolean {
    return this.#tails.has(sealed.slice(-TAIL));
  }

  /** Uses it up; answers whether it was not before. */
  add(sealed: string): boolean {
    if (this.has(sealed)) return false;
    if (this.#tails.size >= this.max) this.#tails.delete(this.#tails.values().next().value!);
    this.#tails.add(sealed.slice(-TAIL));
    return true;
  }
}
