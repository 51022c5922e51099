/**
 * What the desk knows and can do: games, events, the overview of the event on the desk (polled), and the commands. Elements read
 * it and re-render on `change`; they hold no truth of their own. Errors of commands are thrown to the caller, which shows them
 * where the command was given; `session-over` is raised once when the origin takes the session no more.
 */
import type { EventOverview, EventView, GameView, HostPermission, HostPersonView } from '@crowdcue/protocol';
import { asApiError, type ApiError } from '../shared/api.js';
import { now } from '../shared/clock.js';
import { Poller, type PollState } from '../shared/poller.js';
import type { HostApi, KeyKind } from './host-api.js';
import type { CueDraft, DropDraft, EventDraft, PackagerDraft } from './host-drafts.js';
import type { PlanCommand } from './plan-panel.js';
import { patchAgeOf } from './patch-age.js';
import { Growth, PulseHistory } from './pulse-history.js';
import { keepEvent, keptEvent } from './session-store.js';

const POLL_MS = 500; // twice a second reads as live; the origin answers from memory

/** How the desk's first load stands. */
export type DeskLoad = { readonly kind: 'loading' } | { readonly kind: 'failed'; readonly error: ApiError } | { readonly kind: 'ready' };

const SESSION_OVER: ReadonlySet<string> = new Set(['host_forbidden', 'token_missing', 'token_malformed', 'token_forged', 'token_expired']);

export class DeskStore extends EventTarget {
  load: DeskLoad = { kind: 'loading' };
  games: readonly GameView[] = [];
  events: readonly EventView[] = [];
  me: HostPersonView | undefined;
  eventId: string | undefined;
  overview: EventOverview | undefined;
  link: PollState = { kind: 'starting' };
  /** The last minute: actions and claims granted a second, viewers. */
  readonly pulses = { actions: new PulseHistory(), viewers: new PulseHistory(), claims: new PulseHistory(), ages: new PulseHistory(), oldest: new PulseHistory() };
  readonly #granted = new Growth();
  #offset = 0;
  #closed = false;
  readonly #poller: Poller<EventOverview>;

