/**
 * Who is here, by which relay, and who may be: joins, leaves, links that come and go, places, who is sent away. Part of the core: no I/O,
 * no clock. Overlays watch as spectators: they are no viewers, take no viewer's place, and nobody counts them.
 */
import { type BatchJoin, type BatchLeave, type ErrorCode, isSpectator, MOST_OVERLAYS, spectatorVersion } from '@crowdcue/protocol';
import type { CoreOptions } from './core-options.js';
import type { Address, Outbound } from './outbound.js';
import { ORIGIN_RELAY, RelayRun, type RelayRunImage } from './relay-runs.js';
import type { RoundDesk } from './round-desk.js';
import type { CrowdState } from './state.js';
import { FLAG, type ViewerTable } from './viewer-table.js';

export interface AttendanceImage {
  runs: RelayRunImage[];
  /** Absent in images of a version that knew no overlays. */
  dismissed?: number;
}

export class Attendance {
  /** Viewers that are connected. */
  online = 0;
  readonly #runs: RelayRun[] = [];
  readonly #runOf = new Map<string, RelayRun>();
  /** Rows of the overlays that are connected. */
  readonly #watching = new Set<number>();
  /** The last version of the overlay's key that was taken back, and with it all before. */
  #dismissed = 0;

  constructor(
    private readonly state: CrowdState,
    private readonly viewers: ViewerTable,
    private readonly out: Outbound,
    private readonly desk: RoundDesk,
    private readonly options: CoreOptions,
  ) {}

  /** Present runs of all relays that this room has met. */
  get runs(): readonly RelayRun[] {
    return this.#runs;
  }

  runOf(relayId: string): RelayRun | undefined {
    return this.#runOf.get(relayId);
  }

  /** The last batch of this run that was applied, `undefined` when it is unknown, `superseded` when a newer one is known. */
  runState(relayId: string, incarnation: number): number | undefined | 'superseded' {
    const run = this.#runOf.get(relayId);
    if (run === undefined || run.incarnation < incarnation) return undefined;
    return run.incarnation > incarnation ? 'superseded' : run.applied;
  }

