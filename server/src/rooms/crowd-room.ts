/**
 * A Colyseus room for a crowd. Life: `onCreate` takes the room's lease, restores checkpoint and journal, and starts the tick; each tick
 * applies what came, mutates and patches in one synchronous step, and is appended to the journal; what it says leaves when it is durable.
 *
 * Invariants: a tick awaits nothing; facts, confirmations and results leave only journalled; after a failed append the room is on hold:
 * it applies nothing, says nothing and is opened anew by its host.
 * Must not import: drops, ledger, http; what lies above reaches it through RoomControl.
 */
import { definePlugins, Room, type Client } from '@colyseus/core';
import { CLOSE, CrowdcueError, DATA_TYPE, encodeRoomData, LIMITS, type HostViewer, type TokenClaims, type UnlockView } from '@crowdcue/protocol';
import { Packr } from 'msgpackr';
import { encodeInputs, decodeInputs, type DropRow, type RoomInput } from './inputs.js';
import { CheckpointDesk } from './checkpoint-desk.js';
import { decodeImage } from './checkpoint-codec.js';
import { CrowdCore, type Step } from './crowd-core.js';
import type { CrowdRoomDeps, RoomOpening } from './room-deps.js';
import { checkCue } from './cue-check.js';
import { EventClock } from './event-clock.js';
import { MessageDesk } from './message-desk.js';
import { ORIGIN_RELAY, OriginDoor } from './origin-door.js';
import { PRIVATE_KEY } from './outbound.js';
import { overviewOf, viewersOf, Pulse } from './overview.js';
import { NOTHING, RelayPlugin, type RelayOutput } from './relay-plugin/relay-plugin.js';
import { liftRefIds, nextRefId } from './relay-plugin/patch-tap.js';
import type { CueAnswer, CueRequest, RoomControl, RoomOverview } from './room-control.js';
import { forColyseus, serverError } from './server-error.js';
import { CrowdState } from './state.js';

/** Simulation period, ms: 20 Hz. */
export const TICK_MS = 50;
/** Standings told in one tick at most, so that the end of a large round is spread over a few. */
const STANDINGS_PER_TICK = 4_000;
/** Unlocks told in one tick at most. */
const NOTICES_PER_TICK = 4_000;
/** How long a relay may be away before its viewers count as gone, ms. */
const RELAY_LOST_MS = 30_000;
/** Ref ids between two lives of a room (WIRE, rule 4). */
const REF_ID_STEP = 100_000;

const packr = new Packr({ useRecords: false });

/** Somebody above who waits until what was asked is journalled. */
interface Waiter {
  resolve(): void;
  reject(error: CrowdcueError): void;
}

export class CrowdRoom extends Room implements RoomControl {
  override autoDispose = false;
  override patchRate = null;
  override maxMessagesPerSecond = LIMITS.viewerFramesPerSecond;
  declare state: CrowdState;

  #deps!: CrowdRoomDeps;
  #opening: RoomOpening | undefined;
  #core!: CrowdCore;
  #time!: EventClock;
  #epoch = 0;
  #inputs: RoomInput[] = [];
  /** Of the inputs that the next tick takes. */
  #waiters: Waiter[] = [];
  /** Of all inputs whose tick has not left yet. */
  readonly #unsettled = new Set<Waiter>();
  #notices: { viewer: number; frame: Uint8Array }[] = [];
  #lost = new Map<string, NodeJS.Timeout>();
  #acked = new Map<string, number>();
  #hold = false;
  #checkpoints!: CheckpointDesk;
  #messages!: MessageDesk;
  #door!: OriginDoor;
  readonly #pulse = new Pulse();