  constructor(readonly api: HostApi) {
    super();
    this.#poller = new Poller({
      periodMs: POLL_MS,
      ask: () => this.#askOverview(),
      onAnswer: (overview) => this.#took(overview),
      onState: (state) => this.#linkIs(state),
    });
  }

  /** Event time now, ms, as far as the last answer tells. */
  eventNow(): number {
    return now() + this.#offset;
  }

  get event(): EventView | undefined {
    return this.overview?.event ?? this.events.find(({ id }) => id === this.eventId);
  }

  /** Whether the role of who is signed in may do this: what it may not is not offered. */
  may(what: HostPermission): boolean {
    return this.me?.may.includes(what) ?? false;
  }

  async start(): Promise<void> {
    this.load = { kind: 'loading' };
    this.#changed();
    try {
      [this.games, this.events, this.me] = await Promise.all([this.api.games(), this.api.events(), this.api.me()]);
      if (this.#closed) return;
      this.load = { kind: 'ready' };
      const kept = this.events.find(({ id }) => id === keptEvent(this.#workspace())) ?? this.events.toSorted((a, b) => b.createdAt - a.createdAt)[0];
      if (kept !== undefined) this.show(kept.id);
    } catch (thrown) {
      const error = asApiError(thrown);
      if (this.#sessionOver(error)) return;
      this.load = { kind: 'failed', error };
    }
    this.#changed();
  }

  /** Stops asking; the store is not used again. */
  close(): void {
    this.#closed = true;
    this.#poller.stop();
  }

  /** Puts an event on the desk. */
  show(id: string): void {
    this.eventId = id;
    this.overview = undefined;
    for (const pulse of Object.values(this.pulses)) pulse.clear();
    this.#granted.clear();
    keepEvent(this.#workspace(), id);
    this.#poller.start();
    this.#changed();
  }

  /** Asks at once, after a command or when the network is back. */
  refresh(): void {
    if (this.eventId !== undefined) this.#poller.poke();
  }

  async create(draft: EventDraft): Promise<EventView> {
    const event = await this.#command(this.api.create(draft));
    this.events = [...this.events, event];
    this.show(event.id);
    return event;
  }

  async cue(draft: CueDraft): Promise<void> {
    await this.#command(this.api.cue(this.#id(), draft));
  }

  async stop(): Promise<void> {
    await this.#command(this.api.stop(this.#id()));
  }

  async settle(outcome: number): Promise<void> {
    await this.#command(this.api.settle(this.#id(), outcome));
  }

  async flash(on: boolean): Promise<void> {
    await this.#command(this.api.flash(this.#id(), on));
  }

  async calibrate(packager: PackagerDraft): Promise<void> {
    await this.#command(this.api.packager(this.#id(), packager));
  }

  async planned(cue: string, verb: 'cue' | 'skip' | 'undo'): Promise<void> {
    await this.#command(this.api.planned(this.#id(), cue, verb));
  }

  async planAuto(auto: boolean): Promise<void> {
    await this.#command(this.api.planAuto(this.#id(), auto));
  }

  /** Changes the plan by hand. */
  async plan(command: PlanCommand): Promise<void> {
    const id = this.#id();
    if ('auto' in command) await this.planAuto(command.auto);
    else if ('verb' in command) await this.planned(command.cue, command.verb);
    else if ('edit' in command) await this.#command(this.api.editPlanned(id, command.cue, command.edit));
    else if ('move' in command) await this.#command(this.api.movePlanned(id, command.cue, command.move));
    else await this.#command(this.api.removePlanned(id, command.cue));
  }

  /** Makes the event's rehearsal, and a link for whoever runs it. */
  async rehearse(): Promise<{ readonly event: EventView; readonly link: string }> {
    const event = await this.#command(this.api.rehearsal(this.#id()));
    const { url } = await this.#command(this.api.link());
    this.events = [...this.events.filter(({ id }) => id !== event.id), event];
    this.#changed();
    return { event, link: url };
  }

  async ban(viewer: number): Promise<void> {
    await this.#command(this.api.ban(this.#id(), viewer));
  }

  async unban(viewer: number): Promise<void> {
    await this.#command(this.api.unban(this.#id(), viewer));
  }

  async revokeKey(kind: KeyKind): Promise<void> {
    await this.#command(this.api.revokeKey(this.#id(), kind));
  }

  async hold(viewer: number, held: boolean): Promise<void> {
    await this.#command(held ? this.api.hold(this.#id(), viewer) : this.api.approve(this.#id(), viewer));
  }

  async air(to: 'off' | 'on' | 'end'): Promise<void> {
    await this.#command(this.api.air(this.#id(), to));
  }

  async revoke(member: string): Promise<void> {
    await this.#command(this.api.revoke(member));
  }

  async addDrop(draft: DropDraft): Promise<void> {
    await this.#command(this.api.addDrop(this.#id(), draft));
  }

  #workspace(): string {
    return this.me?.workspace.id ?? '';
  }

  #id(): string {
    if (this.eventId === undefined) throw new TypeError('no event is on the desk');
    return this.eventId;
  }

  async #command<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (thrown) {
      const error = asApiError(thrown);
      this.#sessionOver(error);
      if (error.code === 'role_forbidden') void this.#look(); // the role has changed meanwhile
      throw error;
    } finally {
      this.refresh();
    }
  }

  async #look(): Promise<void> {
    this.me = await this.api.me().catch(() => this.me);
    this.#changed();
  }

  async #askOverview(): Promise<EventOverview> {
    const asked = now();
    const overview = await this.api.overview(this.#id());
    // The answer is half a round trip old.
    this.#offset = overview.eventTime - (asked + now()) / 2;
    return overview;
  }

  #took(overview: EventOverview): void {
    this.overview = overview;
    const at = now();
    this.pulses.actions.add(at, overview.actionsPerSecond);
    this.pulses.viewers.add(at, overview.viewers);
    const age = patchAgeOf(overview.relays);
    if (age !== undefined) {
      this.pulses.ages.add(at, age.p50);
      this.pulses.oldest.add(at, age.p99);
    }
    this.pulses.claims.add(at, this.#granted.perSecond(at, overview.drops.reduce((sum, { granted }) => sum + granted, 0)));
  }

  #linkIs(state: PollState): void {
    this.link = state;
    if (state.kind === 'refused' && this.#sessionOver(state.error)) return;
    this.#changed();
  }

  #sessionOver(error: ApiError): boolean {
    if (!SESSION_OVER.has(error.code)) return false;
    this.#poller.stop();
    this.dispatchEvent(new Event('session-over'));
    return true;
  }

  #changed(): void {
    this.dispatchEvent(new Event('change'));
  }
}
