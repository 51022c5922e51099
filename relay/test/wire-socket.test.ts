import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { WireSocket, type WireSocketOptions } from '../src/wire-socket.js';
import { atEnd, until } from './support/harness.js';

const accept = (request: string): string =>
  createHash('sha1').update(`${/Sec-WebSocket-Key: (.+)\r\n/.exec(request)![1]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
const agree = (request: string): string => `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: ${accept(request)}\r\n\r\n`;

/** A server that answers the handshake with `head`, then says exactly these bytes, in these pieces. */
const scripted = async (pieces: readonly Buffer[], head: (request: string) => string | Promise<string> = agree): Promise<{ url: URL; received: Buffer[]; sockets: Socket[] }> => {
  const received: Buffer[] = [];
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    socket.once('data', async (request: Buffer) => {
      socket.on('data', (data: Buffer) => received.push(Buffer.from(data)));
      socket.write(await head(request.toString('latin1')));
      for (const piece of pieces) {
        socket.write(piece);
        await new Promise((next) => setImmediate(next));
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  atEnd(() => {
    sockets.forEach((socket) => socket.destroy());
    server.close();
  });
  return { url: new URL(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/`), received, sockets };
};

/** A socket and what it told. */
const dial = (url: URL, options?: WireSocketOptions) => {
  const told = { messages: [] as Uint8Array[], opened: 0, pongs: 0, closed: undefined as [code: number, reason: string] | undefined, closes: 0 };
  const socket = new WireSocket(url, {
    open: () => { told.opened++; },
    message: (frame) => told.messages.push(frame.slice()),
    pong: () => { told.pongs++; },
    close: (code, reason) => {
      told.closed = [code, reason];
      told.closes++;
    },
  }, options);
  atEnd(() => socket.destroy());
  return { socket, told };
};

const frame = (first: number, payload: Uint8Array): Buffer => {
  const head = payload.length < 126 ? Buffer.from([first, payload.length]) : payload.length < 65_536 ? Buffer.from([first, 126, payload.length >> 8, payload.length & 0xff]) : Buffer.alloc(10);
  if (head.length === 10) {
    head.set([first, 127]);
    head.writeBigUInt64BE(BigInt(payload.length), 2);
  }
  return Buffer.concat([head, payload]);
};
const CLOSE = Buffer.concat([Buffer.from([0x88, 5, 4103 >> 8, 4103 & 0xff]), Buffer.from('why')]);

