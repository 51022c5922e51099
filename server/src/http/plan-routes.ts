import { LIMITS } from '@crowdcue/protocol';
import { z } from 'zod';
import type { PlanDesk } from '../events/plan-desk.js';
import { TEMPLATES } from '../events/plan-templates.js';
import type { RehearsalDesk } from '../events/rehearsal-desk.js';
import type { RehearsalRunner } from '../events/rehearsal-runner.js';
import type { HostDoor } from './host-door.js';
import { json } from './reply.js';
import { NO_BODY, route, type Route } from './router.js';

/** Quick, and long enough to see the window of every delay. */
const runSpec = z.object({
  viewers: z.number().int().min(1).max(2_000).default(200),
  seconds: z.number().int().min(3).max(LIMITS.roundMs / 1000).default(10),
  delays: z.array(z.number().int().min(0).max(LIMITS.delayMs)).min(1).max(8).default([0, 1_500, 4_000, 8_000, 15_000]),
  games: z.array(z.string().regex(/^[a-z\d-]{1,32}$/)).min(1).max(6).default(['tug', 'trivia', 'quickdraw']),
});

export interface PlanRoutesOptions {
  readonly door: HostDoor;
  readonly plans: PlanDesk;
  readonly rehearsals: RehearsalDesk;
  readonly runs: RehearsalRunner;
}

/** A quarter. */
const MOST_WEEKS = 12;
const MOST_ROUNDS = 20; // of one show
const LONGEST_SHOW_MS = 12 * 3_600_000;

const round = z.object({
  game: z.string().min(1).max(32),
  params: z.record(z.string().max(64), z.union([z.number(), z.string().max(1_000)])).optional(),
  offsetMs: z.number().int().min(0).max(LONGEST_SHOW_MS),
  durationMs: z.number().optional(),
});

const changeSpec = round.omit({ offsetMs: true });
const moveSpec = z.object({ by: z.union([z.literal(1), z.literal(-1)]) });

/** What a new event may say of its plan. */
export const planFields = {
  template: z.string().max(40).optional(),
  zone: z.string().max(64).optional(),
  startsAt: z.string().max(40).optional(),
  weeks: z.number().int().min(1).max(MOST_WEEKS).optional(),
  auto: z.boolean().optional(),
  rounds: z.array(round).min(1).max(MOST_ROUNDS).optional(),
};

/** An event of a template that is given no name has the template's. */
export const namedByTemplate = (body: unknown): unknown => {
  const { name, template } = (typeof body === 'object' && body !== null ? body : {}) as { name?: unknown; template?: unknown };
  return name === undefined && typeof template === 'string' ? { ...(body as object), name: TEMPLATES.get(template)?.title ?? 'Show' } : body;
};

/** Templates, planned rounds and rehearsals. All for the host. */
export const planRoutes = ({ door, plans, rehearsals, runs }: PlanRoutesOptions): Route[] => {
  const { guard } = door;
  const path = '/api/events/:id/plan';
  const run = '/api/events/:id/rehearsal/run';
  const at = (params: Readonly<Record<string, string>>): [string, string] => [params['id']!, params['cue']!];
  return [
    route({ method: 'GET', path: '/api/templates', guard, handle: () => json({ templates: [...TEMPLATES.values()] }) }),
    route({
      method: 'PUT', path, guard, body: z.object({ auto: z.boolean() }), badBody: 'plan_bad_request',
      handle: async (call) => json(await plans.auto(call.params['id']!, call.body.auto)),
    }),
    route({ method: 'POST', path: `${path}/:cue/cue`, guard, body: NO_BODY, handle: async (call) => json(await plans.cue(...at(call.params))) }),
    route({ method: 'POST', path: `${path}/:cue/skip`, guard, body: NO_BODY, handle: async (call) => json(await plans.skip(...at(call.params))) }),
    route({ method: 'PUT', path: `${path}/:cue`, guard, body: changeSpec, badBody: 'plan_bad_request', handle: async (call) => json(await plans.edit(...at(call.params), call.body)) }),
    route({ method: 'DELETE', path: `${path}/:cue`, guard, handle: async (call) => json(await plans.remove(...at(call.params))) }),
    route({ method: 'POST', path: `${path}/:cue/move`, guard, body: moveSpec, badBody: 'plan_bad_request', handle: async (call) => json(await plans.move(...at(call.params), call.body.by)) }),
    route({ method: 'POST', path: `${path}/:cue/undo`, guard, body: NO_BODY, handle: async (call) => json(await plans.undo(...at(call.params))) }),
    route({ method: 'POST', path: '/api/events/:id/rehearsal', guard, body: NO_BODY, handle: async (call) => json(await rehearsals.open(call.params['id']!), 201) }),
    route({ method: 'GET', path: run, guard, handle: (call) => json(runs.view(call.params['id']!)) }),
    route({ method: 'POST', path: run, guard, body: runSpec, handle: async (call) => json(await runs.start(call.params['id']!, call.who, call.body), 202) }),
    route({ method: 'DELETE', path: run, guard, handle: async (call) => json(await runs.stop(call.params['id']!)) }),
  ];
};
