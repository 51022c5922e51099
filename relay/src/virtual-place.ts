import { createHmac } from 'node:crypto';
import { CrowdcueError } from '@crowdcue/protocol';
import { equalText } from './proof.js';

/** Where a room of somebody's Colyseus server is, as its matchmaking said. */
export interface Place {
  readonly roomId: string;
  readonly processId: string;
  /** Host, port and path of the room's own process; undefined when the upstream address leads there. */
  readonly publicAddress: string | undefined;
}

const MAC_CHARS = 22; // 128 bits

const macOf = (secret: string, body: string, roomId: string): string =>
  createHmac('sha256', secret).update(`crowdcue-place-1|${roomId}|${body}`).digest('base64url').slice(0, MAC_CHARS);

/**
 * A place as a process id for the client: any relay with the same secret finds the room by it, without having seen the seat, and
 * nobody can send a relay to another address.
 */
export const sealPlace = (secret: string, { roomId, processId, publicAddress }: Place): string => {
  const body = Buffer.from(JSON.stringify([processId, publicAddress ?? null])).toString('base64url');
  return `${body}-${macOf(secret, body, roomId)}`;
};

/** Throws `seat_expired` for what no relay with this secret has sealed for this room. */
export const openPlace = (secret: string, sealed: string, roomId: string): Place => {
  const body = sealed.slice(0, -MAC_CHARS - 1);
  if (!equalText(sealed, `${body}-${macOf(secret, body, roomId)}`)) throw new CrowdcueError('seat_expired');
  const [processId, publicAddress] = JSON.parse(Buffer.from(body, 'base64url').toString()) as [string, string | null];
  return { roomId, processId, publicAddress: publicAddress ?? undefined };
};
