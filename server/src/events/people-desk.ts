/**
 * What an event knows of people: their proofs, their receipts on any device, what they told, and how all of it is handed out or
 * forgotten. Viewers are asked for nothing here that they did not come to say; a host gets it by name and reason (the audit log).
 */
import { CrowdcueError, type JoinAnswer, type NameView, type PersonReceipt } from '@crowdcue/protocol';
import type { Clock } from '../clock.js';
import { GUEST_TIER, STANDARD_TIER, type Keys } from '../identity/index.js';
import type { Entry, Ledger } from '../ledger/index.js';
import { readAddress, withTold, type CodeAnswer, type EmailProofs, type Known, type PeopleTable, type PersonData, type PersonTold, type ProofCodes, type ProofKind, type SignInAddress, type TwitchProofs } from '../people/index.js';
import type { BanList } from './ban-list.js';
import type { DropDesk } from './drop-desk.js';
import type { EventDirectory } from './event-directory.js';
import type { JoinDesk } from './join-desk.js';
import type { NameDesk } from './name-desk.js';
import { dueAt } from './people-retention.js';
import type { QuestDesk } from './quest-desk.js';

export interface PeopleDeskOptions {
  readonly people: PeopleTable;
  readonly proofs: EmailProofs;
  readonly twitchProofs: TwitchProofs;
  readonly codes: Pick<ProofCodes, 'forget'>;
  readonly names: Pick<NameDesk, 'forget' | 'view'>;
  readonly events: EventDirectory;
  readonly bans: BanList;
  readonly drops: Pick<DropDesk, 'receipts'>;
  readonly joins: Pick<JoinDesk, 'admit'>;
  readonly quests: Pick<QuestDesk, 'forViewer'>;
  readonly ledger: Pick<Ledger, 'entries' | 'receipts'>;
  readonly keys: Pick<Keys, 'viewerOf'>;
  readonly clock: Pick<Clock, 'now'>;
  /** Days that people's data are kept after an event, where its host does not say. */
  readonly retentionDays: number;
  erased(why: 'asked' | 'retention'): void;
}

/** Whom a host means: one of these. */
export type PersonNamed = { readonly viewer: number } | { readonly email: string } | { readonly twitch: string };

/** What makes a claim one person's. */
export interface ProofOf {
  readonly proof: ProofKind;
  readonly subject: number;
}

/** Everything that is known of a person in an event. */
export interface PersonExport {
  readonly event: string;
  readonly viewers: readonly number[];
  readonly people: readonly (PersonData & { readonly proof: ProofKind; readonly subject: number; readonly viewers: readonly { readonly viewer: number; readonly provenAt: number }[]; readonly keptUntil: number })[];
  readonly receipts: readonly unknown[];
  readonly entries: readonly Entry[];
  readonly quests: readonly { readonly viewer: number; readonly quests: readonly unknown[] }[];
  readonly names: readonly ({ readonly viewer: number } & NameView)[];
  readonly banned: readonly number[];
}

const ENTRIES_READ = 1_000; // at once

export class PeopleDesk {
  constructor(private readonly options: PeopleDeskOptions) {}

  /** Whether codes leave by mail. */
  get mails(): boolean {
    return this.options.proofs.mails;
  }

  /** What a claim of this viewer may say of the person; of several proofs the newest that the drop takes. */
  proofOf(event: string, viewer: number, wanted: ProofKind | 'any' = 'any'): ProofOf | undefined {
    const known = this.options.people.of(event, viewer).find(({ proof }) => wanted === 'any' || proof === wanted);
    return known && { proof: known.proof, subject: known.subject };
  }

  /** A ban holds for the person, on whatever device. Throws `viewer_banned`. */
  checkBans(event: string, viewer: number): void {
    for (const { viewers } of this.options.people.of(event, viewer)) this.#checkAll(event, viewers);
  }

