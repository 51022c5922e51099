import { createHmac } from 'node:crypto';
import {
  decodeVirtualOut, encodeBatch, encodeLinkSession, encodeVirtualOutAck, LINK, newActionColumns, VIRTUAL, type Batch, type VirtualJoin, type VirtualOp,
} from '@crowdcue/protocol';
import { WebSocket } from 'ws';
import { SECRET } from './someones-room.js';
import { until } from './someones-server.js';

/** A link by hand: what a relay, or who would like to be one, can say to a room. */
export class HandLink {
  readonly frames: Uint8Array[] = [];
  readonly ops: VirtualOp[] = [];
  lists = 0;
  acked = 0;
  closed: number | undefined;
  /** Whether it says what it has had. */
  acknowledges = true;
  readonly #socket: WebSocket;
  #n = 0;

  constructor(
    http: string, seat: { processId: string; roomId: string },
    { relayId = 'by-hand', incarnation = 1, from = 0, secret = SECRET, exp = Math.floor(Date.now() / 1000) + 60, n = 0 } = {},
  ) {
    const text = `crowdcue-link-1|${relayId}|${incarnation}|${seat.roomId}|${exp}`;
    const proof = `${createHmac('sha256', secret).update(text).digest('base64url')}.${exp}`;
    const session = encodeLinkSession({ relayId, incarnation, from, proof });
    this.#n = n;
    this.#socket = new WebSocket(`${http.replace('http', 'ws')}/${seat.processId}/${seat.roomId}?sessionId=${encodeURIComponent(session)}`);
    this.#socket.on('message', (data: Buffer) => this.#received(new Uint8Array(data)));
    this.#socket.on('close', (code) => { this.closed = code; });
    this.#socket.on('error', () => undefined);
  }

  get greeted(): boolean {
    return this.frames.some((frame) => frame[0] === LINK.greeting);
  }

  send(frame: Uint8Array): void {
    this.#socket.send(frame);
  }

  /** The next batch; answers its number. */
  batch(part: Partial<Pick<Batch, 'messages' | 'leaves'>> & { joins?: Partial<VirtualJoin>[]; n?: number }): number {
    const n = part.n ?? ++this.#n;
    const virtualJoins = (part.joins ?? []).map((join, slot): VirtualJoin => ({
      slot, connection: slot + 1, sessionId: '', token: '', reconnection: '', skipHandshake: false, address: '192.0.2.1', headers: [], ...join,
    }));
    this.send(encodeBatch({ n, time: 0, joins: [], actions: newActionColumns(1), messages: part.messages ?? [], leaves: part.leaves ?? [], virtualJoins }));
    return n;
  }

  async applied(n: number): Promise<void> {
    await until(() => this.acked >= n, `batch ${n} is acknowledged`);
  }

  terminate(): void {
    this.#socket.terminate();
  }

  of(slot: number): VirtualOp[] {
    return this.ops.filter((op) => op.kind !== 'broadcast' && op.slot === slot);
  }

  #received(frame: Uint8Array): void {
    this.frames.push(frame);
    if (frame[0] !== VIRTUAL.out) return;
    const { n, acked, ops } = decodeVirtualOut(frame);
    this.acked = acked;
    if (n === 0) return;
    this.lists = n;
    this.ops.push(...ops);
    if (this.acknowledges) this.send(encodeVirtualOutAck(n));
  }
}