  readonly #relay = new RelayPlugin({
    admits: (claim, roomId) => this.#deps.admits(claim, roomId),
    epoch: () => this.#epoch,
    eventTime: () => this.#time.now(),
    tickMs: TICK_MS,
    relayUp: (relayId, incarnation) => this.#relayUp(relayId, incarnation),
    relayDown: (relayId, incarnation) => this.#relayDown(relayId, incarnation),
    batch: (relayId, incarnation, bytes) => this.#inputs.push({ kind: 'batch', relayId, incarnation, bytes }),
    failed: (error) => this.#fail(error),
  });
  override plugins = definePlugins([this.#relay]);

  override async onCreate(options: { host?: { take(eventId: unknown): RoomOpening | undefined }; event?: unknown }): Promise<void> {
    const opening = options.host?.take(options.event);
    if (opening === undefined) throw serverError('event_unknown'); // viewers do not make rooms
    this.#opening = opening;
    this.#deps = opening.deps;
    this.roomId = opening.event.id;
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
    this.#letDown();
    this.#opening?.closed(); // a room that was refused at creation has none
  }

  async #restore(): Promise<void> {
    const { journal, games, genuine, logger } = this.#deps;
    const { event } = this.#opening!;
    const { epoch, checkpoint } = await journal.open(event.id);
    const image = checkpoint === undefined ? undefined : decodeImage(checkpoint.bytes);
    this.#epoch = epoch;
    liftRefIds(this, Math.max(image?.refs ?? 0, epoch * REF_ID_STEP) + REF_ID_STEP);
    if (image !== undefined) this.state.restore(image.state as never);
    const core = new CrowdCore(this.state, { event: event.id, maxViewers: event.maxViewers, games, genuine: (join) => genuine(event.id, join) });
    if (image !== undefined) core.load(image.core);
    this.#core = core;
    let replayed = 0;
    for await (const record of journal.records(event.id, core.tick)) {
      core.tick = record.tick - 1; // ticks that changed nothing were not journalled
      const step = core.step(record.time, decodeInputs(record.bytes));
      if (step.facts.length > 0) await this.#deps.facts.facts(event.id, step.facts);
      replayed++;
    }
    for (const { relayId, applied } of core.runs) this.#acked.set(relayId, applied); // all that it knows is journalled
    this.#time = new EventClock(this.#deps.clock, event.createdAt, core.time);
    this.#checkpoints = new CheckpointDesk(journal, event.id, epoch, logger, (error) => this.#fail(error));
    this.#messages = new MessageDesk(this.#deps.messages, event.id, core, (row, frame) => this.#direct(row, frame));
    this.#door = new OriginDoor(this, epoch);
    this.#inputs.push(this.#door.up());
    logger.info({ event: event.id, epoch, tick: core.tick, replayed }, 'room open');
  }

  #safeTick(): void {
    if (this.#hold) return;
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
    const waiters = this.#waiters;
    this.#inputs = [];
    this.#waiters = [];
    const core = this.#core;
    const step = core.step(this.#time.now(), inputs);
    const durable = step.recorded
      ? this.#deps.journal.append(this.roomId, this.#epoch, { tick: step.tick, time: step.time, bytes: encodeInputs(inputs) })
      : undefined;
    this.#collect(step);
    const words = core.out.takePart(core.runOf(ORIGIN_RELAY)!.index);
    const acks = new Map(this.#relay.relays.map((id) => [id, core.runOf(id)?.applied ?? 0]));
    this.#relay.stage({
      tick: step.tick, eventTime: step.time, mark: step.mark, shifted: step.shifted, durable,
      outputFor: (relayId) => this.#outputFor(relayId),
      released: () => {
        this.#door.deliver(words);
        this.#released(step, acks, waiters);
      },
    });
    this.broadcastPatch();
    core.out.clear();
    this.#checkpoints.consider(step, () => ({ state: this.state.toJSON(), refs: nextRefId(this), core: core.image() }));
    this.#pulse.add(step.time, step.applied, this.state.viewers);
    this.#deps.metrics.tick(this.#deps.clock.monotonic() - started, step.applied, core.out.takeRefused());
  }

  /** Turns rows that have something to be told into parts by relay. */
  #collect(step: Step): void {
    const core = this.#core;
    const { out, viewers } = core;
    for (const row of out.retold.take(Infinity)) {
      const at = core.address(row);
      if (at !== undefined) for (const [n, code] of viewers.refusalsOf(row)) out.tellRefusal(at.relay, at.slot, n, code);
    }
    for (const row of out.confirms.take(Infinity)) {
      const at = core.address(row);
      if (at !== undefined) out.part(at.relay).confirms.push({ slot: at.slot, n: viewers.columns.lastN[row]! });
    }
    for (const row of out.standings.take(STANDINGS_PER_TICK)) {
      const at = core.address(row);
      if (at === undefined) continue;
      const frame = encodeRoomData(DATA_TYPE.me, packr.pack(core.me(row)));
      out.part(at.relay).privates.push({ slot: at.slot, key: PRIVATE_KEY.me, frame, timed: step.shifted });
    }
    for (const { viewer, frame } of this.#notices.splice(0, NOTICES_PER_TICK)) {
      const row = viewers.rowOf(viewer);
      if (row !== undefined) this.#direct(row, frame);
    }
  }

  #outputFor(relayId: string): RelayOutput {
    const run = this.#core.runOf(relayId);
    return run === undefined ? NOTHING : { ...NOTHING, acked: run.applied, ...this.#core.out.takePart(run.index) };
  }

  /** The tick is durable and has left. */
  #released(step: Step, acks: ReadonlyMap<string, number>, waiters: readonly Waiter[]): void {
    for (const [relayId, n] of acks) this.#acked.set(relayId, n);
    for (const waiter of waiters) {
      this.#unsettled.delete(waiter);
      waiter.resolve();
    }
    const ledgered = step.facts.length > 0 ? this.#deps.facts.facts(this.roomId, step.facts) : undefined;
    this.#checkpoints.released(step.tick, ledgered);
    for (const message of step.messages) void this.#messages.serve(message);
  }

  #direct(row: number, frame: Uint8Array): void {
    const at = this.#core.address(row);
    if (at !== undefined) this.#core.out.direct(at, frame);
  }

  #relayUp(relayId: string, incarnation: number): number | 'superseded' {
    const known = this.#core.runState(relayId, incarnation);
    if (known === 'superseded') return known;
    clearTimeout(this.#lost.get(relayId));
    this.#lost.delete(relayId);
    this.#inputs.push({ kind: 'relay-up', relayId, incarnation });
    if (known === undefined) this.#acked.set(relayId, 0);
    return this.#acked.get(relayId) ?? 0;
  }

  #relayDown(relayId: string, incarnation: number): void {
    if (this.#hold) return;
    const lost = setTimeout(() => this.#inputs.push({ kind: 'relay-lost', relayId, incarnation }), RELAY_LOST_MS);
    this.#lost.set(relayId, lost.unref());
  }

  #fail(error: unknown): void {
    if (this.#hold) return;
    this.#hold = true;
    this.#deps.logger.error({ event: this.roomId, err: error }, 'room on hold: a tick failed');
    this.#letDown();
    this.#relay.closeLinks('room_hold');
    this.#opening?.failed(error);
  }

  /** Whoever still waits is told that nothing came of it. */
  #letDown(): void {
    for (const waiter of this.#unsettled) waiter.reject(new CrowdcueError('room_hold'));
    this.#unsettled.clear();
  }

  #submit(input: RoomInput): Promise<void> {
    if (this.#hold) return Promise.reject(new CrowdcueError('room_hold'));
    this.#inputs.push(input);
    return new Promise((resolve, reject) => {
      const waiter = { resolve, reject };
      this.#waiters.push(waiter);
      this.#unsettled.add(waiter);
    });
  }

  // RoomControl

  async cue(request: CueRequest): Promise<CueAnswer> {
    const running = this.#core.desk.running || this.#inputs.some((input) => input.kind === 'cue');
    if (running) throw new CrowdcueError('round_running');
    const cue = checkCue(request, this.#deps.games, this.#time.now());
    const round = this.state.round + 1;
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

  overview(): RoomOverview {
    return overviewOf(this.#core, this.#pulse, this.#time.now(), this.#hold);
  }

  viewers(query: string, limit: number): HostViewer[] {
    return viewersOf(this.#core, query, limit);
  }

  dropsChanged(rows: readonly DropRow[]): void {
    if (!this.#hold) this.#inputs.push({ kind: 'drops', rows });
  }

  unlocked(viewers: readonly number[], unlock: UnlockView): void {
    const frame = encodeRoomData(DATA_TYPE.unlock, packr.pack(unlock));
    for (const viewer of viewers) this.#notices.push({ viewer, frame });
  }
}
