/**
 * Serves viewers' messages that are not actions: a request gets its response, anything unknown a clear no. Requests wait in a line and are
 * served a few a turn of the loop, so that no tick waits for those who ask a lot; a viewer that asks too often is told so at once.
 */
import { CrowdcueError, decodeClientMessage, encodeError, DATA_TYPE, encodeRoomResponse, LIMITS, type ClientMessage } from '@crowdcue/protocol';
import { Packr, Unpackr } from 'msgpackr';
import type { CrowdCore, ViewerMessage } from './crowd-core.js';
import type { CaptionDesk } from './caption-desk.js';
import type { MessageServer } from './room-control.js';
import { FLAG } from './viewer-table.js';

const packr = new Packr({ useRecords: false });
const unpackr = new Unpackr({ useRecords: false });
const REJECTED = 1;
/** What one turn of the loop serves: claims are gathered into one transaction, anything else is some ten thousand reads a second. */
const TURN = 64;
const COST = { claim: 1, other: 8 } as const;
/** Requests in line at most: the claims of a large crowd that was unlocked at once. */
const MOST_WAITING = 65_536;
/** Event time over which a viewer's requests are counted, ms. */
const WINDOW_MS = 1_000;

interface Waiting {
  readonly row: number;
  readonly message: ClientMessage;
}

export class MessageDesk {
  #line: Waiting[] = [];
  #serving = false;
  /** Requests of the present window, by row. */
  readonly #asked = new Map<number, number>();
  #windowAt = 0;
  #captionLines: Uint8Array = new Uint8Array(0);
  #captionsAt = -1;

  constructor(
    readonly server: MessageServer,
    readonly event: string,
    readonly core: CrowdCore,
    readonly reply: (row: number, frame: Uint8Array) => void,
    readonly reports: Pick<CaptionDesk, 'report'>,
  ) {}

  serve({ row, frame }: ViewerMessage): void {
    const message = decodeClientMessage(frame);
    if (message.kind === 'data' && message.type === DATA_TYPE.captions) return this.#report(row, message);
    if (message.kind !== 'request') return this.reply(row, encodeError('message_unknown'));
    if (this.#asksTooOften(row) || this.#line.length >= MOST_WAITING) return this.#reject(row, message, new CrowdcueError('too_many_requests'));
    this.#line.push({ row, message });
    if (!this.#serving) this.#nextTurn();
  }

  #asksTooOften(row: number): boolean {
    if (Math.abs(this.core.time - this.#windowAt) >= WINDOW_MS) {
      this.#asked.clear();
      this.#windowAt = this.core.time;
    }
    const asked = (this.#asked.get(row) ?? 0) + 1;
    this.#asked.set(row, asked);
    return asked > LIMITS.viewerRequestsPerSecond;
  }

  #report(row: number, { payload }: ClientMessage): void {
    try {
      this.reports.report(this.core.viewers.columns.viewer[row]!, unpack(payload));
    } catch {
      this.reply(row, encodeError('bad_request'));
    }
  }

  /** What the room answers itself; everything else is for whoever serves viewers, and for them alone. */
  #serveOne(row: number, type: string, payload: unknown): unknown {
    const { core } = this;
    if (core.viewers.is(row, FLAG.spectator)) throw new CrowdcueError('action_spectator');
    return type === 'me' ? core.me(row) : this.server.request(this.event, core.viewers.columns.viewer[row]!, type, payload, core.viewers.tiers[row]!);
  }

  /** The lines that any viewer may still need: the same for all who ask in one tick, and after a relay has died all ask. */
  #captionsNow(): Uint8Array {
    const { tick, time, captions } = this.core;
    if (this.#captionsAt !== tick) this.#captionLines = packr.pack(captions.after(time - LIMITS.delayMs));
    this.#captionsAt = tick;
    return this.#captionLines;
  }

  #nextTurn(): void {
    this.#serving = true;
    setImmediate(() => this.#serveTurn());
  }

  #serveTurn(): void {
    let cost = 0;
    let served = 0;
    while (served < this.#line.length && cost < TURN) {
      const waiting = this.#line[served++]!;
      cost += waiting.message.type === 'claim' ? COST.claim : COST.other;
      void this.#answer(waiting);
    }
    this.#line = this.#line.slice(served);
    if (this.#line.length > 0) this.#nextTurn();
    else this.#serving = false;
  }

  async #answer({ row, message }: Waiting): Promise<void> {
    try {
      const payload = message.payload.length > 0 ? unpack(message.payload) : undefined;
      const answer = message.type === 'captions' ? this.#captionsNow() : packr.pack(await this.#serveOne(row, String(message.type), payload));
      this.reply(row, encodeRoomResponse(message.requestId, 0, answer));
    } catch (error) {
      this.#reject(row, message, error instanceof CrowdcueError ? error : new CrowdcueError('internal', undefined, { cause: error }));
    }
  }

  #reject(row: number, { requestId }: ClientMessage, refusal: CrowdcueError): void {
    this.reply(row, encodeRoomResponse(requestId, REJECTED, packr.pack(refusal.toJSON())));
  }
}

const unpack = (payload: Uint8Array): unknown => {
  try {
    return unpackr.unpack(payload);
  } catch (cause) {
    throw new CrowdcueError('bad_request', 'The payload is not msgpack.', { cause });
  }
};
