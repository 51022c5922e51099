import { CrowdcueError, type TokenClaims } from '@crowdcue/protocol';
import { z } from 'zod';
import type { PeopleDesk } from '../events/people-desk.js';
import type { ViewerDesk } from '../events/viewer-desk.js';
import { addressGroup } from './client-address.js';
import type { ProofLimits } from './proof-limits.js';
import { regionOf } from './relay-routes.js';
import { json } from './reply.js';
import { bearerOf, type Request } from './request.js';
import { NO_BODY, route, type Route } from './router.js';

export interface ProofRoutesOptions {
  readonly people: PeopleDesk;
  readonly viewers: Pick<ViewerDesk, 'identify'>;
  readonly limits: ProofLimits;
}

const MOST_CONSENTS = 16;
const IN_EXTENSION = /\.ext-twitch\.tv$/;
const words = (most: number) => z.string().trim().min(1).max(most).regex(/^\P{Cc}*$/u, 'control characters are not taken');
const askSpec = z.object({ email: z.string().min(1).max(320), lang: z.string().max(64).optional() });
const returnSpec = z.object({ code: z.string().min(1).max(512), state: z.string().min(1).max(1_024) });
const digitsSpec = z.object({ code: z.string().min(1).max(16) });
const confirmSpec = z.object({ email: z.string().min(1).max(320), code: z.string().min(1).max(16) });
const resumeSpec = z.object({ viewer: z.number().int().min(1).max(2 ** 52).optional() }).optional();
const toldSpec = z.strictObject({
  name: words(120).optional(),
  shipping: z.strictObject({
    lines: z.array(words(120)).min(1).max(4), postcode: words(16).exactOptional(), city: words(80), country: z.string().regex(/^[A-Z]{2}$/, 'two capitals, as ISO 3166 has them'),
  }).optional(),
  consents: z.record(z.string().regex(/^[a-z0-9-]{1,32}$/), z.boolean()).refine((all) => Object.keys(all).length <= MOST_CONSENTS, `${MOST_CONSENTS} at most`).optional(),
});

/** How viewers prove who they are, come back to what is theirs on another device, and tell what a shop needs. */
export const proofRoutes = ({ people, viewers, limits }: ProofRoutesOptions): Route[] => {
  const viewer = (request: Request, params: Readonly<Record<string, string>>): TokenClaims => viewers.identify(params['id']!, bearerOf(request));
  const enough = (may: boolean): void => {
    if (!may) throw new CrowdcueError('too_many_requests');
  };
  const path = '/api/events/:id/proofs';
  return [
    route({
      method: 'POST', path: `${path}/email`, cors: 'any', guard: viewer, body: askSpec,
      handle: async ({ who: { evt, sub }, body, headers, address }) => {
        const network = addressGroup(address);
        enough(limits.asks.take(`${evt}|${sub}`) && (!people.mails || limits.networks.take(network)));
        const language = body.lang ?? headers['accept-language'] ?? '';
        return json(await people.ask(evt, sub, body.email, language, (person) => !limits.mailbox(person, network)), 202);
      },
    }),
    route({
      method: 'POST', path: `${path}/email/confirm`, cors: 'any', guard: viewer, body: confirmSpec,
      handle: async ({ who: { evt, sub }, body }) => {
        enough(limits.tries.take(`${evt}|${sub}`));
        return json(await people.confirm(evt, sub, body.email, body.code));
      },
    }),
    route({
      method: 'POST', path: `${path}/twitch`, cors: 'any', guard: viewer, body: NO_BODY,
      handle: ({ who: { evt, sub }, headers }) => {
        // Its viewers share the account with the extension itself, and its pages may lead nowhere.
        if (IN_EXTENSION.test(headers['origin'] ?? '')) throw new CrowdcueError('twitch_off');
        enough(limits.ways.take(`${evt}|${sub}`));
        return json(people.signIn(evt, sub));
      },
    }),
    // Of who comes back from Twitch nothing is known but what they bring.
    route({
      method: 'POST', path: '/api/proofs/twitch', body: returnSpec,
      handle: async ({ body: { code, state } }) => json(await people.signedIn(code, state, (event, sub) => !limits.returns.take(`${event}|${sub}`))),
    }),
    route({
      method: 'POST', path: `${path}/twitch/confirm`, cors: 'any', guard: viewer, body: digitsSpec,
      handle: async ({ who: { evt, sub }, body }) => {
        enough(limits.tries.take(`${evt}|${sub}`));
        return json(await people.confirmSignIn(evt, sub, body.code));
      },
    }),
    route({
      method: 'POST', path: `${path}/resume`, cors: 'any', guard: viewer, body: resumeSpec,
      handle: (call) => json(people.resume(call.who.evt, call.who.sub, regionOf(call, undefined), call.body?.viewer)),
    }),
    route({ method: 'GET', path: '/api/events/:id/receipts', cors: 'any', guard: viewer, handle: async ({ who: { evt, sub } }) => json({ receipts: await people.receipts(evt, sub) }) }),
    route({ method: 'GET', path: '/api/events/:id/person', cors: 'any', guard: viewer, handle: ({ who: { evt, sub } }) => json(people.told(evt, sub)) }),
    route({ method: 'POST', path: '/api/events/:id/person', cors: 'any', guard: viewer, body: toldSpec, handle: async ({ who: { evt, sub }, body }) => json(await people.tell(evt, sub, body)) }),
  ];
};
