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
import { connectClientToRoom, createAuthContext, debugAndPrintError, isDevMode, RoomPlugin, type Client, type Room } from '@colyseus/core';
import {
  CLOSE, CrowdcueError, decodeBatch, decodeLinkSession, decodeVirtualOutAck, encodeGreeting, encodeKeyframe, encodeTick, LIMITS, LINK_VERSION,
  PartJoiner, VIRTUAL, type LinkSession, type VirtualJoin,
} from '@crowdcue/protocol';
import { systemClock, type Clock } from '../../clock.js';
import { RelayCredential } from '../../identity/index.js';
import { provideWebSocketStates } from '../../web-socket-states.js';
import { PatchTap, widenEncoders } from '../relay-plugin/patch-tap.js';
import { RelayLink } from '../relay-plugin/relay-link.js';
import { NOTHING } from '../relay-plugin/relay-plugin.js';
import { openLinkSeats } from './link-seat.js';
import { RelayRunLine } from './relay-run.js';
import { VirtualClient, VirtualSocket } from './virtual-client.js';
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
/** Ms that a full state waits for the patch that completes it: longer than any patch rate, for rooms that patch by hand. */
const BOUNDARY_MS = 1_000;
/** Such rooms have one life; a room that is opened anew has another id. */
const EPOCH = 1;

/** Makes a room servable by relays; see `RelayableOptions`. Throws when the secret is too short. */
export const relayable = (options: RelayableOptions): Relayable => new Relayable(options);

export class Relayable extends RoomPlugin {
  override readonly pluginName = 'relayable' as const;
  protected override order = { onCreate: 'after', onDispose: 'after' } as const;

  readonly #clock: Clock;
  readonly #credential: RelayCredential;
  readonly #graceMs: number;
  readonly #runs = new Map<string, RelayRunLine>();
  readonly #dirty = new Set<RelayRunLine>();
  /** Wait for the boundary at which they enter. */
  readonly #entering = new Set<VirtualSocket>();
  readonly #clients = new WeakMap<VirtualSocket, VirtualClient>();
  #tap!: PatchTap;
  #crowd!: VirtualCrowd;
  #tick = 0;
  /** A keyframe was taken between boundaries: the next patch must not be put on top of it. */
  #torn = false;
  #lastKeyframeAt = Number.NEGATIVE_INFINITY;
  #changedSinceKeyframe = false;
  #keyframeWanted = false;
  #turnDue = false;
  #overdue: NodeJS.Timeout | undefined;
  #farewell: NodeJS.Timeout | undefined;
  #disposed = false;

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
    const tap = new PatchTap(room, {
      before: () => this.#flush(),
      recipients: () => this.#crowd.directs,
    });
    tap.assertRelayable(true);
    this.#tap = tap;
    this.#crowd = new VirtualCrowd(room, (frame, except) => this.#announce(frame, except));
    openLinkSeats(room, (client, session) => this.#admit(room, client, session));
    const broadcastPatch = room.broadcastPatch.bind(room);
    room.broadcastPatch = () => {
      let changed = false;
      const patch = tap.capture(() => {
        changed = broadcastPatch();
      });
      this.#boundary(patch);
      return changed;
    };
  }

  protected override onDispose(): void {
    this.#disposed = true;
    clearTimeout(this.#overdue);
    this.#farewell = setTimeout(() => this.#end(), FAREWELL_MS);
    this.#turn();
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
    let run = this.#runs.get(relayId);
    if (run !== undefined && run.incarnation < incarnation) {
      this.#drop(run);
      run = undefined;
    }
    const stale = run === undefined ? from > 0 : run.incarnation > incarnation;
    if (stale) return client.leave(CLOSE.relay_superseded, 'relay_superseded');
    if (run === undefined) {
      run = new RelayRunLine(relayId, incarnation, {
        dirty: (one) => {
          this.#dirty.add(one);
          this.#turn();
        },
        entering: (socket) => {
          this.#entering.add(socket);
          this.#turn();
        },
      });
      this.#runs.set(relayId, run);
    }
    this.#open(run, client, from);
  }

  /** The link of a run, new or again; `from` is the first list of operations that the relay has not had, 0 in a new run. */
  #open(run: RelayRunLine, client: Client, from: number): void {
    const parts = new PartJoiner(LIMITS.linkFrameBytes);
    const link = new RelayLink(run.relayId, run.incarnation, LINK_VERSION, client, {
      batch: (_, frame) => this.#batch(run, frame),
      keyframeWanted: () => {
        this.#keyframeWanted = true;
        this.#turn();
      },
      closed: (from) => this.#linkClosed(run, from),
      eventTime: () => this.#clock.now(),
      other: (_, frame) => {
        if (frame[0] === VIRTUAL.outAck) {
          run.acknowledge(decodeVirtualOutAck(frame));
          return true;
        }
        if (frame[0] !== VIRTUAL.part) return false;
        const whole = parts.take(frame);
        if (whole !== undefined) this.#batch(run, whole);
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
      epoch: EPOCH, acked: run.applied, eventTime: this.#clock.now(), tickMs: this.room.patchRate || 0, reflection: this.#tap.reflection(), version: link.version,
    }));
    this.#turn();
  }

