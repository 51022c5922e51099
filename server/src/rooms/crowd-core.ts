/**
 * The room's rules without any I/O: inputs in, state out. `step` applies one tick; live rooms, restores and replays all run it, with the
 * times that stand in the journal, and come to the same bytes.
 *
 * Invariants: nothing here reads a clock, awaits, or depends on what is not an input or an earlier step; an action `(session, n)` is
 * applied at most once; a batch of a relay's run is applied at most once and in order.
 * Must not import: Colyseus rooms, journal, ledger, relay plugin.
 */
import {
  CrowdcueError, decodeBatch, newActionColumns, type ActionColumns, type Batch, type BatchJoin, type BatchLeave, type BatchMessage, type ErrorCode, type MeView, isSpectator, MOST_OVERLAYS, spectatorVersion,
} from '@crowdcue/protocol';
import type { Fact } from '../achievements/index.js';
import { ActionGate } from './action-gate.js';
import { CaptionShelf, type CaptionImage } from './caption-shelf.js';
import type { CoreOptions } from './core-options.js';
import type { AirState, DropRow, RoomInput } from './inputs.js';
import { Outbound } from './outbound.js';
import { ORIGIN_RELAY, RelayRun, type RelayRunImage } from './relay-runs.js';
import { RoundDesk, type DeskImage } from './round-desk.js';
import { DropEntry, type CrowdState } from './state.js';
import { FLAG, ViewerTable, type ViewerTableImage } from './viewer-table.js';

/** A viewer's message that is not an action, for whoever serves messages. */
export interface ViewerMessage {
  readonly row: number;
  readonly frame: Uint8Array;
}

/** A relay that sent what no relay may: its run, and what was wrong. */
export interface RelayOffence {
  readonly relayId: string;
  readonly incarnation: number;
  readonly code: ErrorCode;
}

/** What a step did, beside changing the state. */
export interface Step {
  readonly tick: number;
  readonly time: number;
  /** Whether the tick belongs in the journal. */
  readonly recorded: boolean;
  readonly mark: boolean;
  /** Whether it belongs to a round in stream time. */
  readonly shifted: boolean;
  readonly facts: readonly Fact[];
  readonly messages: readonly ViewerMessage[];
  /** Batches that were passed over, live and in every replay alike: they mean nothing, or others are missing before them. */
  readonly offences: readonly RelayOffence[];
  readonly applied: number;
}

export interface CoreImage {
  tick: number;
  time: number;
  viewers: ViewerTableImage;
  runs: RelayRunImage[];
  desk: DeskImage;
  /** Absent in images of a version that knew neither captions nor overlays. */
  captions?: CaptionImage;
  dismissed?: number;
}

const NO_DELAYS: NonNullable<Batch['delays']> = [];

export class CrowdCore {
  tick = 0;
  time = 0;
  readonly viewers = new ViewerTable();
  readonly out = new Outbound();
  readonly desk: RoundDesk;
  readonly #runs: RelayRun[] = [];
  readonly #runOf = new Map<string, RelayRun>();
  readonly #gate: ActionGate;
  readonly #columns: ActionColumns = newActionColumns(4096);
  #messages: ViewerMessage[] = [];
  #offences: RelayOffence[] = [];
  readonly captions = new CaptionShelf();
  #online = 0;
  /** Overlays that are connected: they are not among the viewers. */
  #watching = 0;
  /** The last version of the overlay's key that was taken back, and with it all before. */
  #dismissed = 0;

  constructor(readonly state: CrowdState, readonly options: CoreOptions) {
    this.desk = new RoundDesk(state, this.viewers, this.out, options);
    this.#gate = new ActionGate(this.viewers, this.out, this.desk);
  }

