import { encodeTier, FRAME, SUBPROTOCOL } from '@crowdcue/protocol';
import { now, sleep } from '../../clock.js';
import { LeanSocket } from '../../wire/lean-socket.js';

const WIDTH = 64;
const JOIN_MS = 60_000;

/** Connections that count what is delivered to them. */
export class Load {
  /** Frames of `frameCode`, or all where there is none. */
  delivered = 0;
  #open = 0;
  readonly #sockets: LeanSocket[] = [];

  constructor(readonly frameCode: number | undefined) {}

  /** Opens `count` connections, a few at a time. `ready` says which frame makes one count as in. */
  async connect(count: number, address: (i: number) => { url: URL; protocols: readonly string[] }, readyCode: number | undefined): Promise<void> {
    const end = now() + JOIN_MS;
    let lost: string | undefined;
    for (let i = 0; i < count || this.#open < count; ) {
      if (lost !== undefined) throw new Error(`a connection was lost: ${lost}`);
      if (now() > end) throw new Error(`only ${this.#open} of ${count} connections came up`);
      if (i < count && i - this.#open < WIDTH) {
        const { url, protocols } = address(i++);
        const socket: LeanSocket = new LeanSocket(url, protocols, {
          open: () => {
            if (readyCode === undefined) this.#open++;
          },
          message: (frame) => {
            if (frame[0] === this.frameCode || this.frameCode === undefined) this.delivered++;
            else if (frame[0] === readyCode) {
              this.#open++;
              socket.send(encodeTier(0)); // 20 a second
            } else if (frame[0] === FRAME.ping) socket.send(frame);
          },
          close: (code, reason) => (lost ??= `${code} ${reason}`),
        });
        this.#sockets.push(socket);
      } else await sleep(2);
    }
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}

/** How a viewer knocks at a relay's direct door. */
export const viewerAddress = (relay: string, event: string, token: string, i: number): { url: URL; protocols: readonly string[] } => ({
  url: new URL(`${relay}/live/${event}`), protocols: [SUBPROTOCOL, `token.${token}`, `session.bench${String(i).padStart(16, '0')}`],
});
