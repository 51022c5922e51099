/**
 * Lets a relay's link into a room without matchmaking: the session id of its socket proves itself. So no hook of the room's author is
 * asked about a link, also not a static `onAuth`, in whatever process matchmaking runs; and a link takes no seat.
 * Two methods are wrapped on the instance (core 0.18.17: `hasReservedSeat`, `_onJoin`), so every transport goes on working.
 */
import type { Client, Room } from '@colyseus/core';
import { decodeLinkSession, type LinkSession } from '@crowdcue/protocol';

interface SeatedRoom {
  hasReservedSeat(sessionId: string, reconnectionToken?: string): boolean;
  _onJoin(client: Client, ...rest: unknown[]): Promise<void>;
}

/** Wraps `room`; `admit` gets the socket of each link with what it claims, which nobody has checked yet. */
export const openLinkSeats = (room: Room, admit: (client: Client, session: LinkSession) => void): void => {
  const seated = room as unknown as SeatedRoom;
  const hasReservedSeat = seated.hasReservedSeat.bind(room);
  seated.hasReservedSeat = (sessionId, token) => decodeLinkSession(sessionId) !== undefined || hasReservedSeat(sessionId, token);
  const onJoin = seated._onJoin.bind(room);
  seated._onJoin = async (client, ...rest) => {
    const session = decodeLinkSession(client.sessionId);
    if (session === undefined) return onJoin(client, ...rest);
    admit(client, session);
  };
};
