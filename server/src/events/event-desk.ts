import { CrowdcueError, type EventOverview, type EventView, type HostViewer } from '@crowdcue/protocol';
import type { AirState } from '../rooms/inputs.js';
import type { CueRequest, PackagerOffset, RoomControl, RoomHost } from '../rooms/room-control.js';
import type { BanList } from './ban-list.js';
import type { DropDesk } from './drop-desk.js';
import type { EventDirectory, EventSpec } from './event-directory.js';
import { eventView, onAir, type EventRecord } from './event-record.js';
import { fallbackView, type FallbackChange } from './fallback.js';
import type { NameDesk } from './name-desk.js';
import type { ImpressionDesk } from './impression-desk.js';
import type { SponsorDesk } from './sponsor-desk.js';
import type { RelayRegistry } from './relay-registry.js';
import type { SponsorChange } from './sponsor.js';
import { OWN_WORKSPACE, workspaceOf } from './workspace-desk.js';

export interface EventDeskOptions {
  readonly events: EventDirectory;
  readonly rooms: Pick<RoomHost, 'get'>;
  readonly drops: DropDesk;
  readonly bans: BanList;
  readonly names: Pick<NameDesk, 'waiting' | 'banned' | 'ended'>;
  readonly relays: RelayRegistry;
  readonly impressions: ImpressionDesk;
  readonly sponsors: SponsorDesk;
  readonly publicUrl: () => string;
  /** ms since 1970. */
  readonly now: () => number;
}

/** What a host does with events. Every method throws `event_unknown` for an id that is none. */
export class EventDesk {
  constructor(private readonly options: EventDeskOptions) {}

  /** Those of a workspace, newest first. */
  list(workspace: string = OWN_WORKSPACE): EventView[] {
    return this.options.events.list().filter((record) => workspaceOf(record) === workspace).map((record) => this.#view(record));
  }

  /** Makes an event with its drops and opens its room. Throws `event_exists`, `drop_bad_request`, `drop_exists`. */
  async create(spec: EventSpec & { readonly drops?: readonly unknown[] | undefined }): Promise<EventView> {
    const { events, drops } = this.options;
    const specs = drops.parseAll(spec.drops ?? []);
    const record = await events.create(spec, async (each) => {
      await drops.prepare(each.id);
      for (const drop of specs) await drops.define(each.id, drop);
    });
    drops.board.changed(record.id);
    return this.#view(record);
  }

  async overview(id: string): Promise<EventOverview> {
    const { events, drops, relays, impressions, sponsors, names } = this.options;
    const [room, stock] = await Promise.all([events.room(id).overview(), drops.overview(id)]);
    const record = events.get(id);
    const seen = record.sponsor === undefined ? {} : { impressions: impressions.of(record) };
    return { ...room, event: this.#view(record), drops: stock, relays: relays.overview(room.relays), sponsors: sponsors.overview(id), namesWaiting: names.waiting(id), ...seen };
  }

  /** Names the event's sponsor, or takes it off. */
  async sponsor(id: string, sponsor: SponsorChange | undefined): Promise<EventView> {
    return this.#view(await this.options.events.change(id, ({ sponsor: before, ...record }) =>
      sponsor === undefined ? record : { ...record, sponsor: { ...sponsor, imageUrl: sponsor.imageUrl ?? before?.imageUrl ?? '' } }));
  }

  /**
   * Says what is shown when something fails. Kept first: where the room is out of reach whoever is here has the one before until the page
   * asks again, and who comes has this.
   */
  async fallback(id: string, { imageUrl, ...change }: FallbackChange): Promise<EventView> {
    const { events, publicUrl } = this.options;
    const record = await events.change(id, (before) => ({ ...before, fallback: { ...change, imageUrl: imageUrl ?? before.fallback?.imageUrl ?? '' } }));
    const told = fallbackView(id, record.fallback, publicUrl()) ?? null;
    await this.options.rooms.get(id)?.fallback(told).catch((error: unknown) => {
      if (!(error instanceof CrowdcueError && error.retryable)) throw error;
    });
    return this.#view(record);
  }

  /** Says whose pages may hold the event's pages in a frame. */
  async embed(id: string, embedOrigins: readonly string[]): Promise<EventView> {
    return this.#view(await this.options.events.change(id, (record) => ({ ...record, embedOrigins })));
  }

  /** Says how many days after the event its people are kept. */
  async retention(id: string, retentionDays: number): Promise<EventView> {
    return this.#view(await this.options.events.change(id, (record) => ({ ...record, retentionDays })));
  }

  /** Throws `round_running`, `game_unknown`, `bad_request`, `event_off`, `event_ended`. */
  async cue(id: string, request: CueRequest): ReturnType<RoomControl['cue']> {
    onAir(this.options.events.get(id));
    return this.options.events.room(id).cue(request);
  }

  /** Throws `round_none`. */
  stop(id: string): Promise<void> {
    return this.options.events.room(id).stop();
  }

  /** Throws `round_none`, `round_running`, `bad_request`. */
  settle(id: string, outcome: number): Promise<void> {
    return this.options.events.room(id).settle(outcome);
  }

  /** Begins a series of flashes, or ends it. Throws `round_running`. */
  flash(id: string, on: boolean): ReturnType<RoomControl['flash']> {
    return this.options.events.room(id).flash(on);
  }

  /** Keeps what the host found out of the packager's clock. Throws `bad_request`. */
  packager(id: string, packager: PackagerOffset): Promise<void> {
    return this.options.events.room(id).packager(packager);
  }

  viewers(id: string, query: string, limit: number): Promise<readonly HostViewer[]> {
    return this.options.events.room(id).viewers(query, limit);
  }

  /** Bans a viewer or takes it back: on connections, joins and claims. */
  async ban(id: string, viewer: number, banned: boolean): Promise<void> {
    await this.options.events.room(id).ban(viewer, banned);
    await this.options.bans.set(id, viewer, banned);
    if (banned) await this.options.names.banned(id, viewer);
  }

  /** Shows others a placeholder instead of a viewer's name, or the name again. Throws `not_found`. */
  hold(id: string, viewer: number, held: boolean): Promise<void> {
    return this.options.events.room(id).hold(viewer, held);
  }

  /**
   * Takes an event off the air at once, puts it on again, or ends it for good. The record first: joins and claims are shut even when the
   * room is out of reach, whose refusal then says that the rest is to be repeated.
   */
  async air(id: string, to: AirState): Promise<EventView> {
    const { events, now } = this.options;
    const record = await events.change(id, ({ off: _, ...before }) => ({ ...before, ...(to === 'on' ? {} : { off: true }), ...(to === 'ended' ? { endedAt: before.endedAt ?? now() } : {}) }));
    if (to === 'ended') await this.options.names.ended(id);
    await events.room(id).air(to);
    return this.#view(record);
  }

  /** Adds a drop. Throws `drop_bad_request`, `drop_exists`. */
  async addDrop(id: string, spec: unknown): Promise<EventOverview['drops'][number]> {
    const { events, drops } = this.options;
    const [drop] = drops.parseAll([spec], id);
    await drops.define(events.get(id).id, drop!);
    drops.board.changed(id);
    return (await drops.overview(id)).find((row) => row.id === drop!.id)!;
  }

  #view(record: EventRecord): EventView {
    return eventView(record, this.options.publicUrl());
  }
}
