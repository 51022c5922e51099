import {
  decodeConfirm, decodeError, decodeJoinRoom, decodeRefused, decodeWelcome, encodeAction, encodeTier, FRAME, type Tier, type Welcome,
} from '@crowdcue/protocol';
import { WebSocket } from 'ws';
import { canonical } from './churn.js';
import { decoderOf, type RawSocket, readRoomState, type StateDecoder } from './shapes.js';

export interface DirectOptions {
  readonly base: string;
  readonly event: string;
  readonly token: string;
  readonly sub?: number;
  readonly session?: string;
  readonly protocols?: readonly string[];
}

let sessions = 0;

/** The least that comes in by the direct door: frames in the order they came, and a state decoded from them. */
export class DirectClient {
  readonly socket: RawSocket;
  readonly codes: number[] = [];
  readonly frames: Uint8Array[] = [];
  readonly states: { tick: number; json: string }[] = [];
  readonly refused: { n: number; code: string }[] = [];
  readonly errors: string[] = [];
  readonly session: string;
  welcome: Welcome | undefined;
  confirmed = 0;
  decoder: StateDecoder | undefined;
  closed: { code: number; reason: string } | undefined;

  constructor(options: DirectOptions) {
    this.session = options.session ?? `session-of-test-${String(++sessions).padStart(6, '0')}`;
    const protocols = options.protocols ?? ['crowdcue.v1', `token.${options.token}`, `session.${this.session}`];
    this.socket = new WebSocket(`${options.base}/live/${options.event}`, protocols as string[]) as unknown as RawSocket;
    this.socket.binaryType = 'nodebuffer';
    this.socket.on('message', (data: Buffer) => this.#received(new Uint8Array(data)));
    this.socket.on('close', (code: number, reason: Buffer) => { this.closed = { code, reason: reason.toString() }; });
    this.socket.on('error', () => undefined);
  }

  get json(): string {
    return canonical(JSON.stringify(this.decoder!.state.toJSON()));
  }

  get tick(): number {
    return this.decoder?.state.tick ?? -1;
  }

  send(frame: Uint8Array | string): void {
    this.socket.send(frame);
  }

  act(n: number, round = 1, choice = 0, value = 1): void {
    this.send(encodeAction({ n, round, choice, value }));
  }

  tier(tier: Tier): void {
    this.send(encodeTier(tier));
  }

  terminate(): void {
    this.socket.terminate();
  }

  #received(frame: Uint8Array): void {
    this.codes.push(frame[0]!);
    this.frames.push(frame);
    switch (frame[0]) {
      case FRAME.welcome: this.welcome = decodeWelcome(frame); return;
      case FRAME.joinRoom: {
        const { reflection } = decodeJoinRoom(frame);
        if (reflection.length > 0) this.decoder = decoderOf(reflection);
        return;
      }
      case FRAME.roomState: {
        if (this.decoder === undefined) return; // a resumed page would have one
        readRoomState(this.decoder, frame);
        this.states.push({ tick: this.tick, json: this.json });
        return;
      }
      case FRAME.roomStatePatch:
        this.decoder!.decode(frame, { offset: 1 });
        this.states.push({ tick: this.tick, json: this.json });
        return;
      case FRAME.confirm: this.confirmed = decodeConfirm(frame); return;
      case FRAME.refused: this.refused.push(decodeRefused(frame)); return;
      case FRAME.error: this.errors.push(decodeError(frame).message);
    }
  }
}
