/**
 * A WebSocket client that only counts. One read of the kernel that brings whole frames of the size that is expected is counted without
 * parsing; everything else (the handshake, the first frames, pings, frames cut in two) is parsed. It exists because the load
 * shares a machine with what it measures: the less it takes, the more viewers a run can have.
 */
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { now } from '../../clock.js';
import type { Ages } from './ages.js';

export interface CountingEvents {
  /** A frame that is not one of those counted: what comes before the ticks. `payload` is only lent. */
  other(payload: Uint8Array, socket: CountingSocket): void;
  open(socket: CountingSocket): void;
  /** It was not us who closed; `code` is 1006 where no close frame came. */
  lost(why: string, code: number): void;
}

/** What all connections of one load have in common. */
export interface Tally {
  /** First byte of the frames that are counted: binary or text. */
  readonly first: number;
  /** Bytes of one delivery as it lies on the wire: two of head, and a payload below 126. 0 counts none. */
  readonly frameBytes: number;
  /** When the delivery at `at` was made, ms of the monotonic clock. */
  readonly time: (bytes: Buffer, at: number) => number;
  readonly ages: Ages;
  /** Deliveries so far. */
  count: number;
}

export interface Target {
  readonly url: URL;
  readonly protocols?: readonly string[];
  /** Source address, where one has not ports enough. */
  readonly from?: string;
}

export const BINARY = 0x82;
export const TEXT = 0x81;
const CLOSE = 0x88;
const PING = 0x89;
const PONG = 0x8a;
const MASKED = 0x80;
const ABNORMAL = 1006;
/** Bytes lent to the kernel for each read of any connection of this process. */
const shared = Buffer.allocUnsafe(64 * 1024);
const NOTHING = Buffer.alloc(0);

export class CountingSocket {
  readonly #socket: Socket;
  #rest: Buffer = NOTHING;
  #open = false;
  #ended = false;

  constructor({ url, protocols = [], from }: Target, private readonly tally: Tally, private readonly events: CountingEvents) {
    const secure = url.protocol === 'wss:' || url.protocol === 'https:';
    const greet = (): void => void this.#socket.write([
      `GET ${url.pathname}${url.search} HTTP/1.1`, `Host: ${url.host}`, 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: Y3Jvd2RjdWUtYmVuY2ghIQ==', ...(protocols.length > 0 ? [`Sec-WebSocket-Protocol: ${protocols.join(', ')}`] : []), '', '',
    ].join('\r\n'));
    const where = { host: url.hostname, port: Number(url.port), ...(from === undefined ? {} : { localAddress: from }) };
    if (secure) {
      // The certificate is made for the run and vouched for by nobody. TLS sockets do not read into a lent buffer.
      this.#socket = connectTls({ ...where, rejectUnauthorized: false }, greet);
      this.#socket.on('data', (data: Buffer) => this.#read(data));
    } else {
      this.#socket = connectTcp({ ...where, onread: { buffer: shared, callback: (length) => this.#read(shared.subarray(0, length)) } }, greet);
    }
    this.#socket.setNoDelay(true);
    this.#socket.on('error', () => {}); // a close follows
    this.#socket.on('close', () => this.#lost('the connection broke', ABNORMAL));
  }

  send(payload: Uint8Array, first = BINARY): void {
    // A mask of zeros is a mask too.
    this.#socket.write(Buffer.from([first, MASKED | payload.length, 0, 0, 0, 0, ...payload]));
  }

  destroy(): void {
    this.#ended = true;
    this.#socket.destroy();
  }

  #read(data: Buffer): boolean {
    const { tally } = this;
    if (this.#open && this.#rest.length === 0 && tally.frameBytes > 0 && data.length % tally.frameBytes === 0 && this.#expected(data, 0)) {
      this.#countAll(data);
    } else this.#parse(data);
    return true;
  }

  /** As many frames as fit. Each must begin as expected, or the read is no run of them. */
  #countAll(data: Buffer): void {
    const { tally } = this;
    for (let at = 0; at < data.length; at += tally.frameBytes) {
      if (!this.#expected(data, at)) return this.#parse(data.subarray(at));
      this.#count(data, at);
    }
  }

  #expected(data: Uint8Array, at: number): boolean {
    return data[at] === this.tally.first && data[at + 1] === this.tally.frameBytes - 2;
  }

  #count(data: Buffer, at: number): void {
    this.tally.count++;
    this.tally.ages.add(now() - this.tally.time(data, at));
  }

  #parse(chunk: Buffer): void {
    let data = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    if (!this.#open) {
      const end = data.indexOf('\r\n\r\n');
      if (end >= 0 && !data.toString('latin1', 0, 12).startsWith('HTTP/1.1 101')) return this.#lost('no WebSocket', ABNORMAL);
      if (end >= 0) {
        this.#open = true;
        data = data.subarray(end + 4);
        this.events.open(this);
      }
    }
    for (let size = this.#open ? frameSize(data) : 0; size > 0 && size <= data.length && !this.#ended; size = frameSize(data)) {
      this.#frame(data.subarray(0, size));
      data = data.subarray(size);
    }
    this.#rest = data.length === 0 ? NOTHING : Buffer.from(data);
  }

  #frame(frame: Buffer): void {
    const payload = frame.subarray(frame[1]! < 126 ? 2 : 4);
    if (frame.length === this.tally.frameBytes && this.#expected(frame, 0)) this.#count(frame, 0);
    else if (frame[0] === BINARY || frame[0] === TEXT) this.events.other(payload, this);
    else if (frame[0] === PING) this.send(payload, PONG);
    else if (frame[0] === CLOSE && payload.length >= 2) this.#lost(payload.toString('utf8', 2), payload.readUInt16BE(0));
    else this.#lost(`a frame ${frame[0]} came`, ABNORMAL);
  }

  #lost(why: string, code: number): void {
    if (this.#ended) return;
    this.destroy();
    this.#rest = NOTHING;
    this.events.lost(why, code);
  }
}

/** Bytes of the frame at the start of `data`, or 0 while its head is not whole. Frames here are far below 64 KiB. */
const frameSize = (data: Buffer): number => {
  if (data.length < 4) return data.length >= 2 && data[1]! < 126 ? 2 + data[1]! : 0;
  return data[1] === 126 ? 4 + data.readUInt16BE(2) : 2 + data[1]!;
};
