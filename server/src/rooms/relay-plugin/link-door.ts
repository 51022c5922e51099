/**
 * Lets relay links into a room beside its clients and hides them from it: a seat that a link reserved is not counted, its join runs no
 * hook, and it never enters `clients`. Three methods of the room are wrapped on the instance (core 0.18.17: `_reserveSeat`,
 * `hasReservedSeat`, `_onJoin`), so every transport and process routing of Colyseus goes on working.
 */
import type { Client, Room } from '@colyseus/core';
import type { LinkOptions } from '@crowdcue/protocol';

/** Who knocks, as its join options say; nothing of it is proved yet. */
export type LinkClaim = LinkOptions['crowdcueLink'];

interface DooredRoom {
  _reserveSeat(sessionId: string, joinOptions?: Partial<LinkOptions>, ...rest: unknown[]): Promise<boolean>;
  hasReservedSeat(sessionId: string, reconnectionToken?: string): boolean;
  _onJoin(client: Client, ...rest: unknown[]): Promise<void>;
}

/** Seats that wait for their socket; more at once than a fleet of relays needs is somebody else. */
const MAX_PENDING = 256;
const PENDING_MS = 15_000;

const isClaim = (value: unknown): value is LinkClaim => {
  const claim = value as Partial<LinkClaim> | null | undefined;
  return claim !== null && typeof claim === 'object' && typeof claim.relayId === 'string' && typeof claim.incarnation === 'number'
    && typeof claim.proof === 'string';
};

/** Wraps `room`; `admit` gets the socket of each link with what it claimed. */
export const openLinkDoor = (room: Room, admit: (client: Client, claim: LinkClaim) => void): void => {
  const doored = room as unknown as DooredRoom;
  const pending = new Map<string, LinkClaim>();

  const reserveSeat = doored._reserveSeat.bind(room);
  doored._reserveSeat = async (sessionId, joinOptions, ...rest) => {
    const claim = joinOptions?.crowdcueLink;
    if (claim === undefined) return reserveSeat(sessionId, joinOptions, ...rest);
    if (!isClaim(claim) || pending.size >= MAX_PENDING) return false;
    pending.set(sessionId, claim);
    setTimeout(() => pending.delete(sessionId), PENDING_MS).unref();
    return true;
  };

  const hasReservedSeat = doored.hasReservedSeat.bind(room);
  doored.hasReservedSeat = (sessionId, token) => pending.has(sessionId) || hasReservedSeat(sessionId, token);

  const onJoin = doored._onJoin.bind(room);
  doored._onJoin = async (client, ...rest) => {
    const claim = pending.get(client.sessionId);
    if (claim === undefined) return onJoin(client, ...rest);
    pending.delete(client.sessionId);
    admit(client, claim);
  };
};