  #linkClosed(run: RelayRunLine, link: RelayLink): void {
    if (run.link !== link) return;
    run.link = undefined;
    if (this.#disposed) return this.#drop(run);
    run.grace = setTimeout(() => this.#drop(run), this.#graceMs);
  }

  /** The run is over: its viewers are gone without a word. */
  #drop(run: RelayRunLine): void {
    if (this.#runs.get(run.relayId) === run) this.#runs.delete(run.relayId);
    clearTimeout(run.grace);
    const { link } = run;
    run.link = undefined;
    link?.close(CLOSE.relay_superseded, 'relay_superseded');
    for (const { socket } of run.viewers.values()) guarded(() => socket.closed(LOST));
    run.viewers.clear();
    this.#endIfEmpty();
  }

  #batch(run: RelayRunLine, frame: Uint8Array): void {
    const batch = decodeBatch(frame);
    if (batch.n <= run.applied) return; // sent again after a break
    if (batch.n !== run.applied + 1) throw new CrowdcueError('frame_malformed');
    run.took(batch.n);
    for (const join of batch.virtualJoins ?? []) void this.#join(run, join);
    for (const { slot, frame: message } of batch.messages) {
      const socket = run.viewers.get(slot)?.socket;
      if (socket !== undefined) guarded(() => socket.emit('message', Buffer.from(message.buffer, message.byteOffset, message.byteLength)));
    }
    for (const { slot, connection, code } of batch.leaves) {
      const socket = run.viewers.get(slot)?.socket;
      if (socket?.connection !== connection) continue;
      run.viewers.delete(slot);
      this.#entering.delete(socket);
      guarded(() => socket.closed(code));
    }
    if (this.#disposed) this.#endIfEmpty();
  }

  /** As Colyseus's transports do it with a socket that has just connected. */
  async #join(run: RelayRunLine, join: VirtualJoin): Promise<void> {
    const socket = new VirtualSocket(join.slot, join.connection, run);
    const client = new VirtualClient(join.sessionId, socket);
    run.viewers.set(join.slot, { socket, client });
    this.#clients.set(socket, client);
    const reconnectionToken = join.reconnection === '' ? undefined : join.reconnection;
    const context = createAuthContext({
      headers: Object.fromEntries(join.headers), ...(join.token === '' ? {} : { token: join.token }), remoteAddress: join.address,
    });
    try {
      if (decodeLinkSession(join.sessionId) !== undefined) throw new CrowdcueError('relay_forbidden'); // a viewer is no link
      if (reconnectionToken !== undefined) this.#letGo(join.sessionId, reconnectionToken);
      await connectClientToRoom(this.room, client.asClient as never, context, { reconnectionToken, skipHandshake: join.skipHandshake } as never);
    } catch (error) {
      debugAndPrintError(error as Error);
      const { code, message } = error as { code?: unknown; message: string };
      client.error(typeof code === 'number' ? code : CLOSE.with_error, message);
      const refused = isDevMode ? CLOSE.try_reconnect : CLOSE.reconnection_refused;
      client.leave(reconnectionToken === undefined ? CLOSE.with_error : refused);
    }
  }

