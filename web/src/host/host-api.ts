/** The host's side of the origin's HTTP API (docs/architecture.md), one method a route. */
import type { AuditView, EventOverview, EventView, GameView, HostPersonView, HostViewer, MemberView, TemplateView } from '@crowdcue/protocol';
import { asApiError, request, requestFile, type ApiRequest } from '../shared/api.js';
import { siteUrl } from '../shared/site.js';

/** A traded host link. */
export interface HostSession {
  readonly session: string;
  /** Seconds since 1970. */
  readonly expiresAt: number;
}

/** A drop to be made. */
export interface DropDraft {
  readonly name: string;
  readonly kind: 'badge' | 'code' | 'link' | 'host';
  /** -1: unlimited. A drop has this or `variants`; of kind `code` neither, or the variants' names. */
  readonly supply?: number;
  readonly variants?: Readonly<Record<string, number | null>> | readonly string[];
  /** Id of the achievement that unlocks it. */
  readonly unlockedBy: string;
  /** ms since 1970. */
  readonly opensAt?: number;
  readonly closesAt?: number;
  readonly early?: Readonly<Record<string, number | null>>;
  readonly eligible?: { readonly tiers?: readonly string[]; readonly countries?: readonly string[]; readonly minAge?: number } | undefined;
  readonly allocation?: 'fair-window' | 'lottery';
  readonly proof?: 'email' | 'twitch' | 'any';
  readonly checkout?: string;
  readonly reserveMinutes?: number;
  readonly entitlementHours?: number;
  readonly restock?: 'burn';
  readonly restockPolicy?: string;
  readonly refundPolicy?: string;
  readonly rules?: string;
  readonly sponsor?: string;
  /** Party to basis points. */
  readonly split?: Readonly<Record<string, number>>;
  readonly test?: true;
}

export interface EventDraft {
  readonly name: string;
  readonly accent: string;
  /** By how much a picture may be late and still be scored, ms. */
  readonly maxDelay: number;
  readonly drops: readonly DropDraft[];
  readonly template?: string;
  readonly zone?: string;
  /** Local time of the zone. */
  readonly startsAt?: string;
  readonly weeks?: number;
  readonly auto?: boolean;
}

export interface CueDraft {
  readonly game: string;
  readonly params: Readonly<Record<string, number | string>>;
  readonly inMs: number;
  readonly durationMs: number;
}

/** What the host found out of the packager's clock: by how much it is ahead of the origin's, and how well that is known, ms. */
export interface PackagerDraft {
  readonly offsetMs: number;
  readonly errorMs: number;
}

/** What a cue answers: times are event time, ms. */
export interface CueAnswer {
  readonly round: number;
  readonly startsAt: number;
  readonly endsAt: number;
}

/** What opens the overlay, and what captions are posted with. */
export interface EventKeys {
  readonly overlayUrl: string;
  readonly captionKey: string;
  readonly captionUrl: string;
}

export type KeyKind = 'overlay' | 'captions';

/** A name for one press; not `randomUUID`, which pages without TLS lack. */
const pressKey = (): string => [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, '0')).join('');

const eventPath = (id: string, rest = ''): string => `api/events/${encodeURIComponent(id)}${rest}`;

export class HostApi {
  constructor(private readonly session: string) {}

  /** Trades the key of a one-time link; it works once. */
  static trade(key: string): Promise<HostSession> {
    return request(siteUrl('api/host/session'), { method: 'POST', body: { key } });
  }

  static qrUrl(id: string): string {
    return siteUrl(eventPath(id, '/qr.svg'));
  }

  /** What has no method of its own: panels that are loaded when they are opened bring theirs (`setup-api.ts`). */
  ask<T>(path: string, options: ApiRequest = {}): Promise<T> {
    return this.#ask(path, options);
  }

