import { CrowdcueError, CAPTION_LIMITS, isSpectator, LIMITS } from '@crowdcue/protocol';
import { z } from 'zod';
import { captionLines } from '../events/caption-lines.js';
import type { EventDirectory } from '../events/event-directory.js';
import type { OverlayDesk } from '../events/overlay-desk.js';
import type { SponsorDesk } from '../events/sponsor-desk.js';
import type { ScopedKeys, ViewerTokens } from '../identity/index.js';
import type { HostDoor } from './host-door.js';
import { json } from './reply.js';
import { regionOf } from './relay-routes.js';
import { bearerOf, type Request } from './request.js';
import { route, type Route } from './router.js';

export interface OverlayRoutesOptions {
  readonly door: HostDoor;
  readonly events: EventDirectory;
  readonly overlays: OverlayDesk;
  readonly scoped: ScopedKeys;
  readonly tokens: ViewerTokens;
  readonly sponsors: SponsorDesk;
}

const SHOWINGS_AT_MOST = 1_000_000;

const sessionSpec = z.object({ token: z.string().max(LIMITS.tokenBytes).optional(), region: z.string().max(64).optional() });
const showingSpec = z.object({ token: z.string().max(LIMITS.tokenBytes), sponsor: z.string().min(1).max(80), shown: z.number().int().min(1).max(SHOWINGS_AT_MOST) });
const time = z.union([z.number(), z.string().max(40)]);
const captionSpec = z.object({
  lines: z.array(z.object({
    id: z.string().regex(/^[\w.:-]{1,64}$/, 'must be 1 to 64 of letters, digits, ".", ":", "_" and "-"').optional(),
    lang: z.string().min(2).max(35), from: time, to: time, text: z.string().max(CAPTION_LIMITS.text * 2),
  })).min(1).max(CAPTION_LIMITS.lines),
});

/** What overlays and caption providers ask with their keys, and how a host gets and takes back these. */
export const overlayRoutes = ({ door, events, overlays, scoped, tokens, sponsors }: OverlayRoutesOptions): Route[] => {
  const host = door.guard;
  type Params = Readonly<Record<string, string>>;
  const overlay = (request: Request, params: Params): void => scoped.check(events.get(params['id']!).id, 'overlay', bearerOf(request));
  /** A host may post captions too. */
  const captioner = door.orKey('POST /api/events/:id/captions', (request, params) => scoped.check(events.get(params['id']!).id, 'captions', bearerOf(request)));
  return [
    route({ method: 'GET', path: '/api/events/:id/keys', guard: host, handle: (call) => json(overlays.keys(call.params['id']!)) }),
    route({
      method: 'DELETE', path: '/api/events/:id/keys/:kind', guard: host,
      handle: async (call) => {
        const { id, kind } = call.params as { id: string; kind: string };
        if (kind === 'overlay') return json(await overlays.revokeOverlay(id));
        if (kind === 'captions') return json(await overlays.revokeCaptions(id));
        throw new CrowdcueError('not_found');
      },
    }),
    route({
      method: 'POST', path: '/api/events/:id/overlay/session', guard: overlay, body: sessionSpec,
      handle: (call) => json(overlays.open(call.params['id']!, call.body.token, regionOf(call, call.body.region))),
    }),
    route({
      method: 'POST', path: '/api/events/:id/overlay/showings', guard: overlay, body: showingSpec,
      handle: async (call) => {
        const id = call.params['id']!;
        const { sub, tier } = tokens.verify(call.body.token, id);
        if (!isSpectator(tier)) throw new CrowdcueError('key_forbidden');
        if (events.get(id).sponsor?.name !== call.body.sponsor) return json({ shown: 0 }); // it was changed meanwhile
        const viewers = async (): Promise<number> => (await events.room(id).overview()).viewers;
        return json({ shown: await sponsors.told(id, sub, call.body.sponsor, call.body.shown, viewers) });
      },
    }),
    route({
      method: 'POST', path: '/api/events/:id/captions', cors: 'any', guard: captioner, body: captionSpec, badBody: 'caption_bad_request',
      handle: async (call) => {
        const id = call.params['id']!;
        const room = events.room(id);
        const dated = call.body.lines.some(({ from, to }) => typeof from === 'string' || typeof to === 'string');
        const ahead = dated ? (await room.overview()).packager?.offset : undefined; // dates are the packager's
        return json(await room.captions(captionLines(call.body.lines, events.get(id).createdAt, ahead)));
      },
    }),
  ];
};
