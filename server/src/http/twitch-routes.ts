import { CrowdcueError } from '@crowdcue/protocol';
import { z } from 'zod';
import type { TwitchChannelView, TwitchDesk } from '../events/twitch-desk.js';
import type { HostPerson } from '../events/workspace-desk.js';
import type { TwitchPerson } from '../identity/index.js';
import { addressGroup } from './client-address.js';
import type { HostDoor } from './host-door.js';
import { regionOf } from './relay-routes.js';
import { DONE, json } from './reply.js';
import { bearerOf, type Request } from './request.js';
import { NO_BODY, route, type Route } from './router.js';
import type { TokenBuckets } from './token-buckets.js';

export interface TwitchRoutesOptions {
  readonly desk: TwitchDesk;
  readonly door: HostDoor;
  /** The extension whose pages may ask; undefined: any page, for who asks shows a token anyway. */
  readonly clientId: string | undefined;
  /** Tokens given out, by address. */
  readonly issue: TokenBuckets;
  /** Tokens given out, by person. */
  readonly persons: TokenBuckets;
}

const CHANNEL = /^\d{1,32}$/;
const linkSpec = z.object({ event: z.string().min(1).max(64), key: z.string().max(120).exactOptional() });

/** Twitch serves each extension from a host of its own. */
const isOurs = (clientId: string | undefined) => (origin: string): boolean => clientId === undefined || origin === `https://${clientId}.ext-twitch.tv`;

const channelOf = (params: Readonly<Record<string, string>>): string => {
  const channel = params['channel']!;
  if (!CHANNEL.test(channel)) throw new CrowdcueError('bad_request', 'channel: must be the number of a channel');
  return channel;
};

/** What the pages of the Twitch extension ask, and how a host says which event a channel shows. */
export const twitchRoutes = ({ desk, door, clientId, issue, persons }: TwitchRoutesOptions): Route[] => {
  const host = door.guard;
  const mine = (who: HostPerson): TwitchChannelView[] => desk.list().filter(({ event }) => door.owns(who, event));
  /** Another workspace's channel is, for this one, none that is linked. */
  const linked = (who: HostPerson, channel: string): boolean => mine(who).some((each) => each.channel === channel);
  const cors = isOurs(clientId);
  const person = (request: Request): TwitchPerson => {
    if (!issue.take(addressGroup(request.address))) throw new CrowdcueError('too_many_requests');
    const known = desk.identify(bearerOf(request));
    if (!persons.take(`${known.channel}|${known.subject}`)) throw new CrowdcueError('too_many_requests');
    return known;
  };
  return [
    route({
      method: 'POST', path: '/api/twitch/token', cors, guard: person, body: z.object({ region: z.string().max(64).optional() }).optional(),
      handle: async (call) => json(await desk.enter(call.who, regionOf(call, call.body?.region))),
    }),
    route({ method: 'POST', path: '/api/twitch/key', cors, guard: person, body: NO_BODY, handle: (call) => json(desk.keyFor(call.who), 201) }),
    route({ method: 'GET', path: '/api/twitch/channels', guard: host, handle: ({ who }) => json({ on: desk.on, channels: mine(who) }) }),
    route({
      method: 'PUT', path: '/api/twitch/channels/:channel', guard: host, body: linkSpec,
      handle: async ({ who, params, body }) => {
        const channel = channelOf(params);
        return json(await desk.link(channel, door.own(who, body.event).id, body.key, linked(who, channel)));
      },
    }),
    route({
      method: 'DELETE', path: '/api/twitch/channels/:channel', guard: host,
      handle: async (call) => {
        const channel = channelOf(call.params);
        if (!linked(call.who, channel)) throw new CrowdcueError('not_found');
        await desk.unlink(channel);
        return DONE;
      },
    }),
  ];
};
