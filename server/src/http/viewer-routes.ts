import { CrowdcueError, type GameView, type ReceiptView, type TokenClaims } from '@crowdcue/protocol';
import QrCode from 'qrcode';
import { z } from 'zod';
import type { EventDirectory } from '../events/event-directory.js';
import { eventCard, eventView } from '../events/event-record.js';
import type { JoinDesk } from '../events/join-desk.js';
import type { QuestDesk } from '../events/quest-desk.js';
import { sponsorImage, storedPicture } from '../events/sponsor.js';
import type { ViewerDesk } from '../events/viewer-desk.js';
import type { RoomHost } from '../rooms/room-control.js';
import { addressGroup } from './client-address.js';
import { regionOf } from './relay-routes.js';
import { json, type Reply } from './reply.js';
import { bearerOf, type Request } from './request.js';
import { NO_BODY, route, type Route } from './router.js';
import type { TokenBuckets } from './token-buckets.js';

export interface ViewerRoutesOptions {
  readonly events: EventDirectory;
  readonly joins: JoinDesk;
  readonly viewers: ViewerDesk;
  readonly quests: Pick<QuestDesk, 'of'>;
  readonly games: readonly GameView[];
  readonly rooms: Pick<RoomHost, 'local'>;
  readonly publicUrl: () => string;
  /** Tokens given out, by address. */
  readonly issue: TokenBuckets;
}

const joinSpec = z.object({ event: z.string().min(1).max(64), region: z.string().max(64).optional(), tierKey: z.string().max(200).optional() });
/** `country` and `age` are what the viewer says. */
const claimSpec = z.object({ drop: z.string().min(1).max(64), key: z.string().min(1).max(128), country: z.string().length(2).optional(), age: z.number().optional() });

/** What viewers and their pages ask; pages may live on other origins. */
export const viewerRoutes = ({ events, joins, viewers, quests, games, rooms, publicUrl, issue }: ViewerRoutesOptions): Route[] => {
  const viewer = (request: Request, params: Readonly<Record<string, string>>): TokenClaims => viewers.identify(params['id']!, bearerOf(request));
  const mayIssue = (request: Request): void => {
    if (!issue.take(addressGroup(request.address))) throw new CrowdcueError('too_many_requests');
  };
  return [
    route({ method: 'GET', path: '/api/games', cors: 'any', handle: () => json({ games }) }),
    route({
      method: 'GET', path: '/api/join/:code', cors: 'any',
      handle: (call) => {
        const event = events.find(call.params['code']!);
        return json(eventCard(event, publicUrl(), quests.of(event.id).length, rooms.local(event.id)?.game ?? ''));
      },
    }),
    route({
      method: 'POST', path: '/api/join', cors: 'any', guard: mayIssue, body: joinSpec,
      handle: (call) => json(joins.join(call.body.event, bearerOf(call), regionOf(call, call.body.region), call.body.tierKey)),
    }),
    route({ method: 'GET', path: '/api/events/:id/drops', cors: 'any', guard: viewer, handle: async (call) => json({ drops: await viewers.drops(call.who) }) }),
    route({
      method: 'POST', path: '/api/events/:id/claims', cors: 'any', guard: viewer, body: claimSpec, badBody: 'claim_bad_request',
      handle: async (call) => receiptReply(await viewers.claim(call.who, call.body)),
    }),
    route({
      method: 'POST', path: '/api/events/:id/impressions', cors: 'any', guard: viewer, body: NO_BODY,
      handle: async (call) => {
        await viewers.seen(call.who);
        return json({});
      },
    }),
    route({ method: 'GET', path: '/api/events/:id/fallback/:image', cors: 'any', handle: (call) => imageReply(storedPicture(events.get(call.params['id']!).fallback?.imageUrl ?? ''), call.params['image']!) }),
    route({ method: 'GET', path: '/api/events/:id/sponsor/:image', cors: 'any', handle: (call) => imageReply(sponsorImage(events.get(call.params['id']!).sponsor), call.params['image']!) }),
    route({
      method: 'GET', path: '/api/events/:id/qr.svg',
      handle: async (call) => ({
        status: 200,
        headers: { 'content-type': 'image/svg+xml', 'cache-control': 'public, max-age=300' },
        body: await QrCode.toString(eventView(events.get(call.params['id']!), publicUrl()).joinUrl, { type: 'svg', margin: 2 }),
      }),
    }),
  ];
};

/** A sponsor's picture, from a host's hand: it is shown, and nothing else may come of it. */
const imageReply = (image: ReturnType<typeof sponsorImage>, name: string): Reply => {
  if (image?.name !== name) throw new CrowdcueError('not_found');
  return {
    status: 200, body: image.bytes,
    headers: {
      'content-type': image.type, 'cache-control': 'public, max-age=31536000, immutable', 'cross-origin-resource-policy': 'cross-origin',
      'content-security-policy': "default-src 'none'; sandbox",
    },
  };
};

/** A refusal carries the receipt and the error's own fields, with the error's status. */
const receiptReply = (receipt: ReceiptView): Reply => {
  if (receipt.status !== 'refused') return json(receipt);
  const error = new CrowdcueError(receipt.reason ?? 'internal');
  return json({ ...receipt, ...error.toJSON() }, error.http);
};
