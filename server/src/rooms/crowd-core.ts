/**
 * The room's rules without any I/O: inputs in, state out. `step` applies one tick; live rooms, restores and replays all run it, with the
 * times that stand in the journal, and come to the same bytes.
 *
 * Invariants: nothing here reads a clock, awaits, or depends on what is not an input or an earlier step; an action `(session, n)` is
 * applied at most once; a batch of a relay's run is applied at most once and in order.
 * Must not import: Colyseus rooms, journal, ledger, relay plugin.
 */
import {
  CrowdcueError, DATA_TYPE, decodeBatch, encodeRoomData, newActionColumns, type ActionColumns, type Batch, type BatchMessage, type ErrorCode, type MeView,
} from '@crowdcue/protocol';
import { Packr } from 'msgpackr';
import type { Fact } from '../achievements/index.js';
import { ActionGate } from './action-gate.js';
import { Attendance, type AttendanceImage } from './attendance.js';
import { CaptionShelf, type CaptionImage } from './caption-shelf.js';
import type { CoreOptions } from './core-options.js';
import type { AirState, DropRow, NameRow, RoomInput } from './inputs.js';
import { Outbound } from './outbound.js';
import type { RelayRun } from './relay-runs.js';
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

export interface CoreImage extends AttendanceImage {
  tick: number;
  time: number;
  viewers: ViewerTableImage;
  desk: DeskImage;
  /** Absent in images of a version that knew none. */
  captions?: CaptionImage;
}

const packr = new Packr({ useRecords: false });
const NO_DELAYS: NonNullable<Batch['delays']> = [];

export class CrowdCore {
  tick = 0;
  time = 0;
  readonly viewers = new ViewerTable();
  readonly out = new Outbound();
  readonly desk: RoundDesk;
  readonly attendance: Attendance;
  readonly captions = new CaptionShelf();
  readonly #gate: ActionGate;
  readonly #columns: ActionColumns = newActionColumns(4096);
  #messages: ViewerMessage[] = [];
  #offences: RelayOffence[] = [];

  constructor(readonly state: CrowdState, readonly options: CoreOptions) {
    this.desk = new RoundDesk(state, this.viewers, this.out, options);
    this.attendance = new Attendance(state, this.viewers, this.out, this.desk, options);
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
    const { online } = this.attendance;
    if (this.state.viewers !== online) this.state.viewers = online;
    return {
      tick: this.tick, time: this.time, recorded: inputs.length > 0 || inRound || this.desk.running, mark: this.desk.takeMark(),
      shifted: wasShifted || this.desk.shifted,
      facts: this.desk.takeFacts(), messages: this.#messages, offences: this.#offences, applied: this.#gate.takeApplied(),
    };
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
      case 'relay-up': return this.attendance.relayUp(input.relayId, input.incarnation);
      case 'relay-lost': return this.attendance.relayLost(input.relayId, input.incarnation);
      case 'cue': return this.desk.cue(input);
      case 'stop': return this.desk.stop();
      case 'settle': return this.desk.settle(input.round, input.outcome);
      case 'ban': return this.#ban(input.viewer, input.banned);
      case 'flash': return void (this.state.flashFrom = this.desk.running ? 0 : input.from);
      case 'packager': return void Object.assign(this.state, { packagerEpoch: input.epoch, packagerError: input.error });
      case 'hold': return this.#hold(input.viewer, input.held);
      case 'names': return this.#names(input.rows);
      case 'fallback': return this.out.tell(encodeRoomData(DATA_TYPE.fallback, packr.pack(input.view)));
      case 'air': return this.#air(input.to);
      case 'drops': return this.#drops(input.rows);
      case 'captions': return this.out.tell(this.captions.take(input.lines));
      case 'dismiss': return this.attendance.dismiss(input.version);
    }
  }

  #batch(relayId: string, incarnation: number, bytes: Uint8Array): void {
    const run = this.attendance.runOf(relayId);
    if (run === undefined || run.incarnation !== incarnation) return;
    const batch = this.#decode(bytes);
    // A link is ordered, and resends from the first unacknowledged batch: after a gap nothing of this run would ever be applied again.
    const code = batch instanceof CrowdcueError ? batch.code : batch.n > run.applied + 1 ? 'frame_malformed' : undefined;
    if (code !== undefined) this.#offences.push({ relayId, incarnation, code });
    if (batch instanceof CrowdcueError || batch.n !== run.applied + 1) return; // or a repeat
    run.applied = batch.n;
    for (const join of batch.joins) {
      if (run.joins(join.slot)) this.attendance.join(run, join);
      else this.#offences.push({ relayId, incarnation, code: 'frame_malformed' });
    }
    for (const { slot, delay } of batch.delays ?? NO_DELAYS) this.attendance.delay(run, slot, delay);
    this.#gate.take(run, batch.time, batch.actions);
    for (const message of batch.messages) this.#message(run, batch.time, message);
    for (const leave of batch.leaves) this.attendance.leave(run, leave);
  }

  #decode(bytes: Uint8Array): Batch | CrowdcueError {
    try {
      return decodeBatch(bytes, this.#columns);
    } catch (error) {
      if (error instanceof CrowdcueError) return error;
      throw error;
    }
  }

  #message(run: RelayRun, time: number, message: BatchMessage): void {
    const row = run.rowAt(message.slot);
    if (row < 0) return;
    if (!this.#gate.message(run, row, time, message.frame)) this.#messages.push({ row, frame: message.frame });
  }

  #ban(viewer: number, banned: boolean): void {
    const row = this.viewers.rowOf(viewer);
    if (row === undefined) return;
    this.viewers.set(row, FLAG.banned, banned);
    if (banned) this.attendance.sendAway(row, 'viewer_banned');
  }

  #hold(viewer: number, held: boolean): void {
    const row = this.viewers.rowOf(viewer);
    if (row === undefined || this.viewers.is(row, FLAG.held) === held) return;
    this.viewers.set(row, FLAG.held, held);
    this.desk.renamed();
  }

  #names(rows: readonly NameRow[]): void {
    for (const { viewer, name } of rows) {
      const row = this.viewers.rowOf(viewer);
      if (row !== undefined && this.viewers.rename(row, name)) this.out.standings.add(row);
    }
    this.desk.renamed();
  }

  #air(to: AirState): void {
    this.desk.air(to);
    if (to === 'ended') for (let row = 0; row < this.viewers.length; row++) this.attendance.sendAway(row, 'event_ended');
    for (let row = 0; row < this.viewers.length; row++) if (this.viewers.is(row, FLAG.online)) this.out.standings.add(row);
  }

  #drops(rows: readonly DropRow[]): void {
    for (const { id, name, supply, left, open, draw = '' } of rows) {
      const entry = this.state.drops.get(id) ?? new DropEntry();
      Object.assign(entry, { name, supply, left, open, draw });
      if (!this.state.drops.has(id)) this.state.drops.set(id, entry);
    }
  }

  /** As it stands: mostly its own memory, good until the next step. */
  image(): CoreImage {
    return { tick: this.tick, time: this.time, viewers: this.viewers.image(), ...this.attendance.image(), desk: this.desk.image(), captions: this.captions.image() };
  }

  /** Takes the place of everything but the schema state, which its room restores first. */
  load(image: CoreImage): void {
    this.tick = image.tick;
    this.time = image.time;
    this.viewers.load(image.viewers);
    this.attendance.load(image);
    if (image.captions !== undefined) this.captions.load(image.captions);
    this.desk.load(image.desk);
  }
}