  relayCounts(): { id: string; viewers: number }[] {
    return this.#runs.map((run) => {
      let viewers = 0;
      for (const row of run.boundRows()) if (!this.viewers.is(row, FLAG.spectator)) viewers++;
      return { id: run.relayId, viewers };
    });
  }

  /** Viewer numbers of the overlays that are connected. */
  spectators(): number[] {
    return [...this.#watching].map((row) => this.viewers.columns.viewer[row]!);
  }

  address(row: number): Address | undefined {
    const { relay, slot } = this.viewers.columns;
    return this.viewers.is(row, FLAG.online) ? { relay: relay[row]!, slot: slot[row]! } : undefined;
  }

  relayUp(relayId: string, incarnation: number): void {
    const known = this.#runOf.get(relayId);
    if (relayId === ORIGIN_RELAY) this.desk.reopened();
    if (known === undefined) {
      this.#add(new RelayRun(relayId, this.#runs.length, incarnation));
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

  relayLost(relayId: string, incarnation: number): void {
    const run = this.#runOf.get(relayId);
    if (run?.incarnation === incarnation) for (const row of run.boundRows()) this.#offline(row);
  }

  join(run: RelayRun, join: BatchJoin): void {
    const known = this.viewers.rowOf(join.viewer);
    const online = known !== undefined && this.viewers.is(known, FLAG.online);
    const spectator = isSpectator(join.tier);
    const refusal = this.#refusal(join, known, online, spectator);
    if (refusal !== undefined) return this.out.kick(run.index, join.slot, join.connection, refusal);
    const row = this.viewers.admit(join.viewer, join.name, join.tier);
    const c = this.viewers.columns;
    if (known === undefined) this.viewers.set(row, FLAG.spectator, spectator);
    else this.#displace(row);
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
    return undefined;
  }

  leave(run: RelayRun, leave: BatchLeave): void {
    const row = run.rowAt(leave.slot);
    if (row < 0 || this.viewers.columns.connection[row] !== leave.connection) return;
    run.clear(leave.slot);
    this.#offline(row);
  }

  /** How late the frames of a viewer come from now on. */
  delay(run: RelayRun, slot: number, delay: number): void {
    const row = run.rowAt(slot);
    if (row < 0) return;
    this.viewers.columns.delay[row] = delay;
    this.out.standings.add(row); // it says whether the viewer is scored
  }

  /** The overlay's key of this version is taken back, and those before. */
  dismiss(version: number): void {
    this.#dismissed = Math.max(this.#dismissed, version);
    for (let row = 0; row < this.viewers.length; row++) {
      if (this.viewers.is(row, FLAG.spectator) && spectatorVersion(this.viewers.tiers[row]!) <= version) this.sendAway(row, 'key_forbidden');
    }
  }

  /** Ends a viewer's connection, if there is one. */
  sendAway(row: number, code: ErrorCode): void {
    if (!this.viewers.is(row, FLAG.online)) return;
    const c = this.viewers.columns;
    const run = this.#runs[c.relay[row]!]!;
    run.clear(c.slot[row]!);
    this.out.kick(run.index, c.slot[row]!, c.connection[row]!, code);
    this.#offline(row);
  }

  image(): AttendanceImage {
    return { runs: this.#runs.map((run) => run.image()), dismissed: this.#dismissed };
  }

  /** After the table of viewers. */
  load({ runs, dismissed = 0 }: AttendanceImage): void {
    for (const image of runs) this.#add(RelayRun.load(image, this.#runs.length));
    for (let row = 0; row < this.viewers.length; row++) if (this.viewers.is(row, FLAG.online)) this.#count(row, 1);
    this.#dismissed = dismissed;
  }

  /** Why this one may not come in. */
  #refusal(join: BatchJoin, known: number | undefined, online: boolean, spectator: boolean): ErrorCode | undefined {
    const { phase } = this.state;
    if (!this.options.genuine(join)) return 'token_tier_forged';
    if (known !== undefined && this.viewers.is(known, FLAG.banned)) return 'viewer_banned';
    if (phase === 'ended') return 'event_ended';
    if (spectator && spectatorVersion(join.tier) <= this.#dismissed) return 'key_forbidden';
    if (known === undefined && !spectator && phase === 'off') return 'event_off'; // the host's own overlay may come back
    if (online) return undefined;
    // Not `event_full`: a relay would put it at the head of the line, before viewers who have a place.
    if (spectator) return this.#watching.size >= MOST_OVERLAYS ? 'too_many_requests' : undefined;
    return this.online >= this.options.maxViewers ? 'event_full' : undefined;
  }

  #add(run: RelayRun): void {
    this.#runs.push(run);
    this.#runOf.set(run.relayId, run);
  }

  /** Ends a viewer's older connection, if there is one: the newest session wins. It may be behind a relay that is away. */
  #displace(row: number): void {
    const c = this.viewers.columns;
    const run = this.#runs[c.relay[row]!]!;
    if (run.rowAt(c.slot[row]!) !== row) return;
    this.desk.parted(row);
    run.clear(c.slot[row]!);
    this.out.kick(run.index, c.slot[row]!, c.connection[row]!, 'taken_over');
  }

  #greet(row: number): void {
    this.out.retold.add(row);
    this.out.confirms.add(row);
    this.out.standings.add(row);
  }

  #offline(row: number): void {
    if (!this.viewers.is(row, FLAG.online)) return;
    this.desk.parted(row);
    this.viewers.set(row, FLAG.online, false);
    this.#count(row, -1);
  }

  #count(row: number, by: 1 | -1): void {
    if (!this.viewers.is(row, FLAG.spectator)) this.online += by;
    else if (by > 0) this.#watching.add(row);
    else this.#watching.delete(row);
  }
}
