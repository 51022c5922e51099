/** The host's side of the origin's HTTP API (docs/architecture.md), one method a route. */
import type { AskedNamesView, AuditView, EventOverview, EventView, GameView, HostPersonView, HostViewer, MemberView, NamesDecided, RehearsalRunView, TemplateView, WorkspaceView } from '@crowdcue/protocol';
import { asApiError, request, requestFile, type ApiRequest } from '../shared/api.js';
import { siteUrl } from '../shared/site.js';
import type { CueDraft, DropDraft, EventDraft, FallbackDraft, PackagerDraft, RoundDraft, RunDraft } from './host-drafts.js';

/** A traded host link. */
export interface HostSession {
  readonly session: string;
  /** ms since 1970. */
  readonly expiresAt: number;
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

/** Of an event's routes. */
export const eventPath = (id: string, rest = ''): string => `api/events/${encodeURIComponent(id)}${rest}`;

export class HostApi {
  constructor(private readonly session: string) {}

  /** Trades the key of a one-time link; it works once. */
  static trade(key: string): Promise<HostSession> {
    return request(siteUrl('api/host/session'), { method: 'POST', body: { key } });
  }

  static qrUrl(id: string): string {
    return siteUrl(eventPath(id, '/qr.svg'));
  }

  /** Also of panels that are loaded when they are opened and bring their routes (`setup-api.ts`). */
  ask<T>(path: string, options: ApiRequest = {}): Promise<T> {
    return request(siteUrl(path), { ...options, bearer: this.session });
  }

  /** A command that must not count twice: when no answer comes it is sent once more, as the same press. */
  async once<T>(path: string, body: unknown, more: Pick<ApiRequest, 'timeoutMs'> = {}): Promise<T> {
    const options = { ...more, method: 'POST', body, once: pressKey() } as const;
    try {
      return await this.ask<T>(path, options);
    } catch (thrown) {
      if (asApiError(thrown).code !== 'unreachable') throw thrown;
      return this.ask<T>(path, options);
    }
  }

  /** Who is signed in, and what they may do. */
  me(): Promise<HostPersonView> {
    return this.ask('api/host/me');
  }

  /** Where this session gets to: the present workspace first. */
  async workspaces(): Promise<readonly WorkspaceView[]> {
    return (await this.ask<{ workspaces: readonly WorkspaceView[] }>('api/workspaces')).workspaces;
  }

  /** Makes a workspace; the link is for its host. */
  createWorkspace(name: string): Promise<{ readonly workspace: { readonly id: string; readonly name: string }; readonly url: string }> {
    return this.ask('api/workspaces', { method: 'POST', body: { name } });
  }

  /** Another one-time link for the host of a workspace. */
  workspaceLink(id: string): Promise<{ readonly url: string }> {
    return this.ask(`api/workspaces/${encodeURIComponent(id)}/link`, { method: 'POST', body: {} });
  }

  async members(): Promise<readonly MemberView[]> {
    return (await this.ask<{ members: readonly MemberView[] }>('api/workspaces/members')).members;
  }

  invite(name: string, role: MemberView['role']): Promise<{ readonly member: MemberView; readonly url: string }> {
    return this.ask('api/workspaces/members', { method: 'POST', body: { name, role } });
  }

  memberLink(id: string): Promise<{ readonly url: string }> {
    return this.ask(`api/workspaces/members/${encodeURIComponent(id)}/link`, { method: 'POST', body: {} });
  }

  setRole(id: string, role: MemberView['role']): Promise<MemberView> {
    return this.ask(`api/workspaces/members/${encodeURIComponent(id)}`, { method: 'PUT', body: { role } });
  }

  revoke(id: string): Promise<void> {
    return this.ask(`api/workspaces/members/${encodeURIComponent(id)}`, { method: 'DELETE' });
  }

  /** Newest first; those before an entry. */
  async audit(before?: string): Promise<readonly AuditView[]> {
    return (await this.ask<{ entries: readonly AuditView[] }>(`api/workspaces/audit${before === undefined ? '' : `?before=${encodeURIComponent(before)}`}`)).entries;
  }

  /** The kill switch, its undoing, and the end. */
  air(id: string, to: 'off' | 'on' | 'end'): Promise<EventView> {
    return this.ask(eventPath(id, `/${to}`), { method: 'POST', body: {} });
  }

  hold(id: string, viewer: number): Promise<void> {
    return this.ask(eventPath(id, `/viewers/${viewer}/hold`), { method: 'POST', body: {} });
  }

  approve(id: string, viewer: number): Promise<void> {
    return this.ask(eventPath(id, `/viewers/${viewer}/hold`), { method: 'DELETE' });
  }

  fallback(id: string, fallback: FallbackDraft): Promise<EventView> {
    return this.ask(eventPath(id, '/fallback'), { method: 'PUT', body: fallback });
  }

  names(id: string): Promise<AskedNamesView> {
    return this.ask(eventPath(id, '/names'));
  }

