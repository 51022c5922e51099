/** A relay's link by hand: the frames that came, and how it ended. */
import { decodeGreeting, decodeKeyframe, decodeTick, LINK, type Greeting, type Keyframe, type TickFrame } from '@crowdcue/protocol';
import { WebSocket } from 'ws';

export class HandLink {
  greeting: Greeting | undefined;
  readonly frames: ({ kind: 'keyframe'; frame: Keyframe } | { kind: 'tick'; frame: TickFrame })[] = [];
  closed: { code: number; reason: string } | undefined;
  readonly #waiters = new Set<() => void>();

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => {
      const bytes = new Uint8Array(data);
      if (bytes[0] === LINK.greeting) this.greeting = decodeGreeting(bytes);
      else if (bytes[0] === LINK.keyframe) this.frames.push({ kind: 'keyframe', frame: decodeKeyframe(bytes) });
      else if (bytes[0] === LINK.tick) this.frames.push({ kind: 'tick', frame: decodeTick(bytes) });
      this.#wake();
    });
    socket.on('close', (code, reason) => {
      this.closed = { code, reason: String(reason) };
      this.#wake();
    });
    socket.on('error', () => undefined); // a close follows
  }

  static async open(http: string, roomId: string, claim: { relayId: string; incarnation: number; proof: string; version?: number }): Promise<HandLink> {
    const answer = await fetch(`${http}/matchmake/joinById/${roomId}`, {
      method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ crowdcueLink: claim }),
    });
    const seat = await answer.json() as { processId: string; roomId: string; sessionId: string };
    const link = new HandLink(new WebSocket(`${http.replace('http', 'ws')}/${seat.processId}/${seat.roomId}?sessionId=${seat.sessionId}`));
    await link.until(() => link.socket.readyState !== WebSocket.CONNECTING);
    return link;
  }

  get ticks(): TickFrame[] {
    return this.frames.flatMap((each) => (each.kind === 'tick' ? [each.frame] : []));
  }

  /** Resolves when `condition` holds, looked at after everything that comes; rejects after five seconds. */
  until(condition: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const deadline = setTimeout(() => {
        this.#waiters.delete(look);
        reject(new Error('the link did not come to what was waited for'));
      }, 5_000);
      const look = () => {
        if (!condition()) return;
        clearTimeout(deadline);
        this.#waiters.delete(look);
        resolve();
      };
      this.#waiters.add(look);
      this.socket.once('open', look);
      look();
    });
  }

  #wake(): void {
    for (const waiter of [...this.#waiters]) waiter();
  }
}
