/** What a room is given by the parts around it. */
import type { GameDefinition } from '@crowdcue/games';
import type { BatchJoin, ErrorCode, TokenClaims } from '@crowdcue/protocol';
import type { Logger } from 'pino';
import type { Clock } from '../clock.js';
import type { CaptionMetrics } from './caption-desk.js';
import type { JournalStore } from '../journal/index.js';
import type { LinkClaim } from './relay-plugin/link-door.js';
import type { FactSink, MessageServer, RoomEvent } from './room-control.js';
import type { RoomLease } from './room-lease.js';

export interface CrowdRoomDeps {
  readonly journal: JournalStore;
  readonly games: ReadonlyMap<string, GameDefinition>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly facts: FactSink;
  readonly messages: MessageServer;
  readonly metrics: {
    tick(durationMs: number, applied: number, refused: ReadonlyMap<ErrorCode, number>): void;
    room(what: 'opened' | 'lost'): void;
  } & CaptionMetrics;
  /** ms since 1970 by the one clock that all origins go by. */
  sharedTime(): Promise<number>;
  /** Runs before a room opens here: what it reports to must know its event. */
  prepare(event: string): Promise<void>;
  /** A room opened here. */
  opened(event: string): void;
  /** Whether the inner MAC of a joining viewer stands. */
  genuine(event: string, join: Pick<BatchJoin, 'viewer' | 'tier' | 'name' | 'mac'>): boolean;
  /** Whether the proof of a relay's link stands. */
  admits(claim: LinkClaim, roomId: string): boolean;
  /** Claims of a viewer's token, or throws. */
  verify(token: string | undefined, event: string): TokenClaims;
}

/** What a room finds when it is created. */
export interface RoomOpening {
  readonly event: RoomEvent;
  readonly deps: CrowdRoomDeps;
  /** Taken by the host, so that a room which another process holds is never begun. */
  readonly lease: RoomLease;
  /** `host:port[/path]` of this process for whoever was sent to the room; undefined: where they asked. */
  readonly address: string | undefined;
  /** The room is on hold for good. */
  failed(error: unknown): void;
}
