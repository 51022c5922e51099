/**
 * Makes a Colyseus room servable by relays. Life: `onCreate` wraps the room instance (link door, patch tap, broadcastPatch); from then on
 * every patch boundary becomes one tick frame for each live link, with whatever the room staged for that tick. Links are admitted by
 * their proof alone and are invisible to the room.
 *
 * Invariants: a link's first state is a keyframe taken at a patch boundary; ticks leave in order and only when durable; bytes of a batch
 * are copies. A room that drives its own ticks (CrowdRoom) calls `stage` and then `broadcastPatch()`; any other room needs nothing.
 * Must not import: games, journal, ledger; it knows bytes and links.
 */
import { RoomPlugin, type Client, type Room } from '@colyseus/core';
import {
  CLOSE, type CloseCode, closeForError, decodeDelayErrors, type DelayErrors, encodeGreeting, encodeKeyframe, encodeTick, type ErrorCode, LIMITS, LINK, LINK_VERSION, type Keyframe, type TickFrame,
} from '@crowdcue/protocol';
import { EmissionQueue } from './emission-queue.js';
import { openLinkDoor, type LinkClaim } from './link-door.js';
import { PatchTap, widenEncoders } from './patch-tap.js';
import { RelayLink } from './relay-link.js';

/** What one tick says to one relay beside the patch. */
export type RelayOutput = Pick<TickFrame, 'acked' | 'confirms' | 'refusals' | 'privates' | 'directs' | 'broadcasts' | 'kicks'>;

/** What a room adds to its next patch boundary. */
export interface StagedTick {
  readonly tick: number;
  readonly eventTime: number;
  readonly mark: boolean;
  readonly shifted: boolean;
  readonly durable: Promise<void> | undefined;
  /** Called once a link, when the frame is made. */
  outputFor(relayId: string): RelayOutput;
  /** After the frames have left. */
  released?(): void;
}

export interface RelayPluginOptions {
  /** Whether the proof of a link stands. Join options prove nothing else. */
  admits(claim: LinkClaim, roomId: string): boolean;
  /** The room's life; a higher one wins. */
  readonly epoch: () => number;
  /** Event time now, ms. */
  readonly eventTime: () => number;
  readonly tickMs: number;
  /** The tick that opened the present window, 0 for none. */
  markTick?(): number;
  /** Whether the room may speak at all: a room that lost its lease sends no frame and takes no link. */
  live?(): boolean;
  /** A relay's run appeared: the last batch of it that is journalled, or `superseded` when a newer run is known. */
  relayUp(relayId: string, incarnation: number): number | 'superseded';
  relayDown(relayId: string, incarnation: number): void;
  batch(relayId: string, incarnation: number, frame: Uint8Array): void;
  /** How well a relay's viewers know their delay, whenever that has changed. */
  delayErrors?(relayId: string, rows: readonly DelayErrors[]): void;
  /** A tick could not be journalled; nothing leaves any more. */
  failed(error: unknown): void;
}

const EMPTY = new Uint8Array(0);
const NO_KEYFRAMES: ReadonlyMap<RelayLink, Uint8Array> = new Map();
/** A tick that says nothing but its patch. */
export const NOTHING: RelayOutput = { acked: 0, confirms: [], refusals: [], privates: [], directs: [], broadcasts: [], kicks: [] };

export class RelayPlugin extends RoomPlugin {
  override readonly pluginName = 'relay' as const;
  protected override order = { onCreate: 'after' } as const;

  readonly #options: RelayPluginOptions;
  readonly #links = new Map<string, RelayLink>();
  readonly #queue: EmissionQueue;
  #tap: PatchTap | undefined;
  #staged: StagedTick | undefined;
  #tick = 0;
  #lastKeyframeAt = -Infinity;
  #changedSinceKeyframe = false;
  #keyframeWanted = false;

  constructor(options: RelayPluginOptions) {
    super();
    widenEncoders();
    this.#options = options;
    this.#queue = new EmissionQueue(options.failed, () => this.#live());
  }

  protected override onCreate(): void {
    const room = this.room;
    const tap = new PatchTap(room);
    tap.assertRelayable();
    this.#tap = tap;
    openLinkDoor(room, (client, claim) => this.#admit(room, client, claim));
    const broadcastPatch = room.broadcastPatch.bind(room);
    room.broadcastPatch = () => {
      const patch = tap.capture(broadcastPatch);
      this.#boundary(tap, patch);
      return patch.length > 0;
    };
  }

  protected override onDispose(): void {
    this.closeLinks('unavailable'); // the room may open again, here or elsewhere: relays keep their viewers and come back
  }

  /** What the next patch boundary carries. */
  stage(staged: StagedTick): void {
    this.#staged = staged;
  }

  /** Ticks that wait for the journal. */
  get backlog(): number {
    return this.#queue.depth;
  }

  /** Resolves when every tick so far has left, or never will. */
  drained(): Promise<void> {
    return this.#queue.idle();
  }

  #live(): boolean {
    return this.#options.live?.() ?? true;
  }