describe('the socket of a link', () => {
  it('[REL35] puts messages together however TCP cuts them, answers pings, hears pongs, tells code and reason', async () => {
    const long = Buffer.alloc(700_000, 7);
    long[699_999] = 8;
    const stream = Buffer.concat([
      frame(0x82, Buffer.from([1, 2, 3])), frame(0x89, Buffer.from([9])), frame(0x8a, Buffer.alloc(0)), frame(0x82, Buffer.alloc(300, 5)), frame(0x82, long), frame(0x82, Buffer.from([4])), CLOSE,
    ]);
    const pieces = [...Array.from({ length: 330 }, (_, i) => stream.subarray(i, i + 1)), stream.subarray(330, 30_000), stream.subarray(30_000, 699_000), stream.subarray(699_000)];
    const { url, received } = await scripted(pieces);
    const { told } = dial(url);
    await until(() => told.closed !== undefined, 'close');
    expect(told.closed).toEqual([4103, 'why']);
    expect(told.messages.map(({ length }) => length)).toEqual([3, 300, 700_000, 1]);
    expect([...told.messages[0]!]).toEqual([1, 2, 3]);
    expect(Buffer.compare(told.messages[2]!, long)).toBe(0);
    expect([told.opened, told.pongs, told.closes]).toEqual([1, 1, 1]);
    await until(() => received.length > 0, 'pong');
    expect([...Buffer.concat(received).subarray(0, 7)]).toEqual([0x8a, 0x81, 0, 0, 0, 0, 9]);
  });

  it('[REL35] joins fragments, with pings in between', async () => {
    const { url } = await scripted([frame(0x02, Buffer.from([1])), frame(0x00, Buffer.from([2, 3])), frame(0x89, Buffer.alloc(0)), frame(0x80, Buffer.from([4])), frame(0x82, Buffer.from([5]))]);
    const { told } = dial(url);
    await until(() => told.messages.length === 2, 'both messages');
    expect(told.messages.map((bytes) => [...bytes])).toEqual([[1, 2, 3, 4], [5]]);
  });

  it('[REL35] sends whole frames of any length, nothing before it is open or after its goodbye', async () => {
    const { url, received } = await scripted([]);
    const { socket, told } = dial(url);
    socket.send(Buffer.from([1]));
    await until(() => told.opened === 1, 'open');
    for (const length of [125, 126, 65_535, 65_536]) socket.send(new Uint8Array(length).fill(length & 0xff));
    socket.ping();
    socket.close(1000);
    socket.send(Buffer.from([2]));
    const expected = [
      [0x82, 0x80 | 125, 0, 0, 0, 0], [0x82, 0x80 | 126, 0, 126, 0, 0, 0, 0], [0x82, 0x80 | 126, 0xff, 0xff, 0, 0, 0, 0], [0x82, 0x80 | 127, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0],
    ].map((head, i) => Buffer.concat([Buffer.from(head), Buffer.alloc([125, 126, 65_535, 65_536][i]!, [125, 126, 0xff, 0][i])]));
    const whole = Buffer.concat([...expected, Buffer.from([0x89, 0x80, 0, 0, 0, 0]), Buffer.from([0x88, 0x82, 0, 0, 0, 0, 1000 >> 8, 1000 & 0xff])]);
    await until(() => Buffer.concat(received).length >= whole.length, 'all has come');
    expect(Buffer.compare(Buffer.concat(received), whole)).toBe(0);
    expect(socket.isOpen).toBe(false);
  });

  it.each<[what: string, bytes: Buffer, code: number]>([
    ['a text', frame(0x81, Buffer.from('A')), 1003],
    ['a text in fragments', frame(0x01, Buffer.from('A')), 1003],
    ['a masked frame', Buffer.from([0x82, 0x81, 0, 0, 0, 0, 1]), 1002],
    ['a reserved bit', frame(0xc2, Buffer.from([1])), 1002],
    ['an unknown opcode', frame(0x83, Buffer.from([1])), 1002],
    ['a long ping', frame(0x89, Buffer.alloc(126)), 1002],
    ['a ping in fragments', frame(0x09, Buffer.alloc(1)), 1002],
    ['a fragment of nothing', frame(0x80, Buffer.from([1])), 1002],
    ['a message in a message', Buffer.concat([frame(0x02, Buffer.from([1])), frame(0x82, Buffer.from([1]))]), 1002],
    ['a message begun twice', Buffer.concat([frame(0x02, Buffer.from([1])), frame(0x02, Buffer.from([1]))]), 1002],
    ['a message too long', frame(0x82, Buffer.alloc(1_001)).subarray(0, 4), 1009],
    ['a length beyond all memory', Buffer.from([0x82, 127, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]), 1009],
    ['fragments too long together', Buffer.concat([frame(0x02, Buffer.alloc(600)), frame(0x00, Buffer.alloc(600))]), 1009],
  ])('[REL36] ends on %s', async (_what, bytes, code) => {
    const { url } = await scripted([bytes, frame(0x82, Buffer.from([1]))]);
    const { told } = dial(url, { maxPayload: 1_000 });
    await until(() => told.closed !== undefined, 'close');
    expect(told.closed![0]).toBe(code);
    expect([told.messages.length, told.closes]).toEqual([0, 1]);
  });

  it.each<[what: string, head: (request: string) => string, code: number]>([
    ['another status', () => 'HTTP/1.1 503 Service Unavailable\r\n\r\n', 1002],
    ['no proof', () => 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n', 1002],
    ['a wrong proof', () => 'HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n', 1002],
    ['a head without an end', () => 'HTTP/1.1 101 '.padEnd(20_000, 'x'), 1002],
  ])('[REL35] does not open on %s', async (_what, head, code) => {
    const { url } = await scripted([], head);
    const { told } = dial(url);
    await until(() => told.closed !== undefined, 'close');
    expect([told.opened, told.closed![0]]).toEqual([0, code]);
  });

  it('[REL35] gives up on who says nothing in the time, on a refused connection, and on one that is cut', async () => {
    const silent = await scripted([], () => new Promise<string>(() => {}));
    const { told } = dial(silent.url, { handshakeMs: 50 });
    const { url, sockets } = await scripted([]);
    const cut = dial(url);
    await until(() => cut.told.opened === 1, 'open');
    sockets[0]!.destroy();
    const nobody = dial(new URL('ws://127.0.0.1:1/'));
    await until(() => [told, cut.told, nobody.told].every(({ closed }) => closed !== undefined), 'all are told');
    expect([told, cut.told, nobody.told].map(({ closed }) => closed![0])).toEqual([1006, 1006, 1006]);
  });
});
