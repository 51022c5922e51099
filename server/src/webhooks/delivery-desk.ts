/** What a host asks of deliveries: where each book stands, what was parked, and to send it again or forget it. */
import { CrowdcueError } from '@crowdcue/protocol';
import type { Clock } from '../clock.js';
import type { BookStatus, Outbox } from '../outbox/index.js';
import type { RandomSource } from '../identity/index.js';
import type { EndpointDesk, EndpointRecord } from './endpoint-desk.js';
import { entitlementOf, messageId, pingBody, typeOf } from './messages.js';
import type { Poster } from './post.js';
import type { EndpointHealth } from './pump.js';
import { signedHeaders } from './signature.js';

/** Dead letters that one call looks at. */
const PAGE = 100;

export interface BookView extends BookStatus {
  readonly event: string;
}

export interface DeadLetterView {
  /** the message's id */
  readonly id: string;
  readonly event: string;
  readonly type: string;
  /** the entitlement */
  readonly subject?: string;
  readonly drop?: string;
  readonly viewer?: number;
  /** ms since 1970: of the entry, and of the parking */
  readonly at: number;
  readonly parkedAt: number;
  readonly tries: number;
  readonly error: string;
}

export interface PingAnswer {
  readonly delivered: boolean;
  readonly status?: number;
  readonly error?: string;
  /** ms that the try took */
  readonly took: number;
}

export interface DeliveryDeskOptions {
  readonly endpoints: EndpointDesk;
  readonly outbox: Outbox;
  readonly poster: Poster;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly source: () => string;
  /** There is something to send. */
  nudge(event: string): void;
  /** As this origin has seen it. */
  health(endpoint: string): EndpointHealth;
}

const split = (id: string): [event: string, seq: number] => {
  const at = id.lastIndexOf(':');
  return [id.slice(0, at), Number(id.slice(at + 1))];
};

export class DeliveryDesk {
  constructor(private readonly options: DeliveryDeskOptions) {}

  /** Throws `webhook_unknown`. */
  async books(workspace: string, id: string): Promise<BookView[]> {
    const { endpoints, outbox } = this.options;
    const views: BookView[] = [];
    for (const event of endpoints.eventsOf(endpoints.get(workspace, id))) views.push({ event, ...(await outbox.status({ event, endpoint: id })) });
    return views;
  }

  /** Throws `webhook_unknown`. */
  health(workspace: string, id: string): EndpointHealth {
    return this.options.health(this.options.endpoints.get(workspace, id).id);
  }

  /** Of one event or of all; `after`: the id that the page before ended with. Throws `webhook_unknown`. */
  async dead(workspace: string, id: string, event: string | undefined, after: string | undefined): Promise<{ readonly letters: DeadLetterView[]; readonly next?: string }> {
    const { endpoints, outbox } = this.options;
    const events = this.#events(endpoints.get(workspace, id), event);
    const [lastEvent, lastSeq] = after === undefined ? [events[0], -1] : split(after);
    const letters: DeadLetterView[] = [];
    for (const each of events.slice(Math.max(0, events.indexOf(lastEvent ?? '')))) {
      const found = await outbox.dead({ event: each, endpoint: id }, each === lastEvent ? lastSeq + 1 : 0, PAGE - letters.length);
      for (const { entry, attempts, error, parkedAt } of found) {
        const subject = entitlementOf(entry);
        letters.push({
          id: messageId(entry), event: each, type: typeOf(entry), ...(subject === undefined ? {} : { subject }), ...(entry.drop === undefined ? {} : { drop: entry.drop }),
          ...(entry.viewer === undefined ? {} : { viewer: entry.viewer }), at: entry.at, parkedAt, tries: attempts, error,
        });
      }
      if (letters.length >= PAGE) return { letters, next: letters.at(-1)!.id };
    }
    return { letters };
  }

  /** Sends dead letters again: those of `ids`, or all (of one event). Answers how many. Throws `webhook_unknown`. */
  async replay(workspace: string, id: string, ids: readonly string[] | undefined, event: string | undefined): Promise<number> {
    const { endpoints, outbox, clock } = this.options;
    const events = this.#events(endpoints.get(workspace, id), event);
    if (ids !== undefined) return this.#each(ids, events, (each, seq) => outbox.replay({ event: each, endpoint: id }, seq, clock.now()));
    let replayed = 0;
    for (const each of events) {
      for (let from = 0, page = PAGE; page === PAGE; ) {
        const found = await outbox.dead({ event: each, endpoint: id }, from, PAGE);
        replayed += await this.#each(found.map(({ entry }) => messageId(entry)), events, (of, seq) => outbox.replay({ event: of, endpoint: id }, seq, clock.now()));
        page = found.length;
        from = (found.at(-1)?.seq ?? 0) + 1; // what fails again meanwhile is not replayed twice
      }
    }
    return replayed;
  }

  /** Forgets dead letters. Answers how many there were. Throws `webhook_unknown`. */
  discard(workspace: string, id: string, ids: readonly string[]): Promise<number> {
    const { endpoints, outbox } = this.options;
    const events = endpoints.eventsOf(endpoints.get(workspace, id));
    return this.#each(ids, events, (event, seq) => outbox.discard({ event, endpoint: id }, seq));
  }

  /** Sends a message of no consequence at once, and says how that went. Throws `webhook_unknown`. */
  async ping(workspace: string, id: string): Promise<PingAnswer> {
    const { endpoints, poster, clock, random, source } = this.options;
    const endpoint = endpoints.get(workspace, id);
    const message = `ping_${random.bytes(12).toString('base64url')}`;
    const body = pingBody(message, source(), clock.now(), id);
    const began = clock.monotonic();
    const outcome = await poster.post({ url: endpoint.url, body, headers: signedHeaders(endpoints.secretsOf(endpoint), message, clock.now(), body) });
    const took = Math.round(clock.monotonic() - began);
    if (outcome.result === 'aborted') throw new CrowdcueError('unavailable');
    const { result, status } = { status: undefined, ...outcome };
    return { delivered: result === 'delivered', ...(status === undefined ? {} : { status }), ...('error' in outcome ? { error: outcome.error } : {}), took };
  }

  #events(endpoint: EndpointRecord, event: string | undefined): readonly string[] {
    const events = this.options.endpoints.eventsOf(endpoint);
    return event === undefined ? [...events].sort() : events.filter((each) => each === event);
  }

  async #each(ids: readonly string[], events: readonly string[], work: (event: string, seq: number) => Promise<boolean>): Promise<number> {
    let done = 0;
    const touched = new Set<string>();
    for (const id of ids) {
      const [event, seq] = split(id);
      if (!events.includes(event) || !(await work(event, seq))) continue;
      done += 1;
      touched.add(event);
    }
    for (const event of touched) this.options.nudge(event);
    return done;
  }
}
