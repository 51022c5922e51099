import { encodeTier, FRAME, SUBPROTOCOL } from '@crowdcue/protocol';
import { now, sleep } from '../../clock.js';
import { CountingSocket, type Tally } from './counting-socket.js';

/** Connections that are on their way in at once. */
const WIDTH = 64;
const JOIN_MS = 60_000;
/** Bytes before the payload of a small frame. */
const HEAD_BYTES = 2;

/** Connections to one server that count what is delivered to them. */
export class Load {
  readonly #tally: Tally;
  readonly #sockets: CountingSocket[] = [];
  #in = 0;
  #lost: string | undefined;

  /** `payloadBytes` (below 126) is what one delivery carries; `viewers` says whether this is a crowd at a relay or bare connections. */
  constructor(payloadBytes: number, private readonly viewers: boolean) {
    this.#tally = { frameBytes: HEAD_BYTES + payloadBytes, count: 0 };
  }

  get delivered(): number {
    if (this.#lost !== undefined) throw new Error(`a connection was lost: ${this.#lost}`);
    return this.#tally.count;
  }

  /** Opens connections until there are `count`, a few at a time. */
  async connect(count: number, address: (i: number) => { url: URL; protocols: readonly string[] }): Promise<void> {
    const end = now() + JOIN_MS;
    while (this.#in < count) {
      if (this.#lost !== undefined) throw new Error(`a connection was lost: ${this.#lost}`);
      if (now() > end) throw new Error(`only ${this.#in} of ${count} connections came up`);
      while (this.#sockets.length < count && this.#sockets.length - this.#in < WIDTH) this.#add(address(this.#sockets.length));
      await sleep(2);
    }
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #add({ url, protocols }: { url: URL; protocols: readonly string[] }): void {
    this.#sockets.push(new CountingSocket(url, protocols, this.#tally, {
      open: () => {
        if (!this.viewers) this.#in++;
      },
      other: (payload, socket) => {
        if (!this.viewers || payload[0] !== FRAME.roomState) return;
        this.#in++;
        socket.send(encodeTier(0)); // 20 a second
      },
      lost: (why) => (this.#lost ??= why),
    }));
  }
}

/** How a viewer knocks at a relay's direct door. */
export const viewerAddress = (relay: string, event: string, token: string, i: number): { url: URL; protocols: readonly string[] } => ({
  url: new URL(`${relay}/live/${event}`), protocols: [SUBPROTOCOL, `token.${token}`, `session.bench${String(i).padStart(16, '0')}`],
});
