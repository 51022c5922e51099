import { CrowdcueError, LIMITS } from '@crowdcue/protocol';
import { z } from 'zod';
import type { EventDesk } from '../events/event-desk.js';
import { embedOrigins } from '../events/embed-origins.js';
import { fallbackChange } from '../events/fallback.js';
import { EVENT_ID } from '../events/event-record.js';
import { sponsorChange, sponsorSpec } from '../events/sponsor.js';
import type { PlanDesk } from '../events/plan-desk.js';
import { OWN_WORKSPACE, type WorkspaceDesk } from '../events/workspace-desk.js';
import type { HostAccess } from '../identity/index.js';
import { addressGroup } from './client-address.js';
import type { HostDoor, HostGuard } from './host-door.js';
import { DONE, json, type Reply } from './reply.js';
import type { Request } from './request.js';
import { retentionDays } from './people-routes.js';
import { namedByTemplate, planFields } from './plan-routes.js';
import { NO_BODY, route, type Route } from './router.js';
import type { TokenBuckets } from './token-buckets.js';

export interface HostRoutesOptions {
  readonly door: HostDoor;
  readonly access: HostAccess;
  readonly workspaces: WorkspaceDesk;
  readonly desk: EventDesk;
  readonly plans: Pick<PlanDesk, 'planned'>;
  /** Tries to trade a link, by address. */
  readonly attempts: TokenBuckets;
}

const VIEWERS_LISTED = 50;
const MAX_DROPS = 32; // of one event; each stands in the state that every viewer gets

