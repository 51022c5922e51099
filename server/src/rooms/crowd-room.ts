/**
 * A Colyseus room for a crowd. Life: its host takes the lease; `onCreate` restores checkpoint and journal and starts the tick; each tick
 * applies what came, mutates and patches in one synchronous step, and is appended to the journal; what it says leaves when it is durable;
 * `drain` ends it in order, so that another process goes on.
 *
 * Invariants: a tick awaits nothing; facts, confirmations and results leave only journalled; after a failed append, or when its lease is
 * over, the room is on hold: it applies nothing, says nothing and is opened anew by its host, or by another.
 * Must not import: drops, ledger, http; what lies above reaches it through RoomControl.
 */
import { definePlugins, Room, type Client } from '@colyseus/core';
import {
  CLOSE, CrowdcueError, DATA_TYPE, encodeRoomData, LIMITS, type CaptionLine, type FallbackView, type HostViewer, type NewsView, type QuestProgress, type TokenClaims, type UnlockView,
} from '@crowdcue/protocol';
import { Packr } from 'msgpackr';
import { encodeInputs, decodeInputs, type AirState, type DropRow, type NameRow, type RoomInput } from './inputs.js';
import { CaptionDesk } from './caption-desk.js';
import { CheckpointDesk } from './checkpoint-desk.js';
import { imageOf, type RoomImage } from './checkpoint-parts.js';
import { CrowdCore, type Step } from './crowd-core.js';
import type { CrowdRoomDeps, RoomOpening } from './room-deps.js';
import { checkCue } from './cue-check.js';
import { EventClock } from './event-clock.js';
import { MessageDesk } from './message-desk.js';
import { OriginDoor } from './origin-door.js';
import { ORIGIN_RELAY } from './relay-runs.js';
import { overviewOf, viewersOf, Pulse } from './overview.js';
import { assumedPackager, checkPackager, DelayErrorDesk, packagerOf, seriesFrom } from './picture-desk.js';
import { NOTHING, RelayPlugin, type RelayOutput } from './relay-plugin/relay-plugin.js';
import { liftRefIds, nextRefId } from './relay-plugin/patch-tap.js';
import { answerRequest, type RoomReply, type RoomRequest } from './remote-room.js';
import type { CaptionAnswer, CueAnswer, CueRequest, FlashAnswer, LocalRoom, PackagerOffset, RoomOverview } from './room-control.js';
import type { RoomLease } from './room-lease.js';
import { listAs } from './room-listing.js';
import { forColyseus, serverError } from './server-error.js';
import { CrowdState } from './state.js';
import { FLAG } from './viewer-table.js';
import { Waiters, type Waiting } from './waiters.js';
import { within } from './within.js';
import { collectWords, type Notice } from './words.js';

/** Simulation period, ms: 20 Hz. */
export const TICK_MS = 50;
/** How long a relay may be away before its viewers count as gone, ms. */
const RELAY_LOST_MS = 30_000;
/** How long the last checkpoint may take, ms; without it whoever goes on replays the ticks after the one before. */
const LAST_CHECKPOINT_MS = 3_000;
/** Ref ids between two lives of a room (WIRE, rule 4). */
const REF_ID_STEP = 100_000;

const packr = new Packr({ useRecords: false });

export class CrowdRoom extends Room implements LocalRoom {
  override autoDispose = false;
  override patchRate = null;
  override maxMessagesPerSecond = LIMITS.viewerFramesPerSecond;
  declare state: CrowdState;

  #deps!: CrowdRoomDeps;
  #opening: RoomOpening | undefined;
  #lease!: RoomLease;
  #core!: CrowdCore;
  #time!: EventClock;
  #inputs: RoomInput[] = [];
  readonly #waiters = new Waiters();
  readonly #notices: Notice[] = [];
  #lost = new Map<string, NodeJS.Timeout>();
  #acked = new Map<string, number>();
  #hold = false;
  #draining = false;
  #checkpoints!: CheckpointDesk;
  #messages!: MessageDesk;
  #captions!: CaptionDesk;
  #door!: OriginDoor;
  readonly #pulse = new Pulse();
  readonly #delayErrors = new DelayErrorDesk();

