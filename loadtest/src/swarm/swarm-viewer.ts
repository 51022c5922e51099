import {
  adviceOf, CLOSE, decodeConfirm, decodeJoinRoom, decodeRefused, DEFAULT_TIER, encodeAction, encodeDelay, encodeTier, FRAME, SUBPROTOCOL, type Action, type MeView, type Tier,
} from '@crowdcue/protocol';
import { WireSocket } from '@crowdcue/relay/wire-socket';
import { unpack } from 'msgpackr/unpack';
import { now } from '../clock.js';
import { FrameHash, meOf, SeenMirror, type SeenState } from '../wire/viewer-frames.js';
import type { ViewerTally } from './messages.js';
import type { Stamps } from './stamps.js';

export interface ViewerOptions {
  readonly index: number;
  readonly event: string;
  readonly relays: readonly string[];
  readonly token: string;
  readonly tier: Tier;
  /** ms that its picture is late. */
  readonly delay: number;
  readonly localAddress: string | undefined;
  readonly decode: boolean;
  readonly stamps: Stamps | undefined;
  readonly sessionId: string;
  /** Comes up or gives up; called for every connection. */
  settled(up: boolean): void;
  /** Is down for now and wants to be dialled again after a pause. */
  lost(viewer: SwarmViewer): void;
}

const hash = new FrameHash();

/** One simulated viewer: the direct door, actions kept until settled, and what it saw. */
export class SwarmViewer {
  #socket: WireSocket | undefined;
  #mirror: SeenMirror | undefined;
  #dialledAt = 0;
  #relay: number;
  #lost: number | undefined;
  #pending: Action[] = [];
  #me: Uint8Array | undefined;
  #n = 0;
  live = false;
  /** Closed with a final code. */
  failed = false;
  joinMs: number | undefined;
  connections = 0;
  sent = 0;
  confirmed = 0;
  refused = 0;
  patches = 0;
  lastPatchAt = 0;
  #bytesBefore = 0;
  readonly refusedBy: Record<string, number> = {};
  readonly closedBy: Record<string, number> = {};
  /** When the behaviour may be asked again, and the round that it is for. */
  nextAt = 0;
  playedRound = 0;

  constructor(readonly options: ViewerOptions) {
    this.#relay = options.index;
  }

  get state(): SeenState | undefined {
    return this.#mirror?.state;
  }

  get pending(): number {
    return this.#pending.length;
  }

  get bytes(): number {
    return this.#bytesBefore + (this.#socket?.bytesIn ?? 0);
  }

  /** Actions of this viewer that the room has applied over the whole event, as it was told last. */
  get applied(): number | undefined {
    return this.#standing?.appliedTotal;
  }

  get #standing(): Pick<MeView, 'appliedTotal' | 'roundsWon'> | undefined {
    return this.#me === undefined ? undefined : (unpack(this.#me) as MeView);
  }

  json(): string | undefined {
    return this.#mirror?.state === undefined ? undefined : this.#mirror.json();
  }

  dial(): void {
    const { relays, event, token, sessionId, localAddress } = this.options;
    if (relays.length > 1 && this.#relay % relays.length === this.#lost) this.#relay++;
    const base = relays[this.#relay++ % relays.length]!.replace(/\/+$/, '');
    this.#dialledAt = now();
    const socket: WireSocket = new WireSocket(new URL(`${base}/live/${encodeURIComponent(event)}`), {
      message: (frame) => this.#receive(frame),
      close: (code, reason) => this.#closed(socket, code, reason),
    }, { protocols: [SUBPROTOCOL, `token.${token}`, `session.${sessionId}`], ...(localAddress === undefined ? {} : { localAddress }) });
    this.#socket = socket;
  }

  act(round: number, choice: number, value: number): void {
    const action: Action = { n: ++this.#n, round, choice, value };
    this.#pending.push(action);
    this.sent++;
    if (this.live) this.#socket?.send(encodeAction(action));
  }

  /** Whether the room's count is known, and everything that it did is in it or refused. */
  get settled(): boolean {
    return this.live && this.#pending.length === 0 && this.applied === this.confirmed;
  }

  tally(): ViewerTally {
    return { index: this.options.index, sent: this.sent, confirmed: this.confirmed, refused: this.refused, applied: this.applied, won: this.#standing?.roundsWon ?? 0 };
  }

  /** Ends for good. */
  stop(): void {
    this.failed = true;
    this.#socket?.close(CLOSE.consented);
  }

  /** Ends for good without a word. */
  vanish(): void {
    this.failed = true;
    this.drop();
  }

  /** Does without a relay from now on, if there is another. */
  lose(relay: number): void {
    const { relays } = this.options;
    this.#lost = relay;
    if ((this.#relay - 1 + relays.length) % relays.length === relay) this.drop();
  }

  /** Closes the socket without a word, as a lost network does. */
  drop(): void {
    this.#socket?.destroy();
  }

  #receive(frame: Uint8Array): void {
    switch (frame[0]) {
      case FRAME.roomStatePatch:
        this.patches++;
        this.lastPatchAt = now();
        this.options.stamps?.add(hash.reset().add(frame).value(), this.lastPatchAt);
        return this.#mirror?.patch(frame);
      case FRAME.confirm: return this.#confirm(decodeConfirm(frame));
      case FRAME.refused: {
        const { n, code } = decodeRefused(frame);
        return this.#refuse(n, code);
      }
      case FRAME.joinRoom: {
        if (this.options.decode) this.#mirror = new SeenMirror(decodeJoinRoom(frame).reflection);
        return undefined;
      }
      case FRAME.roomState:
        this.#mirror?.keyframe(frame);
        if (!this.live) this.#up();
        return undefined;
      case FRAME.ping: return this.#socket?.send(frame);
      default: {
        const me = meOf(frame);
        if (me !== undefined) this.#me = me.slice();
      }
    }
  }

  #up(): void {
    this.live = true;
    this.connections++;
    this.joinMs ??= now() - this.#dialledAt;
    if (this.options.delay > 0) this.#socket?.send(encodeDelay({ delay: this.options.delay, error: 0 }));
    if (this.options.tier !== DEFAULT_TIER) this.#socket?.send(encodeTier(this.options.tier));
    for (const action of this.#pending) this.#socket?.send(encodeAction(action));
    this.options.settled(true);
  }

  #confirm(n: number): void {
    const left = this.#pending.filter((action) => action.n > n);
    this.confirmed += this.#pending.length - left.length;
    this.#pending = left;
  }

  #refuse(n: number, code: string): void {
    const left = this.#pending.filter((action) => action.n !== n);
    if (left.length === this.#pending.length) return;
    this.#pending = left;
    this.refused++;
    this.refusedBy[code] = (this.refusedBy[code] ?? 0) + 1;
  }

  #closed(socket: WireSocket, code: number, reason: string): void {
    this.#bytesBefore += socket.bytesIn;
    if (socket !== this.#socket) return;
    this.#socket = undefined;
    const joining = !this.live;
    this.live = false;
    if (this.failed) return;
    const why = reason === '' ? String(code) : reason;
    this.closedBy[why] = (this.closedBy[why] ?? 0) + 1;
    this.failed = adviceOf(code) === 'stop';
    if (joining) this.options.settled(false);
    if (!this.failed) this.options.lost(this);
  }
}
