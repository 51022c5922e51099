import { CrowdcueError, type CaptionLine, type FallbackView, type HostViewer, type QuestProgress, type UnlockView } from '@crowdcue/protocol';
import type { AirState, DropRow, NameRow } from '../../src/rooms/inputs.js';
import type { CueRequest, FlashAnswer, LocalRoom, PackagerOffset, RoomEvent, RoomHost, RoomOverview } from '../../src/rooms/room-control.js';
import type { CrowdRoomDeps } from '../../src/rooms/room-deps.js';

/** A room that remembers what it was told, and does nothing else. */
export class MemoryRoom implements LocalRoom {
  readonly viewerCount = 3;

  get game(): string {
    return this.cues.at(-1)?.game ?? '';
  }

  round = 0;
  running = false;
  rows: readonly DropRow[] = [];
  readonly cues: CueRequest[] = [];
  readonly settled: number[] = [];
  readonly flashes: boolean[] = [];
  readonly packagers: PackagerOffset[] = [];
  readonly holds = new Map<number, boolean>();
  readonly airs: AirState[] = [];
  readonly bans = new Map<number, boolean>();
  readonly notices: { viewers: readonly number[]; view: UnlockView }[] = [];
  readonly progress: { viewer: number; progress: QuestProgress }[] = [];
  readonly list: HostViewer[] = [];

  constructor(readonly event: RoomEvent) {}

  async cue(request: CueRequest): Promise<{ round: number; startsAt: number; endsAt: number }> {
    if (this.running) throw new CrowdcueError('round_running');
    if (request.game === 'boom') throw new Error('a bug of ours');
    if (request.game !== 'tug') throw new CrowdcueError('game_unknown');
    this.running = true;
    this.cues.push(request);
    return { round: ++this.round, startsAt: 1_000, endsAt: 31_000 };
  }

  async stop(): Promise<void> {
    if (!this.running) throw new CrowdcueError('round_none');
    this.running = false;
  }

  async settle(outcome: number): Promise<void> {
    if (!this.running) throw new CrowdcueError('round_none');
    this.settled.push(outcome);
  }

  async ban(viewer: number, banned: boolean): Promise<void> {
    this.bans.set(viewer, banned);
  }

  readonly lines: CaptionLine[] = [];
  readonly dismissed: number[] = [];

  async captions(lines: readonly CaptionLine[]): Promise<{ taken: number; repeated: number }> {
    this.lines.push(...lines);
    return { taken: lines.length, repeated: 0 };
  }

  async dismiss(version: number): Promise<void> {
    this.dismissed.push(version);
  }

  async flash(on: boolean): Promise<FlashAnswer | undefined> {
    if (on && this.running) throw new CrowdcueError('round_running');
    this.flashes.push(on);
    return on ? { from: 2_000, until: 42_000 } : undefined;
  }

  async packager(packager: PackagerOffset): Promise<void> {
    this.packagers.push(packager);
  }

  async hold(viewer: number, held: boolean): Promise<void> {
    this.holds.set(viewer, held);
  }

  readonly fallbacks: (FallbackView | null)[] = [];
  /** What the next of these is refused with. */
  broken: CrowdcueError | undefined;

  async fallback(view: FallbackView | null): Promise<void> {
    if (this.broken !== undefined) throw this.broken;
    this.fallbacks.push(view);
  }

  readonly names = new Map<number, string>();
  /** Viewers that it does not know. */
  readonly strangers = new Set<number>();

  async rename(rows: readonly NameRow[]): Promise<readonly number[]> {
    const known = rows.filter(({ viewer }) => !this.strangers.has(viewer));
    for (const { viewer, name } of known) this.names.set(viewer, name);
    return known.map(({ viewer }) => viewer);
  }

  async air(to: AirState): Promise<void> {
    this.airs.push(to);
    if (to !== 'on') this.running = false;
  }

  async overview(): Promise<RoomOverview> {
    return {
      phase: this.running ? 'armed' : 'idle', round: this.round, game: '', startsAt: 0, endsAt: 0, eventTime: 0, viewers: 3, players: 0, peakViewers: 3,
      actions: 0, actionsPerSecond: 0, board: {}, top: [], relays: [], hold: false, rounds: [], ...(this.packagers.length === 0 ? {} : { packager: this.packagers.at(-1)! }),
    };
  }

  async viewers(query: string, limit: number): Promise<HostViewer[]> {
    return this.list.filter(({ name }) => name.includes(query)).slice(0, limit);
  }

  dropsChanged(rows: readonly DropRow[]): void {
    this.rows = rows;
  }

  progressed(viewer: number, progress: QuestProgress): void {
    this.progress.push({ viewer, progress });
  }

  unlocked(viewers: readonly number[], view: UnlockView): void {
    this.notices.push({ viewers, view });
  }
}

export class MemoryRooms implements RoomHost {
  readonly rooms = new Map<string, MemoryRoom>();

  constructor(readonly deps: CrowdRoomDeps) {}

  async open(event: RoomEvent): Promise<void> {
    await this.deps.prepare(event.id);
    this.rooms.set(event.id, new MemoryRoom(event));
    this.deps.opened(event.id);
  }

  openLater(): void {}

  forget(eventId: string): void {
    this.rooms.delete(eventId);
  }

  async close(): Promise<void> {
    this.rooms.clear();
  }

  get(eventId: string): MemoryRoom | undefined {
    return this.rooms.get(eventId);
  }

  local(eventId: string): MemoryRoom | undefined {
    return this.rooms.get(eventId);
  }

  async served(eventId: string): Promise<boolean> {
    return this.rooms.has(eventId);
  }
}
