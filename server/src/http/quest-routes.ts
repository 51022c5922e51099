import { CrowdcueError, type TokenClaims } from '@crowdcue/protocol';
import { z } from 'zod';
import { questsSchema } from '../achievements/index.js';
import type { DropDesk } from '../events/drop-desk.js';
import type { EventDirectory } from '../events/event-directory.js';
import type { QuestDesk } from '../events/quest-desk.js';
import type { ViewerDesk } from '../events/viewer-desk.js';
import type { HostDoor } from './host-door.js';
import { json } from './reply.js';
import { bearerOf, type Request } from './request.js';
import { route, type Route } from './router.js';
import type { TokenBuckets } from './token-buckets.js';

export interface QuestRoutesOptions {
  readonly door: HostDoor;
  readonly events: EventDirectory;
  readonly quests: QuestDesk;
  readonly drops: { readonly board: Pick<DropDesk['board'], 'changed'> };
  readonly viewers: ViewerDesk;
  /** Words on one step, by viewer: a question has few answers, and nobody may try them all. */
  readonly words: TokenBuckets;
}

const putSpec = z.object({ quests: questsSchema });
const stepSpec = z.object({ key: z.string().max(64), answer: z.number().int().min(0).max(255).optional() });

/** Quests: the host gives them, viewers read them and do their untimed steps. */
export const questRoutes = ({ door, events, quests, drops, viewers, words }: QuestRoutesOptions): Route[] => {
  const host = door.guard;
  const viewer = (request: Request, params: Readonly<Record<string, string>>): TokenClaims => viewers.identify(params['id']!, bearerOf(request));
  const path = '/api/events/:id/quests';
  return [
    route({
      method: 'PUT', path, guard: host, body: putSpec, badBody: 'quest_bad_request',
      handle: async (call) => {
        const { id } = events.get(call.params['id']!);
        await quests.put(id, call.body.quests);
        return json({ quests: quests.of(id) });
      },
    }),
    route({ method: 'GET', path: `${path}/given`, guard: host, handle: ({ params }) => json({ quests: quests.of(params['id']!) }) }),
    route({ method: 'GET', path, cors: 'any', guard: viewer, handle: async (call) => json({ quests: await quests.forViewer(call.who.evt, call.who.sub) }) }),
    route({
      method: 'POST', path: `${path}/:quest/steps/:step`, cors: 'any', guard: viewer, body: stepSpec, badBody: 'quest_bad_request',
      handle: async (call) => {
        const { evt, sub } = call.who;
        const at = { quest: call.params['quest']!, step: call.params['step']! };
        if (!words.take(`${evt}|${sub}|${at.quest}|${at.step}`)) throw new CrowdcueError('too_many_requests');
        const receipt = await quests.step(evt, sub, at, call.body);
        if (receipt.done) drops.board.changed(evt);
        return json(receipt);
      },
    }),
  ];
};