  readonly #relay = new RelayPlugin({
    admits: (claim, roomId) => this.#deps.admits(claim, roomId),
    epoch: () => this.#lease.epoch,
    live: () => !this.#hold && this.#lease.live,
    eventTime: () => this.#time.now(),
    tickMs: TICK_MS,
    markTick: () => this.#core.desk.markTick,
    relayUp: (relayId, incarnation) => this.#relayUp(relayId, incarnation),
    relayDown: (relayId, incarnation) => this.#relayDown(relayId, incarnation),
    batch: (relayId, incarnation, bytes) => this.#inputs.push({ kind: 'batch', relayId, incarnation, bytes }),
    delayErrors: (relayId, rows) => this.#delayErrors.told(relayId, rows),
    failed: (error) => this.#fail(error),
  });
  override plugins = definePlugins([this.#relay]);

  override async onCreate(options: { host?: { take(eventId: unknown): RoomOpening | undefined }; event?: unknown }): Promise<void> {
    const opening = options.host?.take(options.event);
    if (opening === undefined) throw serverError('event_unknown'); // viewers do not make rooms
    this.#opening = opening;
    this.#deps = opening.deps;
    this.#lease = opening.lease;
    this.roomId = opening.event.id;
    listAs(this, opening);
    this.state = new CrowdState();
    await this.#restore();
    this.setTimestep(() => this.#safeTick(), TICK_MS);
    this.patchRate = null; // again: with a timestep in place Colyseus stops its own 16 ms clock timer
  }

  /** Stock clients of the origin itself need the same token as a relay's. */
  override onAuth(_client: Client, options: { token?: unknown }, context: { token?: string }): TokenClaims {
    return forColyseus(() => this.#deps.verify(typeof options?.token === 'string' ? options.token : context.token, this.roomId));
  }

  override onJoin(client: Client, _options: unknown, claims: TokenClaims): void {
    this.#door.join(client, claims);
  }

  override onLeave(client: Client, code = CLOSE.consented as number): void {
    this.#door.leave(client, code);
  }

  override onDispose(): void {
    this.#hold = true;
    for (const timer of this.#lost.values()) clearTimeout(timer);
    this.#waiters.letDown('room_hold');
    this.#opening?.lease.end(); // a room that was refused at creation has none
  }

  async #restore(): Promise<void> {
    const { journal, games, genuine, logger } = this.#deps;
    const { event } = this.#opening!;
    const { epoch } = this.#lease;
    const checkpoint = this.#lease.takeCheckpoint();
    const image = checkpoint === undefined ? undefined : imageOf(checkpoint.parts);
    liftRefIds(this, Math.max(image?.refs ?? 0, epoch * REF_ID_STEP) + REF_ID_STEP);
    if (image !== undefined) this.state.restore(image.state as never);
    const core = new CrowdCore(this.state, { event: event.id, maxViewers: event.maxViewers, maxDelay: event.maxDelay, games, genuine: (join) => genuine(event.id, join) });
    if (image !== undefined) core.load(image.core);
    this.#core = core;
    let replayed = 0;
    for await (const record of journal.records(event.id, core.tick)) {
      core.tick = record.tick - 1; // ticks that changed nothing were not journalled
      const step = core.step(record.time, decodeInputs(record.bytes));
      if (step.facts.length > 0) await this.#deps.facts.facts(event.id, step.facts);
      replayed++;
    }
    for (const { relayId, applied } of core.attendance.runs) this.#acked.set(relayId, applied); // all that it knows is journalled
    this.#time = new EventClock(this.#deps.clock, await this.#deps.sharedTime() - event.createdAt, core.time);
    if (!this.#lease.live) throw new CrowdcueError('room_hold'); // another process may have appended what was not read
    this.#checkpoints = new CheckpointDesk(journal, event.id, epoch, logger, (error) => this.#fail(error));
    this.#captions = new CaptionDesk({
      shelf: core.captions, metrics: this.#deps.metrics, now: () => this.#time.now(), submit: (lines) => this.#submit({ kind: 'captions', lines }),
    });
    this.#messages = new MessageDesk(this.#deps.messages, event.id, core, (row, frame) => this.#direct(row, frame), this.#captions);
    this.#door = new OriginDoor(this, epoch);
    this.#inputs.push(this.#door.up());
    if (this.state.packagerEpoch === 0) this.#inputs.push(assumedPackager(event.createdAt));
    logger.info({ event: event.id, epoch, tick: core.tick, replayed }, 'room open');
  }

  #safeTick(): void {
    if (this.#hold || this.#draining) return;
    if (!this.#lease.live) return this.#fail(new CrowdcueError('journal_fenced', 'The lease of the room is over.'));
    try {
      this.#tick();
    } catch (error) {
      this.#fail(error); // a half-applied tick must not be built upon; the journal has everything before it
    }
  }

  #tick(): void {
    const started = this.#deps.clock.monotonic();
    const direct = this.#door.take(this.#time.now());
    if (direct !== undefined) this.#inputs.push(direct);
    const inputs = this.#inputs;
    const waiting = this.#waiters.next();
    this.#inputs = [];
    const core = this.#core;
    const step = core.step(this.#time.now(), inputs);
    const durable = step.recorded
      ? this.#lease.append({ tick: step.tick, time: step.time, bytes: encodeInputs(inputs) })
      : undefined;
    for (const { relayId, incarnation, code } of step.offences) {
      this.#deps.logger.warn({ event: this.roomId, relayId, incarnation, code }, 'a relay sent a batch that means nothing');
      this.#relay.closeLink(relayId, incarnation, code);
    }
    collectWords(core, this.#notices);
    const words = { ...core.out.takePart(core.attendance.runOf(ORIGIN_RELAY)!.index), broadcasts: core.out.broadcasts };
    const acks = new Map(this.#relay.relays.map((id) => [id, core.attendance.runOf(id)?.applied ?? 0]));
    this.#relay.stage({
      tick: step.tick, eventTime: step.time, mark: step.mark, shifted: step.shifted, durable,
      outputFor: (relayId) => this.#outputFor(relayId),
      released: () => {
        this.#door.deliver(words);
        this.#released(step, acks, waiting);
      },
    });
    this.broadcastPatch();
    core.out.clear();
    this.#checkpoints.consider(step, () => this.#image());
    this.#pulse.add(step.time, step.applied, this.state.viewers);
    this.#deps.metrics.tick(this.#deps.clock.monotonic() - started, step.applied, core.out.takeRefused());
  }

  #outputFor(relayId: string): RelayOutput {
    const run = this.#core.attendance.runOf(relayId);
    return run === undefined ? NOTHING : { ...NOTHING, acked: run.applied, ...this.#core.out.takePart(run.index), broadcasts: this.#core.out.broadcasts };
  }

  /** The tick is durable and has left. */
  #released(step: Step, acks: ReadonlyMap<string, number>, waiting: Waiting): void {
    for (const [relayId, n] of acks) this.#acked.set(relayId, n);
    this.#waiters.settle(waiting);
    const ledgered = step.facts.length > 0 ? this.#deps.facts.facts(this.roomId, step.facts) : undefined;
    this.#checkpoints.released(step.tick, ledgered);
    for (const message of step.messages) this.#messages.serve(message);
  }

  #direct(row: number, frame: Uint8Array): void {
    const at = this.#core.attendance.address(row);
    if (at !== undefined) this.#core.out.direct(at, frame);
  }

  #relayUp(relayId: string, incarnation: number): number | 'superseded' {
    const known = this.#core.attendance.runState(relayId, incarnation);
    if (known === 'superseded') return known;
    clearTimeout(this.#lost.get(relayId));
    this.#lost.delete(relayId);
    this.#inputs.push({ kind: 'relay-up', relayId, incarnation });
    if (known === undefined) this.#acked.set(relayId, 0);
    return this.#acked.get(relayId) ?? 0;
  }

  #relayDown(relayId: string, incarnation: number): void {
    this.#delayErrors.gone(relayId);
    if (this.#hold) return;
    const lost = setTimeout(() => this.#inputs.push({ kind: 'relay-lost', relayId, incarnation }), RELAY_LOST_MS);
    this.#lost.set(relayId, lost.unref());
  }

  #image(): RoomImage {
    return { state: this.state.toJSON(), refs: nextRefId(this), core: this.#core.image() };
  }

  #fail(error: unknown): void {
    if (this.#hold) return;
    this.#hold = true;
    this.#lease.end();
    this.#deps.logger.error({ event: this.roomId, epoch: this.#lease.epoch, err: error }, 'room on hold: a tick failed');
    this.#waiters.letDown('room_hold');
    this.#relay.closeLinks('room_hold');
    this.#opening?.failed(error);
  }

  /**
   * Ends this life in order: what came until now is applied and journalled, its words leave, links go, and the lease is given back. What
   * comes meanwhile is not acknowledged; relays send it to whoever goes on.
   */
  async drain(): Promise<void> {
    if (this.#hold) return;
    this.#safeTick();
    this.#draining = true;
    await this.#relay.drained();
    if (this.#hold) return; // the last tick was not taken
    this.#hold = true;
    this.#waiters.letDown('unavailable');
    this.#relay.closeLinks('unavailable');
    const { tick, time } = this.#core;
    await within(LAST_CHECKPOINT_MS, this.#checkpoints.last({ tick, time }, () => this.#image()));
    await this.#lease.release();
    this.#deps.logger.info({ event: this.roomId, epoch: this.#lease.epoch, tick }, 'room given back');
  }

  #submit(input: RoomInput): Promise<void> {
    if (this.#draining) return Promise.reject(new CrowdcueError('unavailable'));
    if (this.#hold || !this.#lease.live) return Promise.reject(new CrowdcueError('room_hold'));
    this.#inputs.push(input);
    return this.#waiters.wait();
  }

  /** What another process asks; called by Colyseus, by this name. */
  answer(request: RoomRequest): Promise<RoomReply> {
    if (this.#hold || !this.#lease.live) return Promise.resolve({ ok: false, code: 'room_hold' });
    return answerRequest(this, request, (error) => this.#deps.logger.error({ event: this.roomId, err: error, ask: request.ask }, 'a request of another process failed'));
  }

  // LocalRoom

  async cue(request: CueRequest): Promise<CueAnswer> {
    const running = this.#core.desk.running || this.#inputs.some((input) => input.kind === 'cue');
    if (running) throw new CrowdcueError('round_running');
    const cue = checkCue(request, this.#deps.games, this.#time.now());
    const round = this.state.round + 1;
    const { phase } = this.state;
    if (phase === 'off' || phase === 'ended') throw new CrowdcueError(phase === 'off' ? 'event_off' : 'event_ended');
    await this.#submit(cue);
    return { round, startsAt: cue.startsAt, endsAt: cue.startsAt + cue.durationMs };
  }

  async stop(): Promise<void> {
    if (!this.#core.desk.running) throw new CrowdcueError('round_none');
    await this.#submit({ kind: 'stop' });
  }

  async settle(outcome: number): Promise<void> {
    const { desk } = this.#core;
    if (!desk.running) throw new CrowdcueError('round_none');
    if (desk.outcomes === 0) throw new CrowdcueError('round_running', 'It is not for the host to settle, or not yet.');
    if (!(Number.isInteger(outcome) && outcome >= 0 && outcome < desk.outcomes)) throw new CrowdcueError('bad_request', `outcome must be 0 to ${desk.outcomes - 1}.`);
    await this.#submit({ kind: 'settle', round: this.state.round, outcome });
  }

  ban(viewer: number, banned: boolean): Promise<void> {
    if (this.#core.viewers.rowOf(viewer) === undefined) return Promise.reject(new CrowdcueError('not_found', 'No viewer has this number.'));
    return this.#submit({ kind: 'ban', viewer, banned });
  }

  async captions(lines: readonly CaptionLine[]): Promise<CaptionAnswer> {
    if (this.#draining) throw new CrowdcueError('unavailable');
    return this.#captions.post(lines);
  }

  dismiss(version: number): Promise<void> {
    return this.#submit({ kind: 'dismiss', version });
  }

  async flash(on: boolean): Promise<FlashAnswer | undefined> {
    if (on && this.#core.desk.running) throw new CrowdcueError('round_running');
    const series = on ? seriesFrom(this.#time.now()) : undefined;
    await this.#submit({ kind: 'flash', from: series?.from ?? 0 });
    return series;
  }

  async packager(packager: PackagerOffset): Promise<void> {
    await this.#submit(checkPackager(packager, this.#opening!.event.createdAt));
  }

  hold(viewer: number, held: boolean): Promise<void> {
    if (this.#core.viewers.rowOf(viewer) === undefined) return Promise.reject(new CrowdcueError('not_found', 'No viewer has this number.'));
    return this.#submit({ kind: 'hold', viewer, held });
  }

  fallback(view: FallbackView | null): Promise<void> {
    return this.#submit({ kind: 'fallback', view });
  }

  async rename(rows: readonly NameRow[]): Promise<readonly number[]> {
    const { viewers } = this.#core;
    const known = rows.filter(({ viewer }) => {
      const row = viewers.rowOf(viewer);
      return row !== undefined && !viewers.is(row, FLAG.banned);
    });
    if (known.length > 0) await this.#submit({ kind: 'names', rows: known });
    return known.map(({ viewer }) => viewer);
  }

  air(to: AirState): Promise<void> {
    return this.#submit({ kind: 'air', to });
  }

  get viewerCount(): number {
    return this.state.viewers;
  }

  get game(): string {
    return this.state.game;
  }

  async overview(): Promise<RoomOverview> {
    const { flashFrom } = this.state;
    const pictures = { delayError: this.#delayErrors.overview(), packager: packagerOf(this.state, this.#opening!.event.createdAt), flashFrom };
    return { ...overviewOf(this.#core, this.#pulse, this.#time.now(), this.#hold, this.#captions.overview), ...pictures };
  }

  async viewers(query: string, limit: number): Promise<HostViewer[]> {
    return viewersOf(this.#core, query, limit);
  }

  dropsChanged(rows: readonly DropRow[]): void {
    if (!this.#hold) this.#inputs.push({ kind: 'drops', rows });
  }

  unlocked(viewers: readonly number[], unlock: UnlockView): void {
    const frame = encodeRoomData(DATA_TYPE.unlock, packr.pack(unlock));
    for (const viewer of viewers) this.#notices.push({ viewer, frame });
    const news = encodeRoomData(DATA_TYPE.news, packr.pack({ ...unlock, viewers: viewers.length } satisfies NewsView));
    for (const viewer of this.#core.attendance.spectators()) this.#notices.push({ viewer, frame: news });
  }

  progressed(viewer: number, progress: QuestProgress): void {
    this.#notices.push({ viewer, frame: encodeRoomData(DATA_TYPE.quest, packr.pack(progress)) });
  }
}
