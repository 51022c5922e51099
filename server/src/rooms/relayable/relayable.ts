/**
 * One line that makes any Colyseus room servable by relays: `plugins = definePlugins([relayable({ secret })])`. Viewers that come by a
 * relay are clients of the room like any other: matchmaking, hooks, messages, reconnection and disposal are Colyseus's own.
 *
 * Life: `onCreate` wraps the room instance (link seats, patch tap, clients and broadcasts). A link of a relay is greeted, gets a
 * keyframe at a patch boundary, and from then on ticks and lists of operations in the order in which the room made them. When a link
 * is lost its relay has some time to come back; then its viewers count as dropped.
 *
 * Invariants: state, patches and frames reach a virtual client in the order in which a socket of the server itself would have carried
 * them, but that a full state waits for the patch that completes it; a batch is applied once; nothing loops over all virtual clients.
 * Must not import: games, journal, ledger, the crowd room.
 */
import { RoomPlugin, type Client, type Room } from '@colyseus/core';
import { CLOSE, decodeVirtualOutAck, encodeGreeting, LIMITS, LINK_VERSION, PartJoiner, VIRTUAL, type LinkSession } from '@crowdcue/protocol';
import { systemClock, type Clock } from '../../clock.js';
import { RelayCredential } from '../../identity/index.js';
import { provideWebSocketStates } from '../../web-socket-states.js';
import { PatchTap, widenEncoders } from '../relay-plugin/patch-tap.js';
import { RelayLink } from '../relay-plugin/relay-link.js';
import { Downlink, EPOCH } from './downlink.js';
import { openLinkSeats } from './link-seat.js';
import { RelayRunLine } from './relay-run.js';
import { Uplink } from './uplink.js';
import type { VirtualClient } from './virtual-client.js';
import { VirtualCrowd } from './virtual-crowd.js';

/** What `relayable` is told. */
export interface RelayableOptions {
  /** The secret that the relays have as `RELAY_SECRET`, 32 characters or more. */
  readonly secret: string;
  /** Milliseconds that a relay may be away before its viewers count as dropped; 10 s when it is left out. */
  readonly graceMs?: number;
  readonly clock?: Clock;
}

const SECRET_LENGTH = 32;
const GRACE_MS = 10_000;
/** Ms that links stay after the room's end for what it said last. */
const FAREWELL_MS = 2_000;

/** Makes a room servable by relays; see `RelayableOptions`. Throws when the secret is too short. */
export const relayable = (options: RelayableOptions): Relayable => new Relayable(options);

/** What the plugin has once the room is created. */
interface Parts {
  readonly tap: PatchTap;
  readonly crowd: VirtualCrowd;
  readonly up: Uplink;
  readonly down: Downlink;
}

export class Relayable extends RoomPlugin {
  override readonly pluginName = 'relayable' as const;
  protected override order = { onCreate: 'after', onDispose: 'after' } as const;

  readonly #clock: Clock;
  readonly #credential: RelayCredential;
  readonly #graceMs: number;
  readonly #runs = new Map<string, RelayRunLine>();
  /** Undefined in a room that was refused. */
  #parts: Parts | undefined;
  #farewell: NodeJS.Timeout | undefined;
  #disposed = false;
  #unsupported = false;

  constructor(options: RelayableOptions) {
    super();
    if (typeof options?.secret !== 'string' || options.secret.length < SECRET_LENGTH) {
      throw new RangeError(`relayable: the secret must have at least ${SECRET_LENGTH} characters`);
    }
    widenEncoders();
    this.#clock = options.clock ?? systemClock;
    this.#credential = new RelayCredential(options.secret, this.#clock);
    this.#graceMs = options.graceMs ?? GRACE_MS;
  }