  get relays(): readonly string[] {
    return [...this.#links.keys()];
  }

  closeLinks(reason: 'unavailable' | 'room_hold'): void {
    for (const link of this.#links.values()) link.close(CLOSE.link_reset, reason);
  }

  /** Ends the link of a relay's run, for what it sent. */
  closeLink(relayId: string, incarnation: number, code: ErrorCode): void {
    const link = this.#links.get(relayId);
    if (link?.incarnation === incarnation) link.close(closeForError(code), code);
  }

  #admit(room: Room, client: Client, claim: LinkClaim): void {
    const refuse = (code: CloseCode, reason: string): void => {
      client.leave(code, reason);
    };
    if (!this.#live()) return refuse(CLOSE.link_reset, 'room_hold');
    if (!this.#options.admits(claim, room.roomId)) return refuse(CLOSE.relay_forbidden, 'relay_forbidden');
    const { relayId, incarnation } = claim;
    const present = this.#links.get(relayId);
    if (present !== undefined && present.incarnation > incarnation) return refuse(CLOSE.relay_superseded, 'relay_superseded');
    present?.close(CLOSE.relay_superseded, 'relay_superseded');
    const acked = this.#options.relayUp(relayId, incarnation);
    if (acked === 'superseded') return refuse(CLOSE.relay_superseded, 'relay_superseded');

    const link = new RelayLink(relayId, incarnation, Math.min(claim.version ?? 1, LINK_VERSION), client, {
      batch: (from, frame) => this.#options.batch(from.relayId, from.incarnation, frame),
      keyframeWanted: () => { this.#keyframeWanted = true; },
      closed: (from) => this.#closed(from),
      eventTime: this.#options.eventTime,
      live: () => this.#live(),
      other: (from, frame) => this.#other(from, frame),
    });
    this.#links.set(relayId, link);
    link.send(encodeGreeting({
      epoch: this.#options.epoch(), acked, eventTime: this.#options.eventTime(), tickMs: this.#options.tickMs, reflection: this.#tap!.reflection(), version: link.version,
      markTick: this.#options.markTick?.() ?? 0,
    }));
  }

  #other(link: RelayLink, frame: Uint8Array): boolean {
    if (frame[0] !== LINK.delayErrors) return false;
    this.#options.delayErrors?.(link.relayId, decodeDelayErrors(frame));
    return true;
  }

  #closed(link: RelayLink): void {
    if (this.#links.get(link.relayId) !== link) return;
    this.#links.delete(link.relayId);
    this.#options.relayDown(link.relayId, link.incarnation);
  }

  /** One patch boundary: frames are made now, from what is true now, and leave when the tick is durable. */
  #boundary(tap: PatchTap, patch: Uint8Array): void {
    const staged = this.#staged;
    this.#staged = undefined;
    this.#tick = staged?.tick ?? this.#tick + 1;
    const eventTime = staged?.eventTime ?? this.#options.eventTime();
    this.#changedSinceKeyframe ||= patch.length > 0;

    const sends: [RelayLink, Uint8Array][] = [];
    const keyframes = this.#keyframes(tap, eventTime);
    for (const link of this.#links.values()) {
      const output = staged?.outputFor(link.relayId) ?? NOTHING;
      const tick = { epoch: this.#options.epoch(), tick: this.#tick, eventTime, mark: staged?.mark ?? false, shifted: staged?.shifted ?? false, ...output };
      if (link.phase === 'live') {
        sends.push([link, encodeTick({ ...tick, patch }, link.version)]);
        if (keyframes.has(link)) sends.push([link, keyframes.get(link)!]);
      } else {
        // A link's first tick: the keyframe has the patch in it already, the words to its viewers are still to be said.
        sends.push([link, keyframes.get(link)!], [link, encodeTick({ ...tick, patch: EMPTY }, link.version)]);
        link.phase = 'live';
      }
    }
    this.#queue.push({
      durable: staged?.durable,
      release: () => {
        for (const [link, frame] of sends) link.send(frame);
        staged?.released?.();
      },
    });
  }

  /** The keyframe for links that wait for one, or for all when it is due. */
  #keyframes(tap: PatchTap, eventTime: number): ReadonlyMap<RelayLink, Uint8Array> {
    const due = this.#keyframeWanted || (this.#changedSinceKeyframe && eventTime - this.#lastKeyframeAt >= LIMITS.keyframeMs);
    const links = [...this.#links.values()].filter((link) => link.phase === 'syncing' || (due && link.phase === 'live'));
    if (links.length === 0) return NO_KEYFRAMES;
    if (due) {
      this.#keyframeWanted = false;
      this.#changedSinceKeyframe = false;
      this.#lastKeyframeAt = eventTime;
    }
    const keyframe: Keyframe = { epoch: this.#options.epoch(), tick: this.#tick, eventTime, body: tap.keyframe() };
    const frame = encodeKeyframe(keyframe);
    return new Map(links.map((link) => [link, frame]));
  }
}
