import { fileURLToPath } from 'node:url';
import type { TemplatedApp } from 'uWebSockets.js';
import type { Config } from '../config.js';
import type { Desks } from '../events/desks.js';
import { ClientAddresses } from './client-address.js';
import { commerceRoutes } from './commerce-routes.js';
import { dropRoutes } from './drop-routes.js';
import { gameViewRoutes, type ViewFolder } from './game-view-routes.js';
import { HostDoor } from './host-door.js';
import { hostRoutes } from './host-routes.js';
import { ledgerRoutes } from './ledger-routes.js';
import { matchmakeRoutes } from './matchmake-routes.js';
import { nameRoutes } from './name-routes.js';
import { overlayRoutes } from './overlay-routes.js';
import { pageRoutes } from './page-routes.js';
import { peopleRoutes } from './people-routes.js';
import { planRoutes } from './plan-routes.js';
import { ProofLimits } from './proof-limits.js';
import { proofRoutes } from './proof-routes.js';
import { questRoutes } from './quest-routes.js';
import { relayRoutes } from './relay-routes.js';
import { Router } from './router.js';
import { serve, type HttpLogger } from './serve.js';
import { StaticFiles } from './static-files.js';
import { systemRoutes } from './system-routes.js';
import { TokenBuckets } from './token-buckets.js';
import { twitchRoutes } from './twitch-routes.js';
import { viewerRoutes } from './viewer-routes.js';
import { webhookRoutes } from './webhook-routes.js';
import { workspaceRoutes } from './workspace-routes.js';

/** Two thousand people behind one venue's address join within seconds of the host's word, and again after a break. */
const TOKENS_BURST = 4_000;
const TOKENS_PER_SECOND = 200;
/** Sessions tried: a host mistypes nothing, for the key comes with the link. */
const SESSIONS_BURST = 10;
const SESSIONS_PER_SECOND = 10 / 60;

/** Words of one viewer on one step of a quest: a question with six answers takes half a minute to try through. */
const WORDS_BURST = 3;
const WORDS_PER_SECOND = 0.1;

/** Exchanges of one person's token of Twitch: a few tabs that open at once, and a reload now and then. */
const PERSON_BURST = 20;
const PERSON_PER_SECOND = 0.5;

/** Pings to one host: somebody sets up an endpoint and tries a few times. */
const PINGS_BURST = 10;
const PINGS_PER_SECOND = 0.5;

/** The pages as `npm run build` leaves them, seen from `server/src/http` and `server/dist/http` alike. */
const BUILT_PAGES = fileURLToPath(new URL('../../../web/dist', import.meta.url));

export interface ServeOriginOptions {
  readonly app: TemplatedApp;
  readonly config: Config;
  readonly desks: Desks;
  /** Views of games that are not ours. */
  readonly views: readonly ViewFolder[];
  readonly logger: HttpLogger;
  ready(): boolean;
}

/** Serves every route of the origin. */
export const serveOrigin = ({ app, config, desks, views, logger, ready }: ServeOriginOptions): void => {
  const { clock, metrics, games, keys, credential, access, directory, events, joins, viewers, registry, twitch, quests, drops } = desks;
  const publicUrl = (): string => desks.publicUrl();
  /** An id that is no event's is Colyseus's to refuse. */
  const served = async (roomId: string): Promise<boolean> => !directory.has(roomId) || desks.rooms.served(roomId);
  const buckets = (): TokenBuckets => new TokenBuckets(clock, TOKENS_BURST, TOKENS_PER_SECOND);
  const door = new HostDoor({ access, workspaces: desks.workspaces, events: directory, audit: desks.audit, keys: desks.commandKeys });
  const routes = [
    ...systemRoutes(metrics, ready),
    ...viewerRoutes({ events: directory, joins, viewers, quests, games, rooms: desks.rooms, publicUrl, issue: buckets() }),
    ...questRoutes({ door, events: directory, quests, drops, viewers, words: new TokenBuckets(clock, WORDS_BURST, WORDS_PER_SECOND) }),
    ...dropRoutes({ door, admin: desks.dropAdmin, tiers: desks.tiers, events: directory }),
    ...proofRoutes({ people: desks.people, viewers, limits: new ProofLimits(clock) }),
    ...peopleRoutes({ door, people: desks.people, desk: events }),
    ...planRoutes({ door, plans: desks.plans, rehearsals: desks.rehearsals, runs: desks.runs }),
    ...hostRoutes({ door, access, workspaces: desks.workspaces, desk: events, plans: desks.plans, attempts: new TokenBuckets(clock, SESSIONS_BURST, SESSIONS_PER_SECOND) }),
    ...nameRoutes({ door, names: desks.names, viewers }),
    ...workspaceRoutes({ door, access, workspaces: desks.workspaces, audit: desks.audit }),
    ...webhookRoutes({ door, endpoints: desks.endpoints, deliveries: desks.deliveries, pings: new TokenBuckets(clock, PINGS_BURST, PINGS_PER_SECOND) }),
    ...commerceRoutes({ door, commerce: desks.commerce, events: directory, random: desks.random }),
    ...ledgerRoutes({ door, ledger: desks.ledger, care: desks.care, checkers: desks.checkers }),
    ...twitchRoutes({
      desk: twitch, door, clientId: config.twitch.clientId, issue: buckets(), persons: new TokenBuckets(clock, PERSON_BURST, PERSON_PER_SECOND),
    }),
    ...overlayRoutes({ door, events: directory, overlays: desks.overlays, scoped: desks.scoped, tokens: desks.tokens, sponsors: desks.sponsors }),
    ...relayRoutes({ clock, credential, registry, events: directory, keys, lists: buckets() }),
    ...matchmakeRoutes({ credential, seats: buckets(), served }),
    ...gameViewRoutes(views),
    ...pageRoutes(new StaticFiles(config.webDir ?? BUILT_PAGES), (code) => directory.known(code)?.embedOrigins ?? []),
  ];
  const router = new Router(routes.map((each) => door.wrap(each)));
  serve({ app, router, addresses: new ClientAddresses(config.trustedProxies), clock, metrics, logger, ready });
};
