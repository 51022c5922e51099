import { fileURLToPath } from 'node:url';
import { setTimeout as pause } from 'node:timers/promises';
import type { GameDefinition } from '@crowdcue/games';
import { LIMITS, type GameView } from '@crowdcue/protocol';
import type { Logger } from 'pino';
import { AchievementEngine, BUILT_IN_RULES, ScarceGates } from '../achievements/index.js';
import type { Clock } from '../clock.js';
import type { Config } from '../config.js';
import { CodeVault, DropService, LotDesk } from '../drops/index.js';
import { AuditLog } from './audit-log.js';
import { BanList } from './ban-list.js';
import { CommandKeys } from './command-keys.js';
import { DropAdmin } from './drop-admin.js';
import { DropDesk } from './drop-desk.js';
import { EventDesk } from './event-desk.js';
import { EventDirectory } from './event-directory.js';
import { FactPipeline } from './fact-pipeline.js';
import { gameViews, type OutsideGame } from './game-list.js';
import { ImpressionDesk } from './impression-desk.js';
import { JoinDesk } from './join-desk.js';
import { PeopleDesk } from './people-desk.js';
import { PeopleRetention } from './people-retention.js';
import { NameDesk } from './name-desk.js';
import { PlanDesk } from './plan-desk.js';
import { QuestDesk } from './quest-desk.js';
import { RehearsalRunner } from './rehearsal-runner.js';
import { RehearsalDesk } from './rehearsal-desk.js';
import { RelayRegistry } from './relay-registry.js';
import { keptSessionVersion } from './session-version.js';
import { timedJournal } from './timed-journal.js';
import { TwitchDesk } from './twitch-desk.js';
import { keptUsedLinks } from './used-links.js';
import { keptKeyVersions } from './key-versions.js';
import { OverlayDesk } from './overlay-desk.js';
import { SponsorDesk } from './sponsor-desk.js';
import { TierDesk } from './tier-desk.js';
import { ViewerDesk } from './viewer-desk.js';
import { deliveryChecker } from '../webhooks/index.js';
import { makeWebhookDesks, type WebhookDesks, type WebhookPace } from './webhook-desks.js';
import { WorkspaceDesk } from './workspace-desk.js';
import { HostAccess, Keys, publicName, RelayCredential, ScopedKeys, TwitchAccounts, TwitchTokens, ViewerTokens, type RandomSource } from '../identity/index.js';
import type { JournalStore } from '../journal/index.js';
import type { Ledger, Checker, LedgerCare, LedgerGuard } from '../ledger/index.js';
import { OriginMetrics } from '../metrics/origin-metrics.js';
import type { Outbox } from '../outbox/index.js';
import { reportCheckers } from '../reports/index.js';
import type { CrowdRoomDeps } from '../rooms/room-deps.js';
import type { RoomHost } from '../rooms/room-control.js';
import { EmailProofs, PeopleTable, ProofCodes, SmtpMailer, TwitchProofs, type Mailer } from '../people/index.js';
import type { RecordStore } from '../store/index.js';
import { toldLedger } from '../webhooks/index.js';

/** Where an origin keeps everything: its own files, or what it shares with the others. */
export interface Keeping {
  readonly journal: JournalStore;
  readonly records: RecordStore;
  readonly ledger: Ledger;
  readonly outbox: Outbox;
  /** What the ledger's steps wait for, and what a person asks of it as a whole. */
  readonly guard: LedgerGuard;
  readonly care: LedgerCare;
  /** ms since 1970 by the one clock that all origins go by: the store's, where they share one. */
  sharedTime(): Promise<number>;
}

export interface DesksOptions {
  readonly config: Config;
  readonly keeping: Keeping;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly games: ReadonlyMap<string, GameDefinition>;
  /** Those of them that are not ours. */
  readonly outside: readonly OutsideGame[];
  publicUrl(): string;
  /** Where this process listens. */
  localUrl(): string;
  makeRooms(deps: CrowdRoomDeps): RoomHost;
  /** Tells whichever origin holds the event's room to look at its drops. */
  notifyDrops(event: string): void;
  readonly processMetrics: boolean;
  readonly webhooks?: WebhookPace;
  /** What runs a rehearsal; the loadtest package's where it is not said. */
  readonly rehearsalProgram?: string | undefined;
}

