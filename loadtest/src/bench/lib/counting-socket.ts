/**
 * A WebSocket client that only counts. One read of the kernel that brings whole frames of the size that is expected is counted without
 * looking into them; everything else (the handshake, the first frames, pings, frames cut in two) is parsed. It exists because the load
 * shares a machine with what it measures: the less it takes, the more viewers a run can have.
 */
import { connect, type Socket } from 'node:net';

export interface CountingEvents {
  /** A frame that is not of the expected size: what comes before the ticks. `payload` is only lent. */
  other(payload: Uint8Array, socket: CountingSocket): void;
  open(): void;
  /** It was not us who closed. */
  lost(why: string): void;
}

/** What all connections of one load have in common. */
export interface Tally {
  /** Bytes of one delivery as it lies on the wire: two of head, and a payload below 126. */
  readonly frameBytes: number;
  /** Deliveries so far. */
  count: number;
}

const BINARY = 0x82;
const PING = 0x89;
const PONG = 0x8a;
const MASKED = 0x80;
/** Bytes lent to the kernel for each read of any connection of this process. */
const buffer = Buffer.allocUnsafe(64 * 1024);
const NOTHING = Buffer.alloc(0);

export class CountingSocket {
  readonly #socket: Socket;
  #rest: Buffer = NOTHING;
  #open = false;
  #ended = false;

  constructor(url: URL, protocols: readonly string[], private readonly tally: Tally, private readonly events: CountingEvents) {
    this.#socket = connect({
      host: url.hostname, port: Number(url.port), noDelay: true, onread: { buffer, callback: (length) => this.#read(length) },
    }, () => {
      this.#socket.write([
        `GET ${url.pathname} HTTP/1.1`, `Host: ${url.host}`, 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13',
        'Sec-WebSocket-Key: Y3Jvd2RjdWUtYmVuY2ghIQ==', ...(protocols.length > 0 ? [`Sec-WebSocket-Protocol: ${protocols.join(', ')}`] : []), '', '',
      ].join('\r\n'));
    });
    this.#socket.on('error', () => {}); // a close follows
    this.#socket.on('close', () => this.#lost('the connection broke'));
  }

  send(payload: Uint8Array, first = BINARY): void {
    // A mask of zeros is a mask too.
    this.#socket.write(Buffer.from([first, MASKED | payload.length, 0, 0, 0, 0, ...payload]));
  }

  destroy(): void {
    this.#ended = true;
    this.#socket.destroy();
  }

  #read(length: number): boolean {
    const { tally } = this;
    if (this.#open && this.#rest.length === 0 && length % tally.frameBytes === 0 && this.#expected(buffer)) tally.count += length / tally.frameBytes;
    else this.#parse(length);
    return true;
  }

  #expected(head: Uint8Array): boolean {
    return head[0] === BINARY && head[1] === this.tally.frameBytes - 2;
  }

  #parse(length: number): void {
    let data = Buffer.concat([this.#rest, buffer.subarray(0, length)]);
    if (!this.#open) {
      const end = data.indexOf('\r\n\r\n');
      if (end >= 0 && !data.toString('latin1').startsWith('HTTP/1.1 101')) return this.#lost('no WebSocket');
      if (end >= 0) {
        this.#open = true;
        this.events.open();
        data = data.subarray(end + 4);
      }
    }
    for (let size = this.#open ? frameSize(data) : 0; size > 0 && size <= data.length; size = frameSize(data)) {
      this.#frame(data.subarray(0, size));
      data = data.subarray(size);
    }
    this.#rest = data.length === 0 ? NOTHING : data;
  }

  #frame(frame: Buffer): void {
    const payload = frame.subarray(frame[1]! < 126 ? 2 : 4);
    if (frame.length === this.tally.frameBytes && this.#expected(frame)) this.tally.count++;
    else if (frame[0] === BINARY) this.events.other(payload, this);
    else if (frame[0] === PING) this.send(payload, PONG);
    else this.#lost(`a frame ${frame[0]} came: ${payload.toString('latin1', 2)}`);
  }

  #lost(why: string): void {
    if (this.#ended) return;
    this.destroy();
    this.events.lost(why);
  }
}

/** Bytes of the frame at the start of `data`, or 0 while its head is not whole. Frames here are far below 64 KiB. */
const frameSize = (data: Buffer): number => {
  if (data.length < 4) return data.length >= 2 && data[1]! < 126 ? 2 + data[1]! : 0;
  return data[1] === 126 ? 4 + data.readUInt16BE(2) : 2 + data[1]!;
};
