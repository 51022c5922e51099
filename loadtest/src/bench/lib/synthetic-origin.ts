/**
 * Just enough of an origin for one relay under test: it answers the relay's HTTP, greets its link, acknowledges batches and sends ticks
 * whose patch is random bytes. The relay can't tell: it never looks into a patch.
 */
import { randomBytes } from 'node:crypto';
import {
  decodeBatch, decodeClock, encodeClock, encodeGreeting, encodeKeyframe, encodeTick, FRAME, LINK, LINK_VERSION,
} from '@crowdcue/protocol';
import uWS from 'uWebSockets.js';
import { now } from '../../clock.js';
import { metronome } from './metronome.js';

const LINK_PAYLOAD_BYTES = 1024 * 1024;

export interface SyntheticOriginOptions {
  readonly event: string;
  /** Base64url; tokens of viewers are signed with it. */
  readonly doorKey: string;
  readonly tickMs: number;
}

type Link = uWS.WebSocket<unknown>;

export class SyntheticOrigin {
  #link: Link | undefined;
  #acked = 0;
  #tick = 1;
  #still: (() => void) | undefined;
  #payload = 0;
  readonly #app: uWS.TemplatedApp;
  #listening: uWS.us_listen_socket | false = false;
  url = '';

  constructor(readonly options: SyntheticOriginOptions) {
    const { event, doorKey } = options;
    const json = (answer: () => unknown) => (response: uWS.HttpResponse): void => {
      response.onAborted(() => {});
      response.writeHeader('content-type', 'application/json').end(JSON.stringify(answer()));
    };
    this.#app = uWS.App()
      .post('/api/relays', json(() => ({})))
      .get('/api/relays/events/:id', json(() => ({ event, roomId: event, doorKey, origin: this.url })))
      .post('/matchmake/joinById/:id', json(() => ({ name: 'crowd', sessionId: 'link', roomId: event, processId: 'synthetic' })))
      .ws('/*', {
        maxPayloadLength: LINK_PAYLOAD_BYTES, idleTimeout: 0, compression: uWS.DISABLED,
        open: (link) => this.#greet(link),
        message: (link, message) => this.#receive(link, new Uint8Array(message)),
        close: (link) => {
          if (this.#link === link) this.#link = undefined;
        },
      });
  }

  listen(): Promise<void> {
    return new Promise((listening, failed) => {
      this.#app.listen('127.0.0.1', 0, (socket) => {
        if (socket === false) return failed(new Error('the synthetic origin cannot listen'));
        this.#listening = socket;
        this.url = `http://127.0.0.1:${uWS.us_socket_local_port(socket)}`;
        return listening();
      });
    });
  }

  /** From now on ticks carry a patch of so many random bytes; 0 makes them empty. */
  patches(bytes: number): void {
    this.#payload = bytes;
  }

  stop(): void {
    this.#still?.();
    if (this.#listening !== false) uWS.us_listen_socket_close(this.#listening);
    this.#link?.end(1000);
  }

  #greet(link: Link): void {
    this.#link = link;
    const { tickMs } = this.options;
    link.send(encodeGreeting({ epoch: 1, acked: this.#acked, eventTime: now(), tickMs, reflection: randomBytes(64), version: LINK_VERSION }), true);
    link.send(encodeKeyframe({ epoch: 1, tick: this.#tick, eventTime: now(), body: randomBytes(256) }), true);
    this.#still ??= metronome(tickMs, () => this.#send());
  }

  #send(): void {
    const patch = this.#payload > 0 ? randomBytes(this.#payload) : new Uint8Array();
    const frame = encodeTick({
      epoch: 1, tick: ++this.#tick, eventTime: now(), acked: this.#acked, mark: false, shifted: false, patch,
      confirms: [], refusals: [], privates: [], directs: [], broadcasts: [], kicks: [],
    });
    this.#link?.send(frame, true);
  }

  #receive(link: Link, frame: Uint8Array): void {
    if (frame[0] === LINK.batch) this.#acked = decodeBatch(frame).n;
    else if (frame[0] === FRAME.clock) link.send(encodeClock({ sent: decodeClock(frame).sent, received: now(), answered: now() }), true);
    else if (frame[0] === LINK.keyframeRequest) link.send(encodeKeyframe({ epoch: 1, tick: this.#tick, eventTime: now(), body: randomBytes(256) }), true);
  }
}