  /** Mails a code; also after the event's end, for receipts. Throws `mail_unconfigured`, `proof_bad_address`, `mail_unavailable`. */
  ask(event: string, viewer: number, email: string, language: string, flooded: (person: string) => boolean): Promise<CodeAnswer> {
    const { name } = this.options.events.get(event);
    return this.options.proofs.ask({ event: { id: event, name }, viewer, email, language, flooded });
  }

  /** `first` is who this person was first; not who asks, where they come by another device. Throws `proof_*`, `viewer_banned`. */
  async confirm(event: string, viewer: number, email: string, code: string): Promise<{ readonly proof: 'email'; readonly first: number }> {
    const { viewers } = await this.options.proofs.confirm(event, viewer, email, code);
    this.#checkAll(event, viewers);
    return { proof: 'email', first: viewers[0]![0] };
  }

  /** The way to sign in with Twitch; also after the event's end, for receipts. Throws `twitch_off`. */
  signIn(event: string, viewer: number): SignInAddress {
    this.options.events.get(event);
    return this.options.twitchProofs.begin({ event, viewer });
  }

  /**
   * The code for who came back from Twitch, for the viewer who asked to say. `flooded` is asked before Twitch is.
   * Throws `sign_in_over`, `sign_in_unavailable`, `too_many_requests`, `event_unknown`.
   */
  async signedIn(code: string, state: string, flooded: (event: string, viewer: number) => boolean): Promise<{ readonly event: { readonly id: string; readonly name: string }; readonly digits: string; readonly until: number }> {
    const asker = this.options.twitchProofs.asker(state);
    const { id, name } = this.options.events.get(asker.event);
    if (flooded(id, asker.viewer)) throw new CrowdcueError('too_many_requests');
    return { event: { id, name }, ...(await this.options.twitchProofs.finish(code, asker)) };
  }

  /** As `confirm`, of a code that was shown after signing in. Throws `proof_code_wrong`, `proof_code_over`, `viewer_banned`. */
  async confirmSignIn(event: string, viewer: number, digits: string): Promise<{ readonly proof: 'twitch'; readonly first: number }> {
    const { viewers } = await this.options.twitchProofs.confirm({ event, viewer }, digits);
    this.#checkAll(event, viewers);
    return { proof: 'twitch', first: viewers[0]![0] };
  }