const eventSpec = z.preprocess(namedByTemplate, z.object({
  ...planFields,
  name: z.string().trim().min(1).max(80),
  id: z.string().regex(EVENT_ID, 'must be 3 to 40 of a-z, 0-9 and "-"').optional(),
  maxViewers: z.number().int().min(1).max(1_000_000).optional(),
  maxDelay: z.number().int().min(0).max(LIMITS.delayMs).optional(),
  accent: z.string().regex(/^#[\da-f]{6}$/i, 'must be a colour such as #ffc21a').optional(),
  drops: z.array(z.unknown()).max(MAX_DROPS).optional(),
  sponsor: sponsorSpec.optional(),
  embedOrigins: embedOrigins.optional(),
  retentionDays: retentionDays.optional(),
}));

// The game says which of these numbers it takes; here only the shape is checked.
const cueSpec = z.object({
  game: z.string().min(1).max(32),
  params: z.record(z.string().max(64), z.union([z.number(), z.string().max(1_000)])).exactOptional(),
  inMs: z.number().exactOptional(),
  durationMs: z.number().exactOptional(),
});

const settleSpec = z.object({ outcome: z.number().int().min(0).max(254) });

const packagerSpec = z.object({ offsetMs: z.number(), errorMs: z.number() });

/** The console's routes. All but the first need a host session. */
export const hostRoutes = ({ door, access, workspaces, desk, plans, attempts }: HostRoutesOptions): Route[] => {
  const { guard } = door;
  const takeAttempt = (request: Request): void => {
    if (!attempts.take(addressGroup(request.address))) throw new CrowdcueError('too_many_requests');
  };
  return [
    route({
      method: 'POST', path: '/api/host/session', guard: takeAttempt, body: z.object({ key: z.string().max(200) }),
      handle: async (call) => {
        const traded = await access.trade(call.body.key);
        await workspaces.joined(access.check(traded.session));
        return json(traded);
      },
    }),
    route({
      method: 'DELETE', path: '/api/host/session', guard,
      handle: async ({ who }) => {
        await (who.workspace === OWN_WORKSPACE ? access.signOutAll() : workspaces.signOut(who.workspace));
        return DONE;
      },
    }),
    route({ method: 'POST', path: '/api/host/links', guard, body: NO_BODY, handle: ({ who }) => json(access.createLink(who.member), 201) }),
    route({ method: 'GET', path: '/api/events', guard, handle: ({ who }) => json({ events: desk.list(who.workspace) }) }),
    route({ method: 'POST', path: '/api/events', guard, body: eventSpec, handle: async ({ who, body }) => json(await desk.create({ ...plans.planned(body), workspace: who.workspace }), 201) }),
    route({ method: 'GET', path: '/api/events/:id', guard, handle: async (call) => json(await desk.overview(call.params['id']!)) }),
    route({
      method: 'POST', path: '/api/events/:id/cue', guard, body: cueSpec,
      handle: async (call) => json(await desk.cue(call.params['id']!, call.body)),
    }),
    route({
      method: 'POST', path: '/api/events/:id/stop', guard, body: NO_BODY,
      handle: async (call) => {
        await desk.stop(call.params['id']!);
        return DONE;
      },
    }),
    route({
      method: 'POST', path: '/api/events/:id/settle', guard, body: settleSpec,
      handle: async (call) => {
        await desk.settle(call.params['id']!, call.body.outcome);
        return DONE;
      },
    }),
    route({
      method: 'GET', path: '/api/events/:id/viewers', guard,
      handle: async (call) => json({ viewers: await desk.viewers(call.params['id']!, (call.query.get('q') ?? '').slice(0, 80), VIEWERS_LISTED) }),
    }),
    ...nameRoutes(desk, guard),
    ...airRoutes(desk, guard),
    ...faceRoutes(desk, guard),
    ...pictureRoutes(desk, guard),
    route({
      method: 'POST', path: '/api/events/:id/drops', guard, body: z.record(z.string(), z.unknown()), badBody: 'drop_bad_request',
      handle: async (call) => json(await desk.addDrop(call.params['id']!, call.body), 201),
    }),
  ];
};

/** What an event shows and where. */
const faceRoutes = (desk: EventDesk, guard: HostGuard): Route[] => [
  route({
    method: 'POST', path: '/api/events/:id/sponsor', guard, body: sponsorChange,
    handle: async (call) => json(await desk.sponsor(call.params['id']!, call.body)),
  }),
  route({
    method: 'DELETE', path: '/api/events/:id/sponsor', guard,
    handle: async (call) => {
      await desk.sponsor(call.params['id']!, undefined);
      return DONE;
    },
  }),
  route({ method: 'PUT', path: '/api/events/:id/fallback', guard, body: fallbackChange, handle: async (call) => json(await desk.fallback(call.params['id']!, call.body)) }),
  route({
    method: 'POST', path: '/api/events/:id/embed', guard, body: z.object({ origins: embedOrigins }),
    handle: async (call) => json(await desk.embed(call.params['id']!, call.body.origins)),
  }),
];

/** Who takes part, and under which name. */
const nameRoutes = (desk: EventDesk, guard: HostGuard): Route[] => {
  const path = '/api/events/:id/viewers/:viewer';
  type Params = Readonly<Record<string, string>>;
  const viewerOf = (params: Params): number => {
    const viewer = Number(params['viewer']);
    if (!Number.isSafeInteger(viewer) || viewer < 1) throw new CrowdcueError('bad_request', 'viewer: must be a viewer number');
    return viewer;
  };
  const ban = async (params: Params, banned: boolean): Promise<Reply> => {
    await desk.ban(params['id']!, viewerOf(params), banned);
    return DONE;
  };
  const hold = async (params: Params, held: boolean): Promise<Reply> => {
    await desk.hold(params['id']!, viewerOf(params), held);
    return DONE;
  };
  return [
    route({ method: 'POST', path: `${path}/ban`, guard, body: NO_BODY, handle: (call) => ban(call.params, true) }),
    route({ method: 'DELETE', path: `${path}/ban`, guard, handle: (call) => ban(call.params, false) }),
    route({ method: 'POST', path: `${path}/hold`, guard, body: NO_BODY, handle: (call) => hold(call.params, true) }),
    route({ method: 'DELETE', path: `${path}/hold`, guard, handle: (call) => hold(call.params, false) }),
  ];
};

/** What the host does about late pictures: flashes to tap on, and the clock of the stream's packager. */
const pictureRoutes = (desk: EventDesk, guard: HostGuard): Route[] => [
  route({
    method: 'POST', path: '/api/events/:id/flashes', guard, body: NO_BODY,
    handle: async (call) => json(await desk.flash(call.params['id']!, true)),
  }),
  route({
    method: 'DELETE', path: '/api/events/:id/flashes', guard,
    handle: async (call) => {
      await desk.flash(call.params['id']!, false);
      return DONE;
    },
  }),
  route({
    method: 'POST', path: '/api/events/:id/packager', guard, body: packagerSpec,
    handle: async (call) => {
      await desk.packager(call.params['id']!, { offset: call.body.offsetMs, error: call.body.errorMs });
      return DONE;
    },
  }),
];

/** The kill switch, its undoing, and the end. */
const airRoutes = (desk: EventDesk, guard: HostGuard): Route[] =>
  (['off', 'on', 'end'] as const).map((word) => route({
    method: 'POST', path: `/api/events/:id/${word}`, guard, body: NO_BODY,
    handle: async (call) => json(await desk.air(call.params['id']!, word === 'end' ? 'ended' : word)),
  }));