  /** Applies one tick. `time` is event time, ms, and never goes back. */
  step(time: number, inputs: readonly RoomInput[]): Step {
    this.tick++;
    this.time = Math.max(this.time, time);
    const inRound = this.desk.running;
    const wasShifted = this.desk.shifted;
    this.#messages = [];
    this.#offences = [];
    this.desk.begin(this.tick, this.time);
    for (const input of inputs) this.#apply(input);
    this.#gate.flush();
    this.desk.finish();
    if (this.state.viewers !== this.#online) this.state.viewers = this.#online;
    return {
      tick: this.tick, time: this.time, recorded: inputs.length > 0 || inRound || this.desk.running, mark: this.desk.takeMark(),
      shifted: wasShifted || this.desk.shifted,
      facts: this.desk.takeFacts(), messages: this.#messages, offences: this.#offences, applied: this.#gate.takeApplied(),
    };
  }

  /** The last batch of this run that was applied, `undefined` when it is unknown, `superseded` when a newer one is known. */
  runState(relayId: string, incarnation: number): number | undefined | 'superseded' {
    const run = this.#runOf.get(relayId);
    if (run === undefined || run.incarnation < incarnation) return undefined;
    return run.incarnation > incarnation ? 'superseded' : run.applied;
  }

  /** Present runs of all relays that this room has met. */
  get runs(): readonly RelayRun[] {
    return this.#runs;
  }

  runOf(relayId: string): RelayRun | undefined {
    return this.#runOf.get(relayId);
  }

  relayCounts(): { id: string; viewers: number }[] {
    return this.#runs.map((run) => ({ id: run.relayId, viewers: [...run.boundRows()].filter((row) => !this.viewers.is(row, FLAG.spectator)).length }));
  }

  /** Viewer numbers of the overlays that are connected. */
  spectators(): number[] {
    if (this.#watching === 0) return [];
    return this.#runs.flatMap((run) => [...run.boundRows()]).filter((row) => this.viewers.is(row, FLAG.spectator)).map((row) => this.viewers.columns.viewer[row]!);
  }

  address(row: number): { relay: number; slot: number } | undefined {
    const { relay, slot } = this.viewers.columns;
    return this.viewers.is(row, FLAG.online) ? { relay: relay[row]!, slot: slot[row]! } : undefined;
  }

  me(row: number): MeView {
    const c = this.viewers.columns;
    const { round } = this.state;
    const playedLast = round > 0 && c.playedRound[row] === round;
    const over = this.state.phase === 'over';
    return {
      viewer: c.viewer[row]!, name: this.viewers.names[row]!, round, score: playedLast ? c.score[row]! : 0, rank: playedLast && over ? c.rank[row]! : 0,
      applied: playedLast ? c.applied[row]! : 0, appliedTotal: c.appliedTotal[row]!, roundsPlayed: c.roundsPlayed[row]!, roundsWon: c.roundsWon[row]!,
      result: !over || !playedLast ? 'none' : c.wonRound[row] === round ? 'won' : 'played', fastest: over && playedLast && c.fastestRound[row] === round,
      ...((c.delay[row]! > this.desk.maxDelay || (playedLast && c.unscoredRound[row] === round)) && { unscored: true }),
    };
  }

  #apply(input: RoomInput): void {
    switch (input.kind) {
      case 'batch': return this.#batch(input.relayId, input.incarnation, input.bytes);
      case 'relay-up': return this.#relayUp(input.relayId, input.incarnation);
      case 'relay-lost': return this.#relayLost(input.relayId, input.incarnation);
      case 'cue': return this.#cue(input);
      case 'stop': return this.desk.stop();
      case 'settle': return this.desk.settle(input.round, input.outcome);
      case 'ban': return this.#ban(input.viewer, input.banned);
      case 'flash': return void (this.state.flashFrom = this.desk.running ? 0 : input.from);
      case 'packager': return void Object.assign(this.state, { packagerEpoch: input.epoch, packagerError: input.error });
      case 'hold': return this.#hold(input.viewer, input.held);
      case 'air': return this.#air(input.to);
      case 'drops': return this.#drops(input.rows);
      case 'captions': return this.out.tell(this.captions.take(input.lines));
      case 'dismiss': return this.#dismiss(input.version);
    }
  }

  #cue(input: Extract<RoomInput, { kind: 'cue' }>): void {
    if (!this.desk.running && this.state.flashFrom !== 0) this.state.flashFrom = 0; // a round has the picture for itself
    this.desk.cue(input);
  }

