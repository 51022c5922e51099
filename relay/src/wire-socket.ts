/**
 * A WebSocket client for binary frames: the relay's links, and the thousands of viewers of a load test. It copies nothing on the way in
 * and allocates one buffer a frame on the way out. RFC 6455 without extensions; what an answering side may not send ends the connection.
 */
import { createHash, randomBytes } from 'node:crypto';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

export interface WireSocketEvents {
  open?(): void;
  /** `frame` is only lent: it is overwritten after the call. */
  message(frame: Uint8Array): void;
  pong?(): void;
  /** Once, whether it was ever open or not: the other side's code, 1005 where it gave none, 1006 where it said nothing; or why this side gave up. */
  close(code: number, reason: string): void;
}

export interface WireSocketOptions {
  readonly protocols?: readonly string[];
  /** Where it dials from: one address has 28,000 ports for one listener. */
  readonly localAddress?: string;
  /** Largest message, bytes; 16 MiB unless told. */
  readonly maxPayload?: number;
  /** ms until the other side has to have agreed; for ever unless told. */
  readonly handshakeMs?: number;
}

const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;
const FIN = 0x80;
const MASKED = 0x80;
const CONTROL_BYTES = 125;
const MAX_PAYLOAD = 16 * 1024 * 1024;
const MAX_HEAD_BYTES = 16 * 1024;
/** Bytes lent to the kernel for each read of any connection of this thread. */
const READ_BYTES = 256 * 1024;
/** ms for the other side to answer a close. */
const GOODBYE_MS = 5_000;
const readBuffer = Buffer.allocUnsafe(READ_BYTES);
const NOTHING = Buffer.alloc(0);
const PING = new Uint8Array(0);
/** One key for all: it proves that the other side speaks WebSocket, and protects nothing more. */
const KEY = randomBytes(16).toString('base64');
const ACCEPT = createHash('sha1').update(`${KEY}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
const AGREED = new RegExp(`^HTTP/1\\.1 101 [^]*\\r\\nsec-websocket-accept: *${ACCEPT.replace(/[+/]/g, '\\$&')} *\\r\\n`, 'i');

export class WireSocket {
  readonly #socket: Socket;
  readonly #maxPayload: number;
  /** What came of a frame that is not whole yet: the first bytes of `#held`. */
  #held: Buffer = NOTHING;
  #heldBytes = 0;
  /** Frames of a message whose last one has not come. */
  #pieces: Buffer[] | undefined;
  #pieceBytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #open = false;
  #closing = false;
  #ended = false;
  #code = 1006;
  #reason = '';
  bytesIn = 0;

  /** Dials at once; `http:` and `https:` mean `ws:` and `wss:`. */
  constructor(url: URL, readonly events: WireSocketEvents, { protocols = [], localAddress, maxPayload = MAX_PAYLOAD, handshakeMs }: WireSocketOptions = {}) {
    this.#maxPayload = maxPayload;
    const secure = url.protocol === 'wss:' || url.protocol === 'https:';
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const onread = { buffer: readBuffer, callback: (length: number) => this.#read(readBuffer.subarray(0, length)) };
    const to = { host, port: Number(url.port) || (secure ? 443 : 80), onread, ...(localAddress === undefined ? {} : { localAddress }) };
    const ready = (): void => this.#greet(url, protocols);
    this.#socket = secure ? connectTls({ ...to, ...(isIP(host) === 0 ? { servername: host } : {}) }, ready) : connectTcp(to, ready);
    this.#socket.setNoDelay(true);
    this.#socket.on('error', () => {}); // a close follows
    this.#socket.on('end', () => this.#socket.destroy());
    this.#socket.on('close', () => this.#end());
    if (handshakeMs !== undefined) this.#timer = setTimeout(() => this.#fail(1006, 'no handshake'), handshakeMs);
  }

  get isOpen(): boolean {
    return this.#open && !this.#closing && !this.#ended;
  }

  /** Does nothing while it is not open. */
  send(frame: Uint8Array): void {
    if (this.isOpen) this.#write(OPCODE.binary, frame);
  }

  ping(): void {
    if (this.isOpen) this.#write(OPCODE.ping, PING);
  }

  /** Bytes as they are, framed by the caller, or not at all. */
  sendRaw(bytes: Uint8Array): void {
    if (!this.#ended) this.#socket.write(bytes);
  }

  /** Reads nothing any more: what comes fills the buffers between here and who sends. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Says goodbye, and waits for the other side's. */
  close(code = 1000): void {
    if (!this.#open) return this.destroy();
    if (this.#closing || this.#ended) return;
    this.#write(OPCODE.close, Uint8Array.of(code >> 8, code & 0xff));
    this.#closing = true;
    this.#timer = setTimeout(() => this.destroy(), GOODBYE_MS);
  }

  /** Drops the connection without a word. */
  destroy(): void {
    this.#socket.destroy();
    this.#end();
  }

  #greet(url: URL, protocols: readonly string[]): void {
    this.#socket.write([
      `GET ${url.pathname}${url.search} HTTP/1.1`, `Host: ${url.host}`, 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13',
      `Sec-WebSocket-Key: ${KEY}`, ...(protocols.length > 0 ? [`Sec-WebSocket-Protocol: ${protocols.join(', ')}`] : []), '', '',
    ].join('\r\n'));
  }

  /** Takes what one read brought; true keeps the connection reading. */
  #read(chunk: Buffer): boolean {
    this.bytesIn += chunk.length;
    const data = this.#heldBytes === 0 ? chunk : this.#joined(chunk);
    let at = 0;
    if (!this.#open) {
      at = this.#agreed(data);
      if (this.#ended) return false;
    }
    if (this.#open) {
      for (let used = this.#frame(data, at); used > 0; used = this.#ended ? 0 : this.#frame(data, at)) at += used;
    }
    if (this.#ended) return false;
    this.#hold(data, at);
    return true;
  }

  /** Reads the answer to the handshake; gives its length, or 0 while it is not whole. */
  #agreed(data: Buffer): number {
    const end = data.indexOf('\r\n\r\n');
    if (end < 0 && data.length < MAX_HEAD_BYTES) return 0;
    if (end < 0 || !AGREED.test(data.toString('latin1', 0, end + 2))) {
      this.#fail(1002, 'no WebSocket');
      return 0;
    }
    clearTimeout(this.#timer);
    this.#open = true;
    this.events.open?.();
    return end + 4;
  }

  /** Handles the frame at `at`; gives its length, or 0 while it is not whole or when it ended the connection. */
  #frame(data: Buffer, at: number): number {
    const left = data.length - at;
    if (left < 2) return 0;
    const first = data[at]!;
    let head = 2;
    let length = data[at + 1]!;
    if (length >= MASKED) return this.#fail(1002, 'masked');
    if (length > CONTROL_BYTES && (first & 0x0f) >= OPCODE.close) return this.#fail(1002, `frame ${first}`);
    if (length === 126) {
      if (left < 4) return 0;
      head = 4;
      length = data.readUInt16BE(at + 2);
    } else if (length === 127) {
      if (left < 10) return 0;
      head = 10;
      length = Number(data.readBigUInt64BE(at + 2));
    }
    if (length > this.#maxPayload) return this.#fail(1009, 'too large');
    if (left < head + length) return 0;
    // Not as a Buffer, whose slice() would not copy what is only lent.
    this.#handle(first, new Uint8Array(data.buffer, data.byteOffset + at + head, length));
    return head + length;
  }

  #handle(first: number, payload: Uint8Array): void {
    switch (first) {
      case FIN | OPCODE.binary:
        if (this.#pieces === undefined) this.events.message(payload);
        else this.#fail(1002, 'message in a message');
        return;
      case OPCODE.binary:
      case OPCODE.continuation:
      case FIN | OPCODE.continuation: return this.#piece(first, payload);
      case FIN | OPCODE.ping: return this.#write(OPCODE.pong, payload);
      case FIN | OPCODE.pong: return this.events.pong?.();
      case FIN | OPCODE.close: return this.#goodbye(payload);
      case FIN | OPCODE.text:
      case OPCODE.text: return void this.#fail(1003, 'text');
      default: return void this.#fail(1002, `frame ${first}`);
    }
  }

  #piece(first: number, payload: Uint8Array): void {
    if ((this.#pieces === undefined) !== (first === OPCODE.binary)) return void this.#fail(1002, `frame ${first}`);
    const pieces = (this.#pieces ??= []);
    this.#pieceBytes = payload.length + (pieces.length === 0 ? 0 : this.#pieceBytes);
    pieces.push(Buffer.from(payload));
    if (this.#pieceBytes > this.#maxPayload) return void this.#fail(1009, 'too large');
    if (first === OPCODE.binary || first === OPCODE.continuation) return;
    this.#pieces = undefined;
    const whole = Buffer.concat(pieces);
    this.events.message(new Uint8Array(whole.buffer, whole.byteOffset, whole.length));
  }

  #goodbye(payload: Uint8Array): void {
    this.#code = payload.length >= 2 ? (payload[0]! << 8) | payload[1]! : 1005;
    this.#reason = Buffer.from(payload.subarray(2)).toString('utf8');
    if (!this.#closing) this.#write(OPCODE.close, payload.subarray(0, 2));
    this.#socket.end();
    this.#end();
  }

  #joined(chunk: Buffer): Buffer {
    const length = this.#heldBytes + chunk.length;
    if (length > this.#held.length) this.#grow(length);
    chunk.copy(this.#held, this.#heldBytes);
    return this.#held.subarray(0, length);
  }

  /** Keeps what stands from `at` on for the next read. */
  #hold(data: Buffer, at: number): void {
    this.#heldBytes = data.length - at;
    if (this.#heldBytes === 0) {
      this.#held = NOTHING;
    } else if (data.buffer === this.#held.buffer) {
      if (at > 0) this.#held.copyWithin(0, at, data.length);
    } else {
      this.#grow(this.#heldBytes);
      data.copy(this.#held, 0, at);
    }
  }

  #grow(length: number): void {
    const grown = Buffer.from(new ArrayBuffer(Math.max(length, this.#held.length * 2)));
    this.#held.copy(grown);
    this.#held = grown;
  }

  #fail(code: number, reason: string): 0 {
    this.#code = code;
    this.#reason = reason;
    this.destroy();
    return 0;
  }

  #write(opcode: number, payload: Uint8Array): void {
    if (this.#socket.destroyed) return;
    const { length } = payload;
    const head = length < 126 ? 6 : length < 0x1_0000 ? 8 : 14;
    const frame = Buffer.allocUnsafe(head + length);
    frame[0] = FIN | opcode;
    if (head === 6) {
      frame[1] = MASKED | length;
    } else if (head === 8) {
      frame[1] = MASKED | 126;
      frame.writeUInt16BE(length, 2);
    } else {
      frame[1] = MASKED | 127;
      frame.writeBigUInt64BE(BigInt(length), 2);
    }
    frame.writeUInt32BE(0, head - 4); // the mask: all zero is a mask too, and leaves the payload as it is
    frame.set(payload, head);
    this.#socket.write(frame);
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#held = NOTHING;
    this.#pieces = undefined;
    this.events.close(this.#code, this.#reason);
  }
}