/** The parts of an origin that HTTP speaks to. */
export interface Desks extends WebhookDesks {
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly metrics: OriginMetrics;
  readonly games: readonly GameView[];
  readonly keys: Keys;
  readonly credential: RelayCredential;
  readonly access: HostAccess;
  readonly rooms: RoomHost;
  readonly directory: EventDirectory;
  readonly events: EventDesk;
  readonly drops: DropDesk;
  readonly dropAdmin: DropAdmin;
  readonly joins: JoinDesk;
  readonly viewers: ViewerDesk;
  readonly registry: RelayRegistry;
  readonly tokens: ViewerTokens;
  readonly scoped: ScopedKeys;
  readonly tiers: TierDesk;
  readonly overlays: OverlayDesk;
  readonly sponsors: SponsorDesk;
  readonly pipeline: FactPipeline;
  readonly twitch: TwitchDesk;
  readonly quests: QuestDesk;
  readonly plans: PlanDesk;
  readonly rehearsals: RehearsalDesk;
  readonly names: NameDesk;
  readonly runs: RehearsalRunner;
  readonly workspaces: WorkspaceDesk;
  readonly audit: AuditLog;
  readonly ledger: Pick<Ledger, 'entries' | 'reconcile'>;
  readonly care: LedgerCare;
  /** What a reconciliation compares beside the ledger with itself. */
  readonly checkers: readonly Checker[];
  readonly commandKeys: CommandKeys;
  readonly people: PeopleDesk;
  readonly retention: PeopleRetention;
  readonly mailer: Mailer | undefined;
  publicUrl(): string;
}

/** As it is built beside the origin, seen from `server/src/events` and `server/dist/events` alike. */
const REHEARSAL_PROGRAM = fileURLToPath(new URL('../../../loadtest/dist/rehearse.js', import.meta.url));

