/** One viewer by the direct door, as the SDK is one: it keeps what it did until that is settled, and counts what it saw. */
import './platform.ts';
import http from 'k6/http';
import { Counter, Trend } from 'k6/metrics';
import { WebSocket as K6WebSocket } from 'k6/websockets';
import { adviceOf, decodeConfirm, decodeRefused, encodeAction, FRAME, SUBPROTOCOL, type Action } from '../../protocol/dist/index.js';
import { SETTINGS } from './settings.ts';

/** The published types know neither subprotocols nor what a close carries. */
interface Socket {
  binaryType: 'arraybuffer';
  onmessage: (message: { readonly data: ArrayBuffer }) => void;
  onclose: (event: { readonly code?: number }) => void;
  onerror: () => void;
  send(frame: ArrayBuffer): void;
  close(code: number): void;
}
const WebSocket = K6WebSocket as unknown as new (url: string, protocols: readonly string[]) => Socket;

export const METRICS = {
  joinMs: new Trend('crowdcue_join_ms', true),
  joined: new Counter('crowdcue_joined'),
  joinFailed: new Counter('crowdcue_join_failed'),
  patches: new Counter('crowdcue_patches'),
  sent: new Counter('crowdcue_actions_sent'),
  confirmed: new Counter('crowdcue_actions_confirmed'),
  refused: new Counter('crowdcue_actions_refused'),
  /** Neither confirmed nor refused when the run ended. */
  lost: new Counter('crowdcue_actions_lost'),
  closed: new Counter('crowdcue_closed'),
};

/** Tries of a join; a busy origin says so, and a crowd waits. */
const TRIES = 40;
const PAUSE_MS = 250;

interface JoinAnswer {
  readonly token: string;
  readonly viewer: number;
  readonly event: { readonly id: string };
  readonly relays: readonly string[];
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(() => resolve(), ms));

/** A token, and where to go with it. */
const join = async (): Promise<JoinAnswer> => {
  for (let tries = 1; ; tries++) {
    const response = await http.asyncRequest('POST', `${SETTINGS.origin}/api/join`, JSON.stringify({ event: SETTINGS.event }), { headers: { 'content-type': 'application/json' } });
    if (response.status === 200) return response.json() as unknown as JoinAnswer;
    const worthAnotherTry = response.status === 429 || response.status >= 500 || response.status === 0;
    if (!worthAnotherTry || tries === TRIES) throw new Error(`join answered ${response.status}`);
    await pause(PAUSE_MS * (1 + Math.random() * tries));
  }
};

/** 128 random bits in base64url, as the SDK makes session ids. */
const sessionId = (): string => {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
};

export class Viewer {
  #socket: Socket | undefined;
  #pending: Action[] = [];
  #n = 0;
  #dials = 0;
  #ended = false;
  #live = false;
  readonly #session = sessionId();

  /** Gets a token and dials; what fails is counted, and nothing is thrown. */
  async start(): Promise<void> {
    try {
      const answer = await join();
      this.#dial(answer);
    } catch (error) {
      console.error(String(error));
      METRICS.joinFailed.add(1);
    }
  }

  get live(): boolean {
    return this.#live;
  }

  act(round: number, choice: number): void {
    const action: Action = { n: ++this.#n, round, choice, value: 1 };
    this.#pending.push(action);
    METRICS.sent.add(1);
    if (this.#live) this.#send(encodeAction(action));
  }

  /** Leaves; what is not settled by now counts as lost. */
  end(): void {
    this.#ended = true;
    if (this.#pending.length > 0) METRICS.lost.add(this.#pending.length);
    this.#socket?.close(4000);
  }

  #send(frame: Uint8Array): void {
    this.#socket?.send(frame.slice().buffer as ArrayBuffer);
  }

  #dial(answer: JoinAnswer): void {
    const base = answer.relays[(answer.viewer + this.#dials++) % answer.relays.length];
    if (base === undefined) throw new Error('the origin names no relay');
    const began = Date.now();
    const socket = new WebSocket(`${base}/live/${answer.event.id}`, [SUBPROTOCOL, `token.${answer.token}`, `session.${this.#session}`]);
    this.#socket = socket;
    socket.binaryType = 'arraybuffer';
    socket.onmessage = ({ data }) => this.#receive(new Uint8Array(data), began);
    socket.onclose = (event) => this.#closed(answer, event.code ?? 1006);
    socket.onerror = () => undefined; // a close follows
  }

  #receive(frame: Uint8Array, began: number): void {
    switch (frame[0]) {
      case FRAME.roomState:
        if (this.#live) return;
        this.#live = true;
        METRICS.joinMs.add(Date.now() - began);
        METRICS.joined.add(1);
        for (const action of this.#pending) this.#send(encodeAction(action));
        return;
      case FRAME.roomStatePatch:
        METRICS.patches.add(1);
        return;
      case FRAME.confirm: {
        const n = decodeConfirm(frame);
        const left = this.#pending.filter((action) => action.n > n);
        METRICS.confirmed.add(this.#pending.length - left.length);
        this.#pending = left;
        return;
      }
      case FRAME.refused: {
        const { n, code } = decodeRefused(frame);
        const left = this.#pending.filter((action) => action.n !== n);
        METRICS.refused.add(this.#pending.length - left.length, { code });
        this.#pending = left;
        return;
      }
      case FRAME.ping:
        this.#send(frame);
    }
  }

  #closed(answer: JoinAnswer, code: number): void {
    const wasLive = this.#live;
    this.#live = false;
    if (this.#ended) return;
    METRICS.closed.add(1, { code: String(code) });
    if (adviceOf(code) === 'stop') {
      if (!wasLive) METRICS.joinFailed.add(1);
      return;
    }
    setTimeout(() => {
      if (!this.#ended) this.#dial(answer);
    }, 500 * (1 + 2 * Math.random()));
  }
}
