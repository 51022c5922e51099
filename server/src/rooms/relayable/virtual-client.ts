import { EventEmitter } from 'node:events';
import { ClientState, enqueueClientRaw, getMessageBytes, Protocol, type Client, type ISendOptions } from '@colyseus/core';
import { FRAME, type VirtualOp } from '@crowdcue/protocol';

/** As in the browser's and Node's WebSocket: Colyseus compares with them. */
export const READY = { open: 1, closing: 2, closed: 3 } as const;

/** Where a virtual client's operations go: its relay's run. */
export interface VirtualPipe {
  emit(op: VirtualOp): void;
  /** The room has written state to this client: it enters when state and patches are at one. */
  entering(socket: VirtualSocket): void;
}

/**
 * What stands in for a viewer's socket in the room: `message` and `close` come out of it as out of a transport's, and what is sent into
 * it becomes operations for the relay. State is never sent: the relay has it.
 */
export class VirtualSocket extends EventEmitter {
  readyState: number = READY.open;
  /** Outside of the fan-out (`out`), waiting for the patch that completes its state (`entering`), or in it. */
  #place: 'out' | 'entering' | 'in' = 'out';
  /** What was said after the state while that is still on its way. */
  #held: Uint8Array[] = [];

  constructor(readonly slot: number, readonly connection: number, private readonly pipe: VirtualPipe) {
    super();
  }

  /** Whether broadcasts and patches reach it through the relay's fan-out. */
  get inside(): boolean {
    return this.#place === 'in';
  }

  send(frame: Uint8Array): void {
    if (this.readyState !== READY.open || frame[0] === FRAME.roomStatePatch) return;
    if (frame[0] === FRAME.roomState) return this.requestState();
    if (this.#place === 'entering') this.#held.push(Uint8Array.from(frame));
    else this.pipe.emit({ kind: 'direct', slot: this.slot, frame });
  }

  /** Stands for a full state. A second one says nothing new: the relay keeps it up to date. */
  requestState(): void {
    if (this.readyState !== READY.open || this.#place !== 'out') return;
    this.#place = 'entering';
    this.pipe.entering(this);
  }

  /** State and patches are at one now. */
  enter(): void {
    if (this.readyState !== READY.open || this.#place !== 'entering') return;
    this.#place = 'in';
    this.pipe.emit({ kind: 'enter', slot: this.slot });
    this.#release();
  }

  /** The room does not count it among its clients any more. */
  quiet(): void {
    if (this.readyState === READY.open && this.#place === 'in') this.pipe.emit({ kind: 'quiet', slot: this.slot });
    this.#place = 'out';
    this.#release();
  }

  /** The room ends the connection; `close` comes when the relay says that it is closed. */
  close(code = 0, reason = ''): void {
    if (this.readyState !== READY.open) return;
    this.#place = 'out';
    this.#release();
    this.readyState = READY.closing;
    this.pipe.emit({ kind: 'close', slot: this.slot, connection: this.connection, code, reason });
  }

  /** The viewer's connection is closed. */
  closed(code: number): void {
    if (this.readyState === READY.closed) return;
    this.readyState = READY.closed;
    this.#place = 'out';
    this.#held = [];
    this.emit('close', code);
  }

  #release(): void {
    for (const frame of this.#held) this.pipe.emit({ kind: 'direct', slot: this.slot, frame });
    this.#held = [];
  }
}

/** A viewer as the room sees it: what a transport's client is, over a `VirtualSocket` (core 0.18.17: `Client` and `ClientPrivate`). */
export class VirtualClient {
  state: number = ClientState.JOINING;
  readonly id: string;
  reconnectionToken!: string;
  /** Until the client has acknowledged its handshake. */
  _enqueuedMessages: Uint8Array[] | undefined = [];
  _joinedAt = 0;

  /** `ref` is taken over by the client's next connection when it reconnects. */
  constructor(readonly sessionId: string, public ref: VirtualSocket) {
    this.id = sessionId;
  }

  get readyState(): number {
    return this.ref.readyState;
  }

  raw(data: Uint8Array, _options?: ISendOptions, done?: (error?: Error) => void): void {
    this.ref.send(data);
    if (done !== undefined) process.nextTick(done);
  }

  enqueueRaw(data: Uint8Array, options?: ISendOptions): void {
    enqueueClientRaw(this as unknown as Parameters<typeof enqueueClientRaw>[0], data, options);
  }

  send(type: string | number, message?: unknown, options?: ISendOptions): void {
    this.enqueueRaw(getMessageBytes.raw(Protocol.ROOM_DATA, type, message), options);
  }

  sendBytes(type: string | number, bytes: Uint8Array, options?: ISendOptions): void {
    this.enqueueRaw(getMessageBytes.raw(Protocol.ROOM_DATA_BYTES, type, undefined, bytes), options);
  }

  error(code: number, message = '', done?: (error?: Error) => void): void {
    this.raw(getMessageBytes[Protocol.ERROR](code, message), undefined, done);
  }

  leave(code?: number, reason?: string): void {
    this.ref.close(code, reason);
  }

  close(code?: number, reason?: string): void {
    this.leave(code, reason);
  }

  toJSON(): { sessionId: string; readyState: number } {
    return { sessionId: this.sessionId, readyState: this.readyState };
  }

  /** As Colyseus's declarations have it. */
  get asClient(): Client {
    return this as unknown as Client;
  }
}
