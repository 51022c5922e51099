import { createHmac } from 'node:crypto';
import { closeForError, CrowdcueError, type ErrorCode, ERRORS, type TokenClaims, verifyToken } from '@crowdcue/protocol';
import type { Logger } from 'pino';
import type { Channels } from './channels.js';
import type { Clock } from './clock.js';
import type { Metrics } from './metrics.js';
import type { EventAddress, OriginApi } from './origin-api.js';
import type { Outlet } from './outlet.js';
import { equalText } from './proof.js';
import type { Strangers } from './strangers.js';
import type { Viewer } from './viewers.js';

/** What both doors need to let somebody in. */
export interface DoorDeps {
  readonly clock: Clock;
  readonly outlet: Outlet;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly channels: Channels;
  readonly origin: OriginApi;
  readonly relayId: string;
  readonly strangers: Strangers;
}

/** What an event id may look like, before anybody is asked about it. */
const EVENT_ID = /^[A-Za-z0-9_-]{1,64}$/;

const utf8 = new TextDecoder('utf-8', { fatal: true });
/** Node's own: every join runs it, and `atob` with a walk over its string takes twenty times as long. The signature is over the text as it came. */
const fromBase64Url = (text: string): string => utf8.decode(Buffer.from(text, 'base64url'));

/** Checks a token against the door key of an event. Throws the errors of `verifyToken`. */
export const checkToken = (address: EventAddress, token: string | undefined, clock: Clock): TokenClaims => {
  const door = (text: string): string => createHmac('sha256', address.doorKey).update(text).digest('base64url');
  return verifyToken(token, door, address.event, clock.wall() / 1000, equalText, fromBase64Url);
};

/** Where an event's room is: from its channel, or else from the origin. Throws `event_unknown` and what the origin says. */
export const addressOf = (event: string, { channels, origin }: DoorDeps): EventAddress | Promise<EventAddress> => {
  if (!EVENT_ID.test(event)) throw new CrowdcueError('event_unknown');
  return channels.find(event)?.address ?? origin.event(event);
};

/** The code of what was thrown; what is not one of ours is logged here, once. */
export const codeOf = (error: unknown, log: Logger): ErrorCode => {
  if (error instanceof CrowdcueError) return error.code;
  log.error({ err: error }, 'unexpected error at a door');
  return 'internal';
};

/** Turns a connection away: it is told the code as a frame, as the close code and as the close reason. */
export const refuse = (viewer: Viewer, error: unknown, { log, metrics, outlet, strangers }: DoorDeps): void => {
  const code = codeOf(error, log);
  if (!ERRORS[code].retryable) strangers.charge(viewer.request.address);
  metrics.refusedWith(code);
  outlet.close(viewer, closeForError(code), code);
};