  freeNames(id: string, free: boolean): Promise<EventView> {
    return this.ask(eventPath(id, '/names'), { method: 'PUT', body: { free } });
  }

  decideNames(id: string, viewers: readonly number[], outcome: 'approve' | 'decline'): Promise<NamesDecided> {
    return this.ask(eventPath(id, '/names'), { method: 'POST', body: { viewers, outcome } });
  }

  async games(): Promise<readonly GameView[]> {
    return (await this.ask<{ games: readonly GameView[] }>('api/games')).games;
  }

  async events(): Promise<readonly EventView[]> {
    return (await this.ask<{ events: readonly EventView[] }>('api/events')).events;
  }

  create(event: EventDraft): Promise<EventView> {
    return this.once('api/events', event);
  }

  overview(id: string): Promise<EventOverview> {
    return this.ask(eventPath(id));
  }

  cue(id: string, cue: CueDraft): Promise<CueAnswer> {
    return this.once(eventPath(id, '/cue'), cue);
  }

  stop(id: string): Promise<void> {
    return this.once(eventPath(id, '/stop'), {});
  }

  settle(id: string, outcome: number): Promise<void> {
    return this.once(eventPath(id, '/settle'), { outcome });
  }

  /** Begins a series of flashes, or ends it. */
  async flash(id: string, on: boolean): Promise<void> {
    await this.ask(eventPath(id, '/flashes'), on ? { method: 'POST', body: {} } : { method: 'DELETE' });
  }

  packager(id: string, packager: PackagerDraft): Promise<void> {
    return this.ask(eventPath(id, '/packager'), { method: 'POST', body: packager });
  }

  async templates(): Promise<readonly TemplateView[]> {
    return (await this.ask<{ templates: readonly TemplateView[] }>('api/templates')).templates;
  }

  planAuto(id: string, auto: boolean): Promise<EventView> {
    return this.ask(eventPath(id, '/plan'), { method: 'PUT', body: { auto } });
  }

  planned(id: string, cue: string, verb: 'cue' | 'skip' | 'undo'): Promise<EventView> {
    return this.ask(eventPath(id, `/plan/${encodeURIComponent(cue)}/${verb}`), { method: 'POST', body: {} });
  }

  editPlanned(id: string, cue: string, round: RoundDraft): Promise<EventView> {
    return this.ask(eventPath(id, `/plan/${encodeURIComponent(cue)}`), { method: 'PUT', body: round });
  }

  movePlanned(id: string, cue: string, by: 1 | -1): Promise<EventView> {
    return this.once(eventPath(id, `/plan/${encodeURIComponent(cue)}/move`), { by });
  }

  removePlanned(id: string, cue: string): Promise<EventView> {
    return this.ask(eventPath(id, `/plan/${encodeURIComponent(cue)}`), { method: 'DELETE' });
  }

  rehearsal(id: string): Promise<EventView> {
    return this.ask(eventPath(id, '/rehearsal'), { method: 'POST', body: {} });
  }

  /** The rehearsal that an origin runs, or ran last. */
  run(id: string): Promise<RehearsalRunView> {
    return this.ask(eventPath(id, '/rehearsal/run'));
  }

  startRun(id: string, run: RunDraft): Promise<RehearsalRunView> {
    return this.once(eventPath(id, '/rehearsal/run'), run);
  }

  stopRun(id: string): Promise<RehearsalRunView> {
    return this.ask(eventPath(id, '/rehearsal/run'), { method: 'DELETE' });
  }

  /** Another one-time link to the console. */
  link(): Promise<{ readonly url: string }> {
    return this.ask('api/host/links', { method: 'POST', body: {} });
  }

  async viewers(id: string, query: string): Promise<readonly HostViewer[]> {
    const path = eventPath(id, `/viewers?q=${encodeURIComponent(query)}`);
    return (await this.ask<{ viewers: readonly HostViewer[] }>(path)).viewers;
  }

  ban(id: string, viewer: number): Promise<void> {
    return this.ask(eventPath(id, `/viewers/${viewer}/ban`), { method: 'POST', body: {} });
  }

  unban(id: string, viewer: number): Promise<void> {
    return this.ask(eventPath(id, `/viewers/${viewer}/ban`), { method: 'DELETE' });
  }

  keys(id: string): Promise<EventKeys> {
    return this.ask(eventPath(id, '/keys'));
  }

  /** Takes a key back; another one is good from now on. */
  revokeKey(id: string, kind: KeyKind): Promise<EventKeys> {
    return this.ask(eventPath(id, `/keys/${kind}`), { method: 'DELETE' });
  }

  addDrop(id: string, drop: DropDraft): Promise<void> {
    return this.ask(eventPath(id, '/drops'), { method: 'POST', body: drop });
  }

  /** A file that only hosts may read. */
  file(path: string): Promise<Blob> {
    return requestFile(siteUrl(path), this.session);
  }
}
