import { encodeKeyframe, encodeTick, LIMITS } from '@crowdcue/protocol';
import type { Clock } from '../../clock.js';
import type { PatchTap } from '../relay-plugin/patch-tap.js';
import { NOTHING } from '../relay-plugin/relay-plugin.js';
import type { RelayRunLine } from './relay-run.js';
import type { VirtualSocket } from './virtual-client.js';

/** Such rooms have one life; a room that is opened anew has another id. */
export const EPOCH = 1;
/** Ms that a full state waits for the patch that completes it: longer than any patch rate, for rooms that patch by hand. */
const BOUNDARY_MS = 1_000;

/** What the downlink is given. */
export interface DownlinkDeps {
  readonly tap: PatchTap;
  readonly clock: Clock;
  readonly runs: ReadonlyMap<string, RelayRunLine>;
  /** The viewer has entered. */
  entered(socket: VirtualSocket): void;
  /** The relay cannot follow. */
  drowned(run: RelayRunLine): void;
}

/**
 * What goes down the links of one room, in the order in which the room made it: operations, and ticks at its patches. Where state and
 * patches are at one (a boundary) links get their first keyframe and viewers enter; a moment without changes is a boundary too.
 */
export class Downlink {
  readonly #dirty = new Set<RelayRunLine>();
  /** Wait for the boundary at which they enter. */
  readonly #entering = new Set<VirtualSocket>();
  #tick = 0;
  /** A keyframe was taken between boundaries: the next patch must not be put on top of it. */
  #torn = false;
  #lastKeyframeAt = Number.NEGATIVE_INFINITY;
  #changedSinceKeyframe = false;
  #keyframeWanted = false;
  #turnDue = false;
  #overdue: NodeJS.Timeout | undefined;
  #over = false;

  constructor(private readonly deps: DownlinkDeps) {}

  dirty(run: RelayRunLine): void {
    this.#dirty.add(run);
    this.turn();
  }

  entering(socket: VirtualSocket): void {
    this.#entering.add(socket);
    this.turn();
  }

  gone(socket: VirtualSocket): void {
    this.#entering.delete(socket);
  }

  wantKeyframe(): void {
    this.#keyframeWanted = true;
    this.turn();
  }

  /** The room is over and patches no more: what is left to say waits for nothing. */
  end(): void {
    this.#over = true;
    this.turn();
  }

  /** What was said in this turn leaves at its end, all together. */
  turn(): void {
    if (this.#turnDue) return;
    this.#turnDue = true;
    setImmediate(() => {
      this.#turnDue = false;
      if (!this.deps.tap.changed || this.#over) this.#settle();
      else if (this.#waits && this.#overdue === undefined) this.#overdue = setTimeout(() => this.#tear(), BOUNDARY_MS);
      this.flush();
    });
  }

  flush(): void {
    if (this.#dirty.size === 0) return;
    const runs = [...this.#dirty];
    this.#dirty.clear(); // a relay that is given up may make the room say something more
    for (const run of runs) {
      run.flush();
      if (run.drowned) this.deps.drowned(run);
    }
  }

  /** Right after a patch was encoded, with what the room said since still to be flushed. */
  boundary(patch: Uint8Array): void {
    if (patch.length > 0) this.#sendTick(patch);
    this.#settle();
    this.flush();
  }

  get #waits(): boolean {
    if (this.#entering.size > 0 || this.#keyframeWanted) return true;
    for (const run of this.deps.runs.values()) if (run.link?.phase === 'syncing') return true;
    return false;
  }

  #sendTick(patch: Uint8Array): void {
    this.#tick += this.#torn ? 2 : 1; // a gap makes every relay ask for a keyframe
    this.#torn = false;
    this.#changedSinceKeyframe = true;
    const tick = { ...NOTHING, epoch: EPOCH, tick: this.#tick, eventTime: this.deps.clock.now(), mark: false, shifted: false, patch };
    for (const run of this.deps.runs.values()) {
      if (run.link?.phase === 'live') run.link.send(encodeTick({ ...tick, acked: run.applied }));
    }
  }

  /** State and patches are at one: links that wait get their keyframe, and viewers enter. */
  #settle(): void {
    clearTimeout(this.#overdue);
    this.#overdue = undefined;
    this.#sendKeyframes();
    for (const socket of this.#entering) {
      this.#entering.delete(socket);
      socket.enter();
      if (socket.inside) this.deps.entered(socket);
    }
  }

  /** The room has changed its state and does not patch: a full state between two patches is better than none, as Colyseus has it. */
  #tear(): void {
    this.#overdue = undefined;
    this.#torn = this.deps.tap.changed;
    this.#keyframeWanted = true;
    this.#settle();
    this.flush();
  }

  #sendKeyframes(): void {
    const now = this.deps.clock.now();
    const due = this.#keyframeWanted || (this.#changedSinceKeyframe && now - this.#lastKeyframeAt >= LIMITS.keyframeMs);
    let frame: Uint8Array | undefined;
    for (const run of this.deps.runs.values()) {
      const { link } = run;
      if (link === undefined || link.phase === 'closed' || (link.phase === 'live' && !due)) continue;
      frame ??= encodeKeyframe({ epoch: EPOCH, tick: this.#tick, eventTime: now, body: this.deps.tap.keyframe() });
      link.send(frame);
      if (link.phase === 'live') continue;
      link.phase = 'live';
      run.resume();
    }
    if (!due) return;
    this.#keyframeWanted = false;
    this.#changedSinceKeyframe = false;
    this.#lastKeyframeAt = now;
  }
}