/** Makes the parts and ties them to each other. Rooms and what they report to need each other, hence the late `rooms`. */
export const makeDesks = (options: DesksOptions): Desks => {
  const { config, clock, random, logger, games } = options;
  const { journal, records } = options.keeping;
  const ledger = toldLedger(options.keeping.ledger, (event) => hooks.worker.nudge(event));
  const publicUrl = (): string => options.publicUrl();
  const metrics = new OriginMetrics({ processMetrics: options.processMetrics });
  const keys = new Keys(config.masterSecret);
  const tokens = new ViewerTokens(keys, clock, random);
  const credential = new RelayCredential(config.relaySecret, clock);
  const rules = BUILT_IN_RULES;
  const scarce = new ScarceGates(rules, games);
  const late = { local: (event: string) => rooms.local(event) };
  const quests = new QuestDesk({ table: records.table('quests'), ledger, rules, scarce, rooms: late, random });
  const trace = (): string => random.bytes(16).toString('hex');
  const vault = new CodeVault({ table: records.table('codes'), sealerOf: (event) => keys.sealer(`codes|${event}`, random) });
  const lots = new LotDesk({
    ledger, seeds: records.table('lot-seeds'), entropy: { name: 'origin', read: () => Promise.resolve(random.bytes(32).toString('hex')) }, clock,
    newSeed: () => random.bytes(32).toString('hex'), trace, maxDelayOf: (event) => directory.get(event).maxDelay ?? LIMITS.scoredDelayMs,
    changed: (event) => drops.board.changed(event), logger,
  });
  const drops: DropDesk = new DropDesk({
    own: quests, vault, lots, proofOf: (event, viewer, wanted) => people.proofOf(event, viewer, wanted), ledger, service: new DropService(ledger), rules, scarce, unproven: !config.production, rooms: late, clock, random, metrics, logger,
    notify: (event) => options.notifyDrops(event),
  });
  const pipeline = new FactPipeline({
    engine: new AchievementEngine(ledger, rules, scarce, (event) => quests.rulesOf(event)), rules, rooms: late, drops, quests, metrics, logger,
    pause: (ms, signal) => pause(ms, undefined, { signal }).catch(() => undefined),
  });
  const bans = new BanList(records.table('bans'));
  const rooms: RoomHost = options.makeRooms({
    journal: timedJournal(journal, metrics, clock), games, clock, logger, facts: pipeline, metrics,
    sharedTime: () => options.keeping.sharedTime(), prepare: (event) => drops.prepare(event), opened: (event) => drops.board.opened(event),
    messages: { request: (event, viewer, type, payload, tier) => viewers.request(event, viewer, type, payload, tier) },
    genuine: (evt, { viewer, tier, name, mac }) => tokens.checkInnerMac({ evt, sub: viewer, tier, name, mac }),
    admits: (knock, roomId) => credential.verifyLinkProof(knock, roomId),
    verify: (token, event) => viewers.identify(event, token),
  });
  const directory = new EventDirectory({ table: records.table('events'), rooms, clock, random });
  const registry = new RelayRegistry(records.table('relays'), clock, records.shared);
  const impressions = new ImpressionDesk({ table: records.table('impressions'), metrics, pause: (ms) => pause(ms, undefined, { ref: false }) });
  const viewers = new ViewerDesk({ events: directory, tokens, bans, drops, quests, impressions, person: { checkBans: (event, viewer) => people.checkBans(event, viewer) } });
  const scoped = new ScopedKeys(keys, keptKeyVersions(records.table('key-versions')));
  const tiers = new TierDesk({ events: directory, drops, scoped, publicUrl });
  const joins = new JoinDesk({ events: directory, tokens, bans, relays: registry, tiers, metrics });
  const twitch = new TwitchDesk({ tokens: new TwitchTokens(config.twitch.secrets, clock), keys, clock, table: records.table('twitch-channels'), events: directory, joins,
    vouched: (event, viewer, tier, account) => people.vouched(event, viewer, tier, account).catch((err: unknown) => logger.error({ err, event }, 'a viewer from Twitch was let in unproven')),
  });
  const mailer = config.mail && new SmtpMailer({ ...config.mail, logger });
  const known = new PeopleTable({ table: records.table('people'), keys, clock, random });
  const codes = new ProofCodes({ table: records.table('proof-codes'), keys, clock, random });
  const erased = (why: 'asked' | 'retention'): void => metrics.peopleErased.inc({ why });
  const names = new NameDesk({
    table: records.table('names'), events: directory, bans, clock, given: (event, viewer) => publicName(keys.names, event, viewer), publicUrl,
  });
  const said = (result: 'proven' | 'wrong' | 'over'): void => metrics.proofsSaid.inc({ result });
  const twitchProofs = new TwitchProofs({
    accounts: config.signIn && new TwitchAccounts({ ...config.signIn, clock, logger }), redirect: () => `${publicUrl()}/signed-in/twitch`, people: known, codes, keys, clock, random, said,
  });
  const people = new PeopleDesk({
    people: known, twitchProofs, codes, names, events: directory, bans, drops, joins, quests, ledger, keys, clock, retentionDays: config.retentionDays, erased,
    proofs: new EmailProofs({ people: known, codes, mailer, shown: !config.production, asked: (result) => metrics.proofsAsked.inc({ result }), said, logger }),
  });
  const sponsors = new SponsorDesk(records.table('sponsor-showings'), clock, () => metrics.sponsorShowings.inc());
  const workspaces = new WorkspaceDesk({ workspaces: records.table('workspaces'), members: records.table('members'), clock, random });
  const audit = new AuditLog({ table: records.table('audit'), clock, random, failed: (err) => logger.error({ err }, 'an entry of the audit log was not kept') });
  metrics.watch(directory, rooms, known);
  const hooks = makeWebhookDesks({ ...options, ledger, keys, metrics, directory });
  metrics.watchLedger(() => options.keeping.guard.status());
  const events = new EventDesk({ events: directory, rooms, drops, bans, names, relays: registry, impressions, sponsors, publicUrl, now: () => clock.now() });
  const access = new HostAccess({ keys, clock, random, publicUrl, linkTtlS: config.hostLinkTtlS, version: keptSessionVersion(records.table('settings')), used: keptUsedLinks(records.table('host-links'), clock), stands: (member) => workspaces.stands(member) });
  const rehearsals = new RehearsalDesk({ directory, events, quests, ledger, publicUrl });
  return {
    ...hooks, clock, random, metrics, games: gameViews(games, options.outside), keys, credential, rooms, directory, drops, viewers, registry, pipeline, publicUrl, tokens, scoped, tiers, sponsors,
    overlays: new OverlayDesk({ events: directory, tokens, scoped, relays: registry, publicUrl }),
    access,
    dropAdmin: new DropAdmin({ ledger, vault, changed: (event) => drops.board.changed(event), trace }),
    events, joins, twitch, names, quests, workspaces, audit, ledger, care: options.keeping.care, checkers: [...reportCheckers(ledger), deliveryChecker(ledger, options.keeping.outbox, (event) => hooks.endpoints.endpointsOf(event))], commandKeys: new CommandKeys(records.table('commands'), clock),
    people, mailer, retention: new PeopleRetention({ people: known, codes, events: directory, clock, days: config.retentionDays, erased, logger }),
    plans: new PlanDesk({ events: directory, rooms: late, games, clock, publicUrl, logger }),
    rehearsals,
    runs: new RehearsalRunner({
      table: records.table('rehearsal-runs'), clock, logger, origin: config.originId ?? random.bytes(8).toString('hex'), most: config.rehearsalViewers, program: options.rehearsalProgram ?? REHEARSAL_PROGRAM,
      url: options.localUrl, real: (event) => directory.get(event).rehearsalOf ?? event, key: ({ member }) => new URL(access.createLink(member).url).hash.slice('#key='.length), tidy: async (event) => events.stop((await rehearsals.open(event)).id),
    }),
  };
};