  protected override onCreate(): void {
    provideWebSocketStates();
    const room = this.room;
    const tap: PatchTap = new PatchTap(room, { before: () => this.#beforePatch(tap, down), recipients: () => crowd.directs });
    tap.assertRelayable(true);
    const crowd = new VirtualCrowd(room, (frame, except) => this.#announce(up, frame, except));
    const down = new Downlink({
      tap, clock: this.#clock, runs: this.#runs, drowned: (run) => this.#drop(run),
      entered: (socket) => {
        const client = up.clientOf(socket);
        if (client !== undefined) crowd.entered(client);
      },
    });
    const up = new Uplink({
      room, runs: this.#runs,
      gone: (socket) => {
        down.gone(socket);
        this.#endIfEmpty();
      },
    });
    this.#parts = { tap, crowd, up, down };
    openLinkSeats(room, (client, session) => this.#admit(room, client, session));
    const broadcastPatch = room.broadcastPatch.bind(room);
    room.broadcastPatch = () => {
      let changed = false;
      const patch = tap.capture(() => {
        changed = broadcastPatch();
      });
      down.boundary(patch);
      return changed;
    };
  }

  protected override onDispose(): void {
    if (this.#parts === undefined) return;
    this.#disposed = true;
    this.#parts.down.end();
    this.#farewell = setTimeout(() => this.#end(), FAREWELL_MS);
    setImmediate(() => this.#endIfEmpty());
  }

  /** Viewers here by way of relays. */
  get viewers(): number {
    let viewers = 0;
    for (const run of this.#runs.values()) viewers += run.viewers.size;
    return viewers;
  }

  #admit(room: Room, client: Client, session: LinkSession): void {
    const { relayId, incarnation, from } = session;
    if (!this.#credential.verifyLinkProof(session, room.roomId)) return client.leave(CLOSE.relay_forbidden, 'relay_forbidden');
    if (this.#disposed) return client.leave(CLOSE.event_ended, 'event_ended');
    if (this.#unsupported) return client.leave(CLOSE.room_unsupported, 'room_unsupported');
    let run = this.#runs.get(relayId);
    if (run !== undefined && run.incarnation < incarnation) {
      this.#drop(run);
      run = undefined;
    }
    const stale = run === undefined ? from > 0 : run.incarnation > incarnation;
    if (stale) return client.leave(CLOSE.relay_superseded, 'relay_superseded');
    const { down } = this.#parts!;
    if (run === undefined) {
      run = new RelayRunLine(relayId, incarnation, { dirty: (one) => down.dirty(one), entering: (socket) => down.entering(socket) });
      this.#runs.set(relayId, run);
    }
    this.#open(run, client, from);
  }

  /** The link of a run, new or again; `from` is the first list of operations that the relay has not had, 0 in a new run. */
  #open(run: RelayRunLine, client: Client, from: number): void {
    const { up, down, tap } = this.#parts!;
    const parts = new PartJoiner(LIMITS.linkFrameBytes);
    const link = new RelayLink(run.relayId, run.incarnation, LINK_VERSION, client, {
      batch: (_, frame) => up.batch(run, frame),
      keyframeWanted: () => down.wantKeyframe(),
      closed: (gone) => this.#linkClosed(run, gone),
      live: () => true,
      eventTime: () => this.#clock.now(),
      other: (_, frame) => {
        if (frame[0] === VIRTUAL.outAck) {
          run.acknowledge(decodeVirtualOutAck(frame));
          return true;
        }
        if (frame[0] !== VIRTUAL.part) return false;
        const whole = parts.take(frame);
        if (whole !== undefined) up.batch(run, whole);
        return true;
      },
    });
    const before = run.link;
    run.link = link;
    clearTimeout(run.grace);
    run.grace = undefined;
    before?.close(CLOSE.relay_superseded, 'relay_superseded');
    if (from > 0) run.acknowledge(from - 1);
    link.send(encodeGreeting({
      epoch: EPOCH, acked: run.applied, eventTime: this.#clock.now(), tickMs: this.room.patchRate || 0, reflection: tap.reflection(), version: link.version,
    }));
    down.turn();
  }

  #linkClosed(run: RelayRunLine, link: RelayLink): void {
    if (run.link !== link) return;
    run.link = undefined;
    if (this.#disposed) return this.#drop(run);
    run.grace = setTimeout(() => this.#drop(run), this.#graceMs);
  }

  /** The run is over. */
  #drop(run: RelayRunLine): void {
    if (this.#runs.get(run.relayId) === run) this.#runs.delete(run.relayId);
    clearTimeout(run.grace);
    const { link } = run;
    run.link = undefined;
    link?.close(CLOSE.relay_superseded, 'relay_superseded');
    this.#parts!.up.lose(run);
  }

  /** A room may set another state in its life, which must be one that a relay can carry. */
  #beforePatch(tap: PatchTap, down: Downlink): void {
    down.flush();
    if (tap.uniform || this.#runs.size === 0) return;
    this.#unsupported = true;
    for (const run of [...this.#runs.values()]) {
      run.link?.close(CLOSE.room_unsupported, 'room_unsupported');
      this.#drop(run);
    }
  }

  #announce(up: Uplink, frame: Uint8Array, except: readonly VirtualClient[]): void {
    for (const run of this.#runs.values()) {
      if (run.viewers.size === 0) continue;
      const slots = except
        .filter((client) => up.clientOf(client.ref) === client && client.ref.inside && run.viewers.get(client.ref.slot) === client.ref)
        .map((client) => client.ref.slot);
      run.emit({ kind: 'broadcast', frame, except: slots });
    }
  }

  #endIfEmpty(): void {
    if (this.#disposed && this.viewers === 0) this.#end();
  }

  #end(): void {
    clearTimeout(this.#farewell);
    this.#parts!.down.flush();
    const runs = [...this.#runs.values()];
    this.#runs.clear();
    for (const run of runs) {
      clearTimeout(run.grace);
      run.link?.close(CLOSE.event_ended, 'event_ended');
    }
  }
}
