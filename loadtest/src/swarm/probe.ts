/**
 * A link of its own to the room, as a relay has one, to learn when each tick was made: the tick's event time, translated to this
 * machine's clock by four-timestamp exchanges over the same link. Viewers' frames hold the same patch bodies, so their age is the time
 * from there to the viewer. It never has viewers; it reconnects as long as it runs.
 */
import { createHmac } from 'node:crypto';
import { decodeClock, decodeGreeting, decodeTick, encodeClock, FRAME, LINK, LINK_VERSION, type LinkOptions } from '@crowdcue/protocol';
import { WireSocket } from '@crowdcue/relay/wire-socket';
import { now, sleep, wall } from '../clock.js';

export interface ProbeOptions {
  readonly origin: string;
  readonly event: string;
  /** The relays' credential. */
  readonly secret: string;
  readonly relayId?: string;
}

/** One tick with a patch, and when it was made, ms of this machine's clock. */
export interface Birth {
  readonly tick: number;
  readonly at: number;
  readonly patch: Uint8Array;
  /** Of a round in stream time. */
  readonly shifted: boolean;
}

const PROOF_SECONDS = 60;
const CLOCK_MS = 500;
const AGAIN_MS = 500;
const SEAT_MS = 5_000;

/** A seat for a link, as the origin gave it. */
export interface LinkSeat {
  readonly sessionId: string;
  readonly processId: string;
  readonly roomId: string;
  readonly publicAddress?: string;
}

/** Asks an origin for a link's seat in the room of an event. */
export const reserveLinkSeat = async ({ origin, event, secret, relayId = 'swarm-probe' }: ProbeOptions, incarnation: number): Promise<LinkSeat> => {
  const exp = Math.floor(wall() / 1000) + PROOF_SECONDS;
  const mac = createHmac('sha256', secret).update(`crowdcue-link-1|${relayId}|${incarnation}|${event}|${exp}`).digest('base64url');
  const body: LinkOptions = { crowdcueLink: { relayId, incarnation, proof: `${mac}.${exp}`, version: LINK_VERSION } };
  const response = await fetch(`${origin}/matchmake/joinById/${encodeURIComponent(event)}`, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body), signal: AbortSignal.timeout(SEAT_MS),
  });
  if (!response.ok) throw new Error(`the room gave the probe no seat: HTTP ${response.status}`);
  return (await response.json()) as LinkSeat;
};

export class Probe {
  readonly #ticks: { tick: number; eventTime: number; patch: Uint8Array; shifted: boolean }[] = [];
  #best = { rtt: Infinity, offset: 0 };
  #socket: WireSocket | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  #stopped = false;
  readonly #incarnation: number;

  private constructor(readonly options: ProbeOptions) {
    this.#incarnation = Math.round(wall());
  }

  /** Resolves when the room has greeted it. */
  static async start(options: ProbeOptions): Promise<Probe> {
    const probe = new Probe(options);
    await probe.#link();
    return probe;
  }

  /** Smallest round trip of a clock exchange, ms: the error of each birth is below half of it. */
  get rtt(): number {
    return this.#best.rtt;
  }

  births(): Birth[] {
    return this.#ticks.map(({ eventTime, ...tick }) => ({ ...tick, at: eventTime - this.#best.offset }));
  }

  stop(): void {
    this.#stopped = true;
    clearInterval(this.#timer);
    this.#socket?.close();
  }

  async #link(): Promise<void> {
    const { processId, roomId, sessionId, publicAddress } = await reserveLinkSeat(this.options, this.#incarnation);
    const base = publicAddress === undefined ? this.options.origin : `http://${publicAddress}`;
    const url = new URL(`${base.replace(/\/+$/, '')}/${processId}/${roomId}?sessionId=${sessionId}`);
    await new Promise<void>((greeted, refused) => {
      this.#socket = new WireSocket(url, {
        message: (frame) => {
          if (frame[0] === LINK.greeting) {
            decodeGreeting(frame);
            this.#timer ??= setInterval(() => this.#ask(), CLOCK_MS);
            this.#ask();
            greeted();
          } else this.#receive(frame);
        },
        close: (code, reason) => {
          refused(new Error(`the room closed the probe's link: ${code} ${reason}`));
          void this.#again();
        },
      });
    });
  }

  async #again(): Promise<void> {
    while (!this.#stopped) {
      await sleep(AGAIN_MS);
      if (await this.#link().then(() => true, () => false)) return;
    }
  }

  #ask(): void {
    this.#socket?.send(encodeClock({ sent: now() }));
  }

  #receive(frame: Uint8Array): void {
    if (frame[0] === LINK.tick) {
      const { tick, eventTime, patch, shifted } = decodeTick(frame);
      if (patch.length > 0) this.#ticks.push({ tick, eventTime, patch, shifted });
    } else if (frame[0] === FRAME.clock) {
      const { sent, received, answered } = decodeClock(frame);
      if (received === undefined || answered === undefined) return;
      const rtt = now() - sent - (answered - received);
      if (rtt < this.#best.rtt) this.#best = { rtt, offset: (received + answered - sent - now()) / 2 };
    }
  }
}