  /** Whoever is back by another way need not wait until a relay that is gone counts as lost. */
  #letGo(sessionId: string, reconnectionToken: string): void {
    const present: unknown = this.room.clients.get(sessionId);
    if (!(present instanceof VirtualClient) || present.reconnectionToken !== reconnectionToken) return;
    const { ref } = present;
    for (const run of this.#runs.values()) {
      if (run.link !== undefined || run.viewers.get(ref.slot)?.socket !== ref) continue;
      run.viewers.delete(ref.slot);
      run.emit({ kind: 'close', slot: ref.slot, connection: ref.connection, code: CLOSE.taken_over, reason: '' });
      guarded(() => ref.closed(LOST));
    }
  }

  #announce(frame: Uint8Array, except: readonly VirtualClient[]): void {
    for (const run of this.#runs.values()) {
      if (run.viewers.size === 0) continue;
      const slots: number[] = [];
      for (const client of except) {
        const { ref } = client;
        if (this.#clients.get(ref) === client && ref.inside && run.viewers.get(ref.slot)?.socket === ref) slots.push(ref.slot);
      }
      run.emit({ kind: 'broadcast', frame, except: slots });
    }
  }

  /** What was said in this turn leaves at its end, all together. */
  #turn(): void {
    if (this.#turnDue) return;
    this.#turnDue = true;
    setImmediate(() => {
      this.#turnDue = false;
      if (!this.#tap.changed || this.#disposed) this.#settle(); // a room that is over patches no more
      else if (this.#waits && this.#overdue === undefined) this.#overdue = setTimeout(() => this.#tear(), BOUNDARY_MS);
      this.#flush();
    });
  }

  get #waits(): boolean {
    if (this.#entering.size > 0 || this.#keyframeWanted) return true;
    for (const run of this.#runs.values()) if (run.link?.phase === 'syncing') return true;
    return false;
  }

  #flush(): void {
    for (const run of this.#dirty) {
      run.flush();
      if (run.drowned) this.#drop(run);
    }
    this.#dirty.clear();
  }

  /** Right after a patch was encoded, with what the room said since still to be flushed. */
  #boundary(patch: Uint8Array): void {
    if (patch.length > 0) {
      this.#tick += this.#torn ? 2 : 1; // a gap makes every relay ask for a keyframe
      this.#torn = false;
      this.#changedSinceKeyframe = true;
      const tick = { epoch: EPOCH, tick: this.#tick, eventTime: this.#clock.now(), mark: false, shifted: false, patch };
      for (const run of this.#runs.values()) {
        if (run.link?.phase === 'live') run.link.send(encodeTick({ ...tick, ...NOTHING, acked: run.applied }));
      }
    }
    this.#settle();
    this.#flush();
  }

  /** State and patches are at one: links that wait get their keyframe, and viewers enter. */
  #settle(): void {
    clearTimeout(this.#overdue);
    this.#overdue = undefined;
    this.#sendKeyframes();
    if (this.#entering.size === 0) return;
    for (const socket of this.#entering) {
      this.#entering.delete(socket);
      socket.enter();
      if (socket.inside) this.#crowd.entered(this.#clients.get(socket)!);
    }
  }

  /** The room has changed its state and does not patch: a full state between two patches is better than none, as Colyseus has it. */
  #tear(): void {
    this.#overdue = undefined;
    this.#torn = this.#tap.changed;
    this.#keyframeWanted = true;
    this.#settle();
    this.#flush();
  }

  #sendKeyframes(): void {
    const now = this.#clock.now();
    const due = this.#keyframeWanted || (this.#changedSinceKeyframe && now - this.#lastKeyframeAt >= LIMITS.keyframeMs);
    let frame: Uint8Array | undefined;
    for (const run of this.#runs.values()) {
      const { link } = run;
      if (link === undefined || link.phase === 'closed' || (link.phase === 'live' && !due)) continue;
      frame ??= encodeKeyframe({ epoch: EPOCH, tick: this.#tick, eventTime: now, body: this.#tap.keyframe() });
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

  #endIfEmpty(): void {
    if (this.#disposed && this.viewers === 0) this.#end();
  }

  #end(): void {
    clearTimeout(this.#farewell);
    this.#flush();
    for (const run of this.#runs.values()) {
      clearTimeout(run.grace);
      run.link?.close(CLOSE.event_ended, 'event_ended');
    }
    this.#runs.clear();
  }
}

/** WebSocket's code for a connection that broke without a word. */
const LOST = 1006;

/** Code of the room's author runs in here: what it throws goes where a transport would let it go, and nobody else misses anything. */
const guarded = (run: () => void): void => {
  try {
    run();
  } catch (error) {
    setImmediate(() => {
      throw error;
    });
  }
};
