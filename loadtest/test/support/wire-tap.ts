/** Everything that a page's WebSockets bring, with the time at which it came, read as our SDK reads it. */
import { decodeJoinRoom, FRAME, type MeView } from '@crowdcue/protocol';
import { receive, type Inbound } from '../../../client-sdk/src/inbound.js';
import { StateMirror } from '../../../client-sdk/src/state-mirror.js';

interface Came {
  /** ms of the machine's monotonic clock, which Chromium and Node share. */
  readonly at: number;
  readonly frame: Uint8Array;
}

/** The part of a CDP session that is used. */
interface Cdp {
  send(method: 'Network.enable'): Promise<unknown>;
  on(event: 'Network.webSocketFrameReceived', listener: (event: { timestamp: number; response: { opcode: number; payloadData: string } }) => void): void;
}

const BINARY = 2;

export class WireTap {
  readonly frames: Came[] = [];

  static async on(cdp: Cdp): Promise<WireTap> {
    const tap = new WireTap();
    cdp.on('Network.webSocketFrameReceived', ({ timestamp, response: { opcode, payloadData } }) => {
      if (opcode === BINARY) tap.frames.push({ at: timestamp * 1000, frame: new Uint8Array(Buffer.from(payloadData, 'base64')) });
    });
    await cdp.send('Network.enable');
    return tap;
  }

  /**
   * When a round's outcome was first there to be read, by whatever frame: which answer is right, how the crowd answered, or what the
   * viewer's own answer was worth. Also gives the standing at the end, and what came that was neither state nor standing.
   */
  outcome(round: number): { readonly at: number | undefined; readonly me: MeView | undefined; readonly others: readonly string[] } {
    const mirror = new StateMirror();
    let now = 0;
    let at: number | undefined;
    let me: MeView | undefined;
    const others: string[] = [];
    const told = (): void => void (at ??= now);
    const look = (): void => {
      const { state } = mirror;
      if (state === undefined || state.round !== round || state.phase === 'idle' || state.phase === 'armed') return;
      const outcome = [...state.numbers].some(([key, value]) => /^(right|answered|knew|share\d)$/.test(key) && value !== 0) || (state.texts.get('rightAnswer') ?? '') !== '';
      if (outcome || state.phase === 'over' || state.top.size > 0) told();
    };
    const inbound = new Proxy({
      handshake: (reflection: Uint8Array) => mirror.handshake(reflection),
      keyframe: (frame: Uint8Array, offset: number) => (mirror.keyframe(frame, offset), look()),
      patch: (frame: Uint8Array, offset: number) => (mirror.patch(frame, offset), look()),
      me: (each: MeView) => {
        me = each;
        if (each.round === round && (each.score > 0 || each.rank > 0 || each.result !== 'none')) told();
      },
      message: (type: string | number) => void others.push(String(type)),
      unlock: () => told(),
    } as Partial<Inbound>, { get: (target, name) => (target as Record<string | symbol, unknown>)[name] ?? (() => undefined) }) as Inbound;
    for (const { at: came, frame } of this.frames) {
      now = came;
      receive(inbound, frame);
    }
    return { at, me, others };
  }

  /** Whether a stranger's connection is among the frames. */
  get handshakes(): number {
    return this.frames.filter(({ frame }) => frame[0] === FRAME.joinRoom && decodeJoinRoom(frame).reflection.length > 0).length;
  }
}
