import { encodeClientMessage, FRAME, SUBPROTOCOL } from '@crowdcue/protocol';
import { WireSocket } from '@crowdcue/relay/wire-socket';

/** A viewer that asks and asks, and from its first state on never reads an answer. */
export class SlowReader {
  readonly #socket: WireSocket;
  #n = 0;
  in = false;
  ending: { readonly code: number; readonly reason: string } | undefined;

  constructor(relay: string, event: string, token: string, session: string) {
    this.#socket = new WireSocket(new URL(`${relay}/live/${event}`), {
      message: (frame) => {
        if (frame[0] !== FRAME.roomState || this.in) return;
        this.in = true;
        this.#socket.pause();
      },
      close: (code, reason) => { this.ending = { code, reason }; },
    }, { protocols: [SUBPROTOCOL, `token.${token}`, `session.${session}`] });
  }

  /** Asks for the drops: the longest answer that there is. */
  ask(): void {
    this.#socket.send(encodeClientMessage({ kind: 'request', requestId: ++this.#n, type: 'drops', payload: new Uint8Array(0) }));
  }

  readAgain(): void {
    this.#socket.resume();
  }

  destroy(): void {
    this.#socket.destroy();
  }
}
