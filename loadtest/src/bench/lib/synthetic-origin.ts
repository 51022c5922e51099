/**
 * Just enough of an origin for one relay under test: it answers the relay's HTTP, greets its link, acknowledges batches and sends ticks
 * of a real schema state. The relay can't tell: it never looks into a patch.
 */
import {
  decodeBatch, decodeClock, encodeClock, encodeGreeting, encodeKeyframe, encodeTick, FRAME, LINK, LINK_VERSION,
} from '@crowdcue/protocol';
import uWS from 'uWebSockets.js';
import { now } from '../../clock.js';
import { beatJson, EncodedBeat } from './beat-state.js';
import { metronome } from './metronome.js';

const LINK_PAYLOAD_BYTES = 1024 * 1024;
const NOTHING = new Uint8Array();

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
  #publishing = false;
  #mark = false;
  readonly #encoded = new EncodedBeat();
  readonly #app: uWS.TemplatedApp;
  #listening: uWS.us_listen_socket | false = false;
  /** Viewers that came, and that went, by the batches of the relay. */
  joined = 0;
  left = 0;
  /** Actions in them. */
  actions = 0;
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

  /** From now on each tick changes the state, or none does. */
  publish(on: boolean): void {
    this.#publishing = on;
  }

  /** The next tick opens a window, from which on viewers' actions carry the time that they took. */
  mark(): void {
    this.#mark = true;
  }

  #takeMark(): boolean {
    const mark = this.#mark;
    this.#mark = false;
    return mark;
  }

  /** What every viewer must show now. */
  truth(): { seq: number; json: string } {
    const { beat } = this.#encoded;
    return { seq: beat.seq, json: beatJson(beat.state) };
  }

  get reflection(): Uint8Array {
    return this.#encoded.reflection;
  }

  stop(): void {
    this.#still?.();
    if (this.#listening !== false) uWS.us_listen_socket_close(this.#listening);
    this.#link?.end(1000);
  }

  #greet(link: Link): void {
    this.#link = link;
    const { tickMs } = this.options;
    link.send(encodeGreeting({ epoch: 1, acked: this.#acked, eventTime: now(), tickMs, reflection: this.reflection, version: LINK_VERSION }), true);
    this.#sendKeyframe(link);
    this.#still ??= metronome(tickMs, () => this.#send());
  }

  #sendKeyframe(link: Link): void {
    link.send(encodeKeyframe({ epoch: 1, tick: this.#tick, eventTime: now(), body: this.#encoded.keyframe() }), true);
  }

  #send(): void {
    const patch = this.#publishing ? this.#encoded.patch() : NOTHING;
    const frame = encodeTick({
      epoch: 1, tick: ++this.#tick, eventTime: now(), acked: this.#acked, mark: this.#takeMark(), shifted: false, patch,
      confirms: [], refusals: [], privates: [], directs: [], broadcasts: [], kicks: [],
    });
    this.#link?.send(frame, true);
  }

  #receive(link: Link, frame: Uint8Array): void {
    if (frame[0] === LINK.batch) {
      const batch = decodeBatch(frame);
      this.#acked = batch.n;
      this.joined += batch.joins.length;
      this.left += batch.leaves.length;
      this.actions += batch.actions.length;
    } else if (frame[0] === FRAME.clock) link.send(encodeClock({ sent: decodeClock(frame).sent, received: now(), answered: now() }), true);
    else if (frame[0] === LINK.keyframeRequest) this.#sendKeyframe(link);
  }
}