  #batch(relayId: string, incarnation: number, bytes: Uint8Array): void {
    const run = this.#runOf.get(relayId);
    if (run === undefined || run.incarnation !== incarnation) return;
    const batch = this.#decode(bytes);
    // A link is ordered, and resends from the first unacknowledged batch: after a gap nothing of this run would ever be applied again.
    const code = batch instanceof CrowdcueError ? batch.code : batch.n > run.applied + 1 ? 'frame_malformed' : undefined;
    if (code !== undefined) this.#offences.push({ relayId, incarnation, code });
    if (batch instanceof CrowdcueError || batch.n !== run.applied + 1) return; // or a repeat
    run.applied = batch.n;
    for (const join of batch.joins) {
      if (run.joins(join.slot)) this.#join(run, join);
      else this.#offences.push({ relayId, incarnation, code: 'frame_malformed' });
    }
    for (const { slot, delay } of batch.delays ?? NO_DELAYS) this.#delay(run, slot, delay);
    this.#gate.take(run, batch.time, batch.actions);
    for (const message of batch.messages) this.#message(run, batch.time, message);
    for (const leave of batch.leaves) this.#leave(run, leave);
  }

  #decode(bytes: Uint8Array): Batch | CrowdcueError {
    try {
      return decodeBatch(bytes, this.#columns);
    } catch (error) {
      if (error instanceof CrowdcueError) return error;
      throw error;
    }
  }

  #join(run: RelayRun, join: BatchJoin): void {
    const refuse = (code: ErrorCode): void => this.out.kick(run.index, join.slot, join.connection, code);
    if (!this.options.genuine(join)) return refuse('token_tier_forged');
    const known = this.viewers.rowOf(join.viewer);
    const online = known !== undefined && this.viewers.is(known, FLAG.online);
    if (known !== undefined && this.viewers.is(known, FLAG.banned)) return refuse('viewer_banned');
    if (this.state.phase === 'ended') return refuse('event_ended');
    const spectator = isSpectator(join.tier);
    if (spectator && spectatorVersion(join.tier) <= this.#dismissed) return refuse('key_forbidden');
    if (known === undefined && !spectator && this.state.phase === 'off') return refuse('event_off'); // the host's own overlay may come back
    // Not `event_full`: a relay would put it at the head of the line, before viewers who have a place.
    if (!online && spectator && this.#watching >= MOST_OVERLAYS) return refuse('too_many_requests');
    if (!online && !spectator && this.#online >= this.options.maxViewers) return refuse('event_full');
    const row = this.viewers.admit(join.viewer, join.name, join.tier);
    const c = this.viewers.columns;
    if (known !== undefined) this.#displace(row);
    if (known === undefined) this.viewers.set(row, FLAG.spectator, spectator);
    if (!online) this.#count(row, 1);
    if (this.viewers.sessions[row] !== join.sessionId) this.viewers.begin(row, join.sessionId);
    c.relay[row] = run.index;
    c.slot[row] = join.slot;
    c.connection[row] = join.connection;
    c.delay[row] = 0;
    this.viewers.set(row, FLAG.online, true);
    this.viewers.set(row, FLAG.direct, join.direct);
    run.bind(join.slot, row);
    this.#greet(row);
  }

  /** Ends a viewer's older connection, if there is one: the newest session wins. It may be behind a relay that is away. */
  #displace(row: number): void {
    const c = this.viewers.columns;
    const run = this.#runs[c.relay[row]!]!;
    if (run.rowAt(c.slot[row]!) !== row) return;
    this.desk.round?.window?.parted(row, this.time);
    run.clear(c.slot[row]!);
    this.out.kick(run.index, c.slot[row]!, c.connection[row]!, 'taken_over');
  }

  #greet(row: number): void {
    this.out.retold.add(row);
    this.out.confirms.add(row);
    this.out.standings.add(row);
  }

  /** How late the frames of a viewer come from now on. */
  #delay(run: RelayRun, slot: number, delay: number): void {
    const row = run.rowAt(slot);
    if (row < 0) return;
    this.viewers.columns.delay[row] = delay;
    this.out.standings.add(row); // it says whether the viewer is scored
  }

  #message(run: RelayRun, time: number, message: BatchMessage): void {
    const row = run.rowAt(message.slot);
    if (row < 0) return;
    if (!this.#gate.message(run, row, time, message.frame)) this.#messages.push({ row, frame: message.frame });
  }

  #leave(run: RelayRun, leave: BatchLeave): void {
    const row = run.rowAt(leave.slot);
    if (row < 0 || this.viewers.columns.connection[row] !== leave.connection) return;
    run.clear(leave.slot);
    this.#offline(row);
  }

  #offline(row: number): void {
    if (!this.viewers.is(row, FLAG.online)) return;
    this.desk.round?.window?.parted(row, this.time);
    this.viewers.set(row, FLAG.online, false);
    this.#count(row, -1);
  }

  #count(row: number, by: 1 | -1): void {
    if (this.viewers.is(row, FLAG.spectator)) this.#watching += by;
    else this.#online += by;
  }

  #relayUp(relayId: string, incarnation: number): void {
    const known = this.#runOf.get(relayId);
    if (relayId === ORIGIN_RELAY) this.desk.reopened();
    if (known === undefined) {
      const run = new RelayRun(relayId, this.#runs.length, incarnation);
      this.#runs.push(run);
      this.#runOf.set(relayId, run);
    } else if (known.incarnation < incarnation) {
      for (const row of known.boundRows()) this.#offline(row);
      known.restart(incarnation);
    } else if (known.incarnation === incarnation) {
      // Its link was away; viewers that it kept are here again.
      for (const row of known.boundRows()) {
        if (!this.viewers.is(row, FLAG.online)) this.#count(row, 1);
        this.viewers.set(row, FLAG.online, true);
        this.#greet(row);
      }
    }
  }

  #relayLost(relayId: string, incarnation: number): void {
    const run = this.#runOf.get(relayId);
    if (run?.incarnation === incarnation) for (const row of run.boundRows()) this.#offline(row);
  }

  #ban(viewer: number, banned: boolean): void {
    const row = this.viewers.rowOf(viewer);
    if (row === undefined) return;
    this.viewers.set(row, FLAG.banned, banned);
    if (banned) this.#sendAway(row, 'viewer_banned');
  }

  #dismiss(version: number): void {
    this.#dismissed = Math.max(this.#dismissed, version);
    for (let row = 0; row < this.viewers.length; row++) {
      if (this.viewers.is(row, FLAG.spectator) && spectatorVersion(this.viewers.tiers[row]!) <= version) this.#sendAway(row, 'key_forbidden');
    }
  }

  #sendAway(row: number, code: ErrorCode): void {
    if (!this.viewers.is(row, FLAG.online)) return;
    const c = this.viewers.columns;
    const run = this.#runs[c.relay[row]!]!;
    run.clear(c.slot[row]!);
    this.out.kick(run.index, c.slot[row]!, c.connection[row]!, code);
    this.#offline(row);
  }

  #hold(viewer: number, held: boolean): void {
    const row = this.viewers.rowOf(viewer);
    if (row === undefined || this.viewers.is(row, FLAG.held) === held) return;
    this.viewers.set(row, FLAG.held, held);
    this.desk.renamed();
  }

  #air(to: AirState): void {
    this.desk.air(to);
    if (to === 'ended') for (let row = 0; row < this.viewers.length; row++) this.#sendAway(row, 'event_ended');
    for (let row = 0; row < this.viewers.length; row++) if (this.viewers.is(row, FLAG.online)) this.out.standings.add(row);
  }

  #drops(rows: readonly DropRow[]): void {
    for (const { id, name, supply, left, open } of rows) {
      const entry = this.state.drops.get(id) ?? new DropEntry();
      Object.assign(entry, { name, supply, left, open });
      if (!this.state.drops.has(id)) this.state.drops.set(id, entry);
    }
  }

  /** As it stands: mostly its own memory, good until the next step. */
  image(): CoreImage {
    return { tick: this.tick, time: this.time, viewers: this.viewers.image(), runs: this.#runs.map((run) => run.image()), desk: this.desk.image(), captions: this.captions.image(), dismissed: this.#dismissed };
  }

  /** Takes the place of everything but the schema state, which its room restores first. */
  load(image: CoreImage): void {
    this.tick = image.tick;
    this.time = image.time;
    this.viewers.load(image.viewers);
    for (const runImage of image.runs) {
      const run = RelayRun.load(runImage, this.#runs.length);
      this.#runs.push(run);
      this.#runOf.set(run.relayId, run);
    }
    for (let row = 0; row < this.viewers.length; row++) if (this.viewers.is(row, FLAG.online)) this.#count(row, 1);
    if (image.captions !== undefined) this.captions.load(image.captions);
    this.#dismissed = image.dismissed ?? 0;
    this.desk.load(image.desk);
  }
}

