import { createAuthContext, matchMaker } from '@colyseus/core';
import { CrowdcueError } from '@crowdcue/protocol';
import { z } from 'zod';
import type { RelayCredential } from '../identity/index.js';
import { addressGroup } from './client-address.js';
import { codedError, errorReply, json, type Reply } from './reply.js';
import { bearerOf } from './request.js';
import { route, type Route } from './router.js';
import type { TokenBuckets } from './token-buckets.js';

/** Without `create`: rooms are opened by the origin alone. */
const METHODS: ReadonlySet<string> = new Set(['join', 'joinById', 'joinOrCreate', 'reconnect']);
/** Those that name a room: Colyseus would wait for seconds for a process that is gone. */
const BY_ID: ReadonlySet<string> = new Set(['joinById', 'reconnect']);
const NO_HANDLER = 520; // Colyseus' MATCHMAKE_NO_HANDLER

/** As relays register; the origin's own door has an id that is none of these. */
const RELAY_ID = /^[A-Za-z0-9][\w.-]{0,63}$/;

/** What a relay shows; a room keeps few seats for links, so none may be taken with less. */
const knock = z.object({ relayId: z.string().regex(RELAY_ID), incarnation: z.number().int().min(0), proof: z.string().max(128) });

export interface MatchmakeRoutesOptions {
  readonly credential: RelayCredential;
  /** Seats reserved, by address. */
  readonly seats: TokenBuckets;
  /** Whether some process answers for a room. */
  served(roomId: string): Promise<boolean>;
}

/**
 * Colyseus' matchmaking behind our limits: its own handler reads a body of any size. Answers as it does: the seat reservation, or
 * `{ code, error }` with the status of the code; what we refuse has our code.
 */
export const matchmakeRoutes = ({ credential, seats, served }: MatchmakeRoutesOptions): Route[] => [
  route({
    method: 'POST',
    path: '/matchmake/:method/:room',
    cors: 'credentials',
    guard: (request) => {
      if (!seats.take(addressGroup(request.address))) throw new CrowdcueError('too_many_requests');
    },
    body: z.record(z.string(), z.unknown()).optional(),
    handle: async (call) => {
      const { method, room } = call.params as { method: string; room: string };
      if (!METHODS.has(method)) return json({ code: NO_HANDLER, error: `invalid method "${method}"` }, NO_HANDLER);
      const link = call.body?.['crowdcueLink'];
      if (link !== undefined && !isProved(credential, link, method, room)) throw new CrowdcueError('relay_forbidden');
      if (BY_ID.has(method) && !(await served(room).catch(() => false))) throw new CrowdcueError('unavailable');
      try {
        const context = createAuthContext({ headers: { ...call.headers }, token: bearerOf(call) ?? null, remoteAddress: call.address });
        return json(await matchMaker.controller.invokeMethod(method, room, call.body ?? {}, context));
      } catch (error) {
        return refusal(error);
      }
    },
  }),
];

const isProved = (credential: RelayCredential, link: unknown, method: string, room: string): boolean => {
  const parsed = knock.safeParse(link);
  return parsed.success && method === 'joinById' && credential.verifyLinkProof(parsed.data, room);
};

/** A refused reservation, whoever refused it: Colyseus with a number, a room of ours with an error code. */
const refusal = (error: unknown): Reply => {
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (typeof code === 'number' && Number.isInteger(code) && code >= 400 && code <= 599) return json({ code, error: String(message) }, code);
  const coded = codedError(error);
  if (coded.code === 'internal') throw coded;
  return errorReply(coded);
};