  #ask<T>(path: string, options: ApiRequest = {}): Promise<T> {
    return request(siteUrl(path), { ...options, bearer: this.session });
  }

  /** A command that must not count twice: when no answer comes it is sent once more, as the same press. */
  async #once<T>(path: string, body: unknown): Promise<T> {
    const options = { method: 'POST', body, once: pressKey() } as const;
    try {
      return await this.#ask<T>(path, options);
    } catch (thrown) {
      if (asApiError(thrown).code !== 'unreachable') throw thrown;
      return this.#ask<T>(path, options);
    }
  }

  /** Who is signed in, and what they may do. */
  me(): Promise<HostPersonView> {
    return this.#ask('api/host/me');
  }

  async members(): Promise<readonly MemberView[]> {
    return (await this.#ask<{ members: readonly MemberView[] }>('api/workspaces/members')).members;
  }

  invite(name: string, role: MemberView['role']): Promise<{ readonly member: MemberView; readonly url: string }> {
    return this.#ask('api/workspaces/members', { method: 'POST', body: { name, role } });
  }

  memberLink(id: string): Promise<{ readonly url: string }> {
    return this.#ask(`api/workspaces/members/${encodeURIComponent(id)}/link`, { method: 'POST', body: {} });
  }

  setRole(id: string, role: MemberView['role']): Promise<MemberView> {
    return this.#ask(`api/workspaces/members/${encodeURIComponent(id)}`, { method: 'PUT', body: { role } });
  }

  revoke(id: string): Promise<void> {
    return this.#ask(`api/workspaces/members/${encodeURIComponent(id)}`, { method: 'DELETE' });
  }

  /** Newest first; those before an entry. */
  async audit(before?: string): Promise<readonly AuditView[]> {
    return (await this.#ask<{ entries: readonly AuditView[] }>(`api/workspaces/audit${before === undefined ? '' : `?before=${encodeURIComponent(before)}`}`)).entries;
  }

  /** The kill switch, its undoing, and the end. */
  air(id: string, to: 'off' | 'on' | 'end'): Promise<EventView> {
    return this.#ask(eventPath(id, `/${to}`), { method: 'POST', body: {} });
  }

  hold(id: string, viewer: number): Promise<void> {
    return this.#ask(eventPath(id, `/viewers/${viewer}/hold`), { method: 'POST', body: {} });
  }

  approve(id: string, viewer: number): Promise<void> {
    return this.#ask(eventPath(id, `/viewers/${viewer}/hold`), { method: 'DELETE' });
  }

  async games(): Promise<readonly GameView[]> {
    return (await this.#ask<{ games: readonly GameView[] }>('api/games')).games;
  }

  async events(): Promise<readonly EventView[]> {
    return (await this.#ask<{ events: readonly EventView[] }>('api/events')).events;
  }

  create(event: EventDraft): Promise<EventView> {
    return this.#once('api/events', event);
  }

  overview(id: string): Promise<EventOverview> {
    return this.#ask(eventPath(id));
  }

  cue(id: string, cue: CueDraft): Promise<CueAnswer> {
    return this.#once(eventPath(id, '/cue'), cue);
  }

  stop(id: string): Promise<void> {
    return this.#once(eventPath(id, '/stop'), {});
  }

  settle(id: string, outcome: number): Promise<void> {
    return this.#once(eventPath(id, '/settle'), { outcome });
  }

  /** Begins a series of flashes, or ends it. */
  async flash(id: string, on: boolean): Promise<void> {
    await this.#ask(eventPath(id, '/flashes'), on ? { method: 'POST', body: {} } : { method: 'DELETE' });
  }

  packager(id: string, packager: PackagerDraft): Promise<void> {
    return this.#ask(eventPath(id, '/packager'), { method: 'POST', body: packager });
  }

  async templates(): Promise<readonly TemplateView[]> {
    return (await this.#ask<{ templates: readonly TemplateView[] }>('api/templates')).templates;
  }

  planAuto(id: string, auto: boolean): Promise<EventView> {
    return this.#ask(eventPath(id, '/plan'), { method: 'PUT', body: { auto } });
  }

  planned(id: string, cue: string, verb: 'cue' | 'skip' | 'undo'): Promise<EventView> {
    return this.#ask(eventPath(id, `/plan/${encodeURIComponent(cue)}/${verb}`), { method: 'POST', body: {} });
  }

  rehearsal(id: string): Promise<EventView> {
    return this.#ask(eventPath(id, '/rehearsal'), { method: 'POST', body: {} });
  }

  /** Another one-time link to the console. */
  link(): Promise<{ readonly url: string }> {
    return this.#ask('api/host/links', { method: 'POST', body: {} });
  }

  async viewers(id: string, query: string): Promise<readonly HostViewer[]> {
    const path = eventPath(id, `/viewers?q=${encodeURIComponent(query)}`);
    return (await this.#ask<{ viewers: readonly HostViewer[] }>(path)).viewers;
  }

  ban(id: string, viewer: number): Promise<void> {
    return this.#ask(eventPath(id, `/viewers/${viewer}/ban`), { method: 'POST', body: {} });
  }

  unban(id: string, viewer: number): Promise<void> {
    return this.#ask(eventPath(id, `/viewers/${viewer}/ban`), { method: 'DELETE' });
  }

  keys(id: string): Promise<EventKeys> {
    return this.#ask(eventPath(id, '/keys'));
  }

  /** Takes a key back; another one is good from now on. */
  revokeKey(id: string, kind: KeyKind): Promise<EventKeys> {
    return this.#ask(eventPath(id, `/keys/${kind}`), { method: 'DELETE' });
  }

  addDrop(id: string, drop: DropDraft): Promise<void> {
    return this.#ask(eventPath(id, '/drops'), { method: 'POST', body: drop });
  }

  /** A file that only hosts may read. */
  file(path: string): Promise<Blob> {
    return requestFile(siteUrl(path), this.session);
  }

  /** A command that must not count twice, of a panel that brings its own. */
  once<T>(path: string, body: unknown): Promise<T> {
    return this.#once(path, body);
  }
}
