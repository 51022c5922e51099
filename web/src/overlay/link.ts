/**
 * The overlay's way to its event: a session of the SDK that only watches. Life: starting → live ⇄ still → refused, which is final.
 * While it is `still` (no connection, or the room on hold) everything stays as it was; it comes back by itself.
 */
import { connect, CrowdcueError, forget, readJson, safeStorage, type Session } from '@crowdcue/client';
import { flashTimes, type FallbackView, type NewsView, type OverlayAnswer } from '@crowdcue/protocol';
import { now } from '../shared/clock.js';
import { siteOrigin } from '../shared/site.js';

/** ms between two questions whether the host has changed what is shown between rounds. */
const REFRESH_MS = 30_000;
/** ms before a session that ended is begun anew. */
const AGAIN_MS = 3_000;
/** Ends that no later try mends. */
const FINAL: ReadonlySet<string> = new Set(['key_forbidden', 'event_unknown', 'event_ended', 'viewer_banned', 'bad_request']);

export interface LinkEvents {
  changed(): void;
  news(news: NewsView): void;
  /** Event times of the flashes of the present series; none when it was ended. */
  flashes(times: readonly number[]): void;
}

export class OverlayLink {
  session: Session | undefined;
  answer: OverlayAnswer | undefined;
  /** The code that ended it for good. */
  refused: string | undefined;
  readonly #origin = siteOrigin();
  readonly #slot: string;
  /** Outlives a reload of this source, and no more: two sources are two overlays. */
  readonly #storage = safeStorage(undefined, 'sessionStorage');
  #flashFrom = 0;

  constructor(private readonly event: string, private readonly key: string, private readonly events: LinkEvents) {
    this.#slot = `crowdcue.overlay.${event}`;
  }

  /** No relay is in reach. */
  get gone(): boolean {
    return this.session?.status !== 'live';
  }

  /** Whether what is shown may be old. */
  get still(): boolean {
    return this.gone || this.session?.hold === true;
  }

  start(): void {
    this.#take(readJson(this.#storage, this.#slot));
    setInterval(() => void this.#ask(this.answer?.token).catch(() => undefined), REFRESH_MS);
    void this.#open();
  }

  /** Tells how often a sponsor was shown by now; resolves with how often that counts. */
  async showing(sponsor: string, shown: number): Promise<number> {
    const answer = await this.#post('showings', { token: this.answer?.token ?? '', sponsor, shown });
    if (!answer.ok) throw new CrowdcueError('unavailable');
    return ((await answer.json()) as { shown: number }).shown;
  }

  async #open(): Promise<void> {
    try {
      const session = await connect({ origin: this.#origin, event: this.event, tier: 'focus', fetch: this.#fetch, storage: this.#storage });
      this.#follow(session);
    } catch (error) {
      this.#ended(error instanceof CrowdcueError ? error.code : 'internal');
    }
  }

  #follow(session: Session): void {
    this.session = session;
    const { events } = this;
    for (const type of ['state', 'hold', 'connected', 'reconnecting'] as const) session.on(type, () => events.changed());
    session.onMessage('__news', (news) => events.news(news as NewsView));
    session.onMessage('__fallback', (view) => {
      const { fallback: _, ...answer } = this.answer ?? {};
      this.#take(view === null ? answer : { ...answer, fallback: view as FallbackView });
    });
    session.on('state', ({ flashFrom = 0 }) => this.#flashesFrom(flashFrom));
    this.#flashesFrom(session.state?.flashFrom ?? 0);
    session.on('closed', ({ reason }) => this.#ended(reason));
    events.changed();
  }

  #flashesFrom(from: number): void {
    if (from === this.#flashFrom) return;
    this.#flashFrom = from;
    this.events.flashes(flashTimes(from));
  }

  #ended(reason: string): void {
    if (FINAL.has(reason)) {
      this.refused = reason;
      this.session = undefined; // nothing of the event is shown any more
    } else {
      if (reason === 'taken_over') forget({ origin: this.#origin, event: this.event, storage: this.#storage }); // a copy of this page has our number: each needs its own
      setTimeout(() => void this.#open(), AGAIN_MS);
    }
    this.events.changed();
  }

  /** The SDK joins as a viewer; an overlay comes with its key instead, and is told more. */
  readonly #fetch: typeof fetch = (input, init) => {
    const url = String(input);
    if (!url.endsWith('/api/join')) return fetch(input, init);
    return this.#ask(/^Bearer (.+)$/.exec(new Headers(init?.headers).get('authorization') ?? '')?.[1], init?.signal ?? undefined);
  };

  async #ask(token: string | undefined, signal?: AbortSignal): Promise<Response> {
    const answer = await this.#post('session', token === undefined ? {} : { token }, signal);
    if (answer.ok) this.#take(await answer.clone().json());
    return answer;
  }

  #take(answer: unknown): void {
    if (typeof (answer as Partial<OverlayAnswer> | undefined)?.joinUrl !== 'string') return;
    this.answer = answer as OverlayAnswer;
    this.#storage.setItem(this.#slot, JSON.stringify(answer));
    this.events.changed();
  }

  #post(route: string, body: object, signal?: AbortSignal): Promise<Response> {
    return fetch(`${this.#origin}/api/events/${encodeURIComponent(this.event)}/overlay/${route}`, {
      method: 'POST', headers: { authorization: `Bearer ${this.key}`, 'content-type': 'application/json' }, body: JSON.stringify(body), ...(signal === undefined ? {} : { signal }),
    });
  }

  /** Event time now, ms; that of this page's own clock while there is none, so that what waits goes on waiting. */
  eventTime(): number {
    return this.session?.eventTime() ?? now();
  }
}