  /** Receipts of this viewer, and of who else it was proven to be. */
  async receipts(event: string, viewer: number): Promise<PersonReceipt[]> {
    const all = await Promise.all(this.#viewersOf(event, viewer).map(async (each) => (await this.options.drops.receipts(event, each)).map((receipt) => ({ ...receipt, viewer: each }))));
    return all.flat();
  }

  /**
   * A token to go on as another viewer who was proven to be this person: as `wanted`, or as who they were first. Throws `proof_missing`
   * where that is nobody, `event_ended`, `event_off`, `viewer_banned`.
   */
  resume(event: string, viewer: number, region: string, wanted?: number): JoinAnswer {
    const own = this.options.people.of(event, viewer).flatMap(({ viewers }) => viewers.map(([each]) => each));
    const as = wanted ?? own[0];
    if (as === undefined || !own.includes(as)) throw new CrowdcueError('proof_missing');
    return this.options.joins.admit(event, as, STANDARD_TIER, region);
  }

  /** What a viewer's person told. Throws `proof_missing`. */
  told(event: string, viewer: number): PersonData {
    return this.options.people.data(this.#known(event, viewer));
  }

  /** Keeps what a viewer's person tells. Throws `proof_missing`. */
  async tell(event: string, viewer: number, told: PersonTold): Promise<PersonData> {
    const { people, clock } = this.options;
    const at = clock.now();
    const known = await people.change(this.#known(event, viewer), (data) => withTold(data, told, at));
    if (known === undefined) throw new CrowdcueError('proof_missing');
    return people.data(known);
  }

  /** Whom Twitch vouches for, account and all, is proven by that. */
  async vouched(event: string, viewer: number, tier: string, account: string): Promise<void> {
    if (tier !== GUEST_TIER) await this.options.people.prove(event, viewer, 'twitch', account, { twitch: account });
  }

  /** Everything that is known of a person. Throws `event_unknown`, `proof_bad_address`. */
  async export(event: string, named: PersonNamed): Promise<PersonExport> {
    const { people, events, ledger, drops, quests, bans, names } = this.options;
    const known = this.#named(event, named);
    const viewers = [...new Set([...this.#numbers(event, named), ...known.flatMap((each) => each.viewers.map(([viewer]) => viewer))])];
    const record = events.get(event);
    const entries = await entriesOf(ledger, event, new Set(viewers));
    return {
      event, viewers,
      people: known.map((each) => ({
        proof: each.proof, subject: each.subject, viewers: each.viewers.map(([viewer, provenAt]) => ({ viewer, provenAt })), keptUntil: dueAt(record, people.all(event), this.options.retentionDays),
        ...people.data(each),
      })),
      receipts: (await Promise.all(viewers.map(async (viewer) => (await drops.receipts(event, viewer)).map((receipt) => ({ ...receipt, viewer }))))).flat(),
      entries,
      quests: await Promise.all(viewers.map(async (viewer) => ({ viewer, quests: await quests.forViewer(event, viewer) }))),
      names: viewers.map((viewer) => ({ viewer, ...names.view(event, viewer) })),
      banned: viewers.filter((viewer) => bans.has(event, viewer)),
    };
  }

  /** Forgets a person for good; answers how many records that were. Numbers in the ledger stay, and mean nobody. Throws `event_unknown`, `proof_bad_address`. */
  async erase(event: string, named: PersonNamed): Promise<number> {
    this.options.events.get(event);
    const known = this.#named(event, named);
    const viewers = new Set([...this.#numbers(event, named), ...known.flatMap((each) => each.viewers.map(([viewer]) => viewer))]);
    await Promise.all([...known.map((each) => this.options.people.erase(each)), ...[...viewers].flatMap((viewer) => [this.options.codes.forget(event, viewer), this.options.names.forget(event, viewer)])]);
    for (const _ of known) this.options.erased('asked');
    return known.length;
  }

  /** By what proves them, or who a viewer was proven to be, and whoever else these are. */
  #named(event: string, named: PersonNamed): Known[] {
    const { people } = this.options;
    if ('viewer' in named) return people.of(event, named.viewer);
    if ('twitch' in named) return listOf(people.find(event, 'twitch', named.twitch));
    const address = readAddress(named.email);
    if (address === undefined) throw new CrowdcueError('proof_bad_address');
    return listOf(people.find(event, 'email', address.person));
  }

  /** The numbers that who is named has of itself. */
  #numbers(event: string, named: PersonNamed): number[] {
    if ('viewer' in named) return [named.viewer];
    return 'twitch' in named ? [this.options.keys.viewerOf('twitch', event, `account|${named.twitch}`)] : [];
  }

  #viewersOf(event: string, viewer: number): number[] {
    return [...new Set([viewer, ...this.options.people.of(event, viewer).flatMap(({ viewers }) => viewers.map(([each]) => each))])];
  }

  #known(event: string, viewer: number): Known {
    const [known] = this.options.people.of(event, viewer);
    if (known === undefined) throw new CrowdcueError('proof_missing');
    return known;
  }

  #checkAll(event: string, viewers: Known['viewers']): void {
    for (const [each] of viewers) this.options.bans.check(event, each);
  }
}

const listOf = <T>(value: T | undefined): T[] => (value === undefined ? [] : [value]);

const entriesOf = async (ledger: Pick<Ledger, 'entries'>, event: string, viewers: ReadonlySet<number>): Promise<Entry[]> => {
  const found: Entry[] = [];
  for (let from = 1; ;) {
    const entries = await ledger.entries(event, from, ENTRIES_READ);
    found.push(...entries.filter(({ viewer }) => viewer !== undefined && viewers.has(viewer)));
    if (entries.length < ENTRIES_READ) return found;
    from = entries.at(-1)!.seq + 1;
  }
};
