/**
 * The drops of events as hosts define and viewers meet them. The ledger decides and keeps everything; here it is turned into what is shown.
 */
import { CrowdcueError, type EventOverview, type ReceiptView, type ViewerDrop } from '@crowdcue/protocol';
import { achievementOf, type AchievementRule, type ScarceGates } from '../achievements/index.js';
import type { Clock } from '../clock.js';
import { type CodeVault, DropError, type LotDesk, parseDrop, type DropService, variantFor } from '../drops/index.js';
import { GUEST_TIER, type RandomSource } from '../identity/index.js';
import { type ClaimRequest, type DropOverview, gatesOf, type DropTerms, type Ledger, type Receipt } from '../ledger/index.js';
import type { OriginMetrics } from '../metrics/origin-metrics.js';
import { ClaimMeter } from './claim-meter.js';
import { isByLot, isLimited, receiptView, shown, standingOf, viewerDrop } from './drop-board.js';
import { DropPublisher, type DropPublisherOptions } from './drop-publisher.js';
import { dropWithId } from './drop-spec.js';

export interface DropDeskOptions extends Omit<DropPublisherOptions, 'look' | 'ledger'> {
  readonly ledger: Ledger;
  readonly service: DropService;
  readonly vault: Pick<CodeVault, 'code'>;
  readonly lots: Pick<LotDesk, 'promise' | 'look' | 'drawsAt'>;
  /** What a viewer has proven, by what the drop wants; undefined: nothing of it. */
  proofOf?(event: string, viewer: number, wanted?: 'email' | 'twitch' | 'any'): Pick<ClaimRequest, 'proof' | 'subject'> | undefined;
  readonly rules: readonly AchievementRule[];
  /** Left out, every drop is unlocked alike. */
  readonly scarce?: ScarceGates;
  /** Achievements of one event alone: their titles, and what a limited drop behind one is unlocked by, undefined where nothing fair does. */
  readonly own: { titlesOf(event: string): ReadonlyMap<string, string>; scarceGateOf(event: string, achievement: string): string | undefined };
  /** Whether a limited drop may go to viewers whom nothing proves to be one person each. */
  readonly unproven: boolean;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly metrics: OriginMetrics;
  readonly logger: { error(fields: object, message: string): void };
}

/** Who claims, and what they say of themselves. */
export type Claimant = Pick<ClaimRequest, 'viewer' | 'tier' | 'country' | 'age'>;

/** What a viewer has while their receipt stands so. */
const LIVE: ReadonlySet<string> = new Set(['active', 'fulfilled', 'converted', 'reserved']);

/** A drop as this process last read it. Its terms never change; its supply does. */
interface KnownDrop {
  readonly terms: DropTerms;
  /** -1: unlimited */
  readonly supply: number;
}

/** ms between two looks for reservations whose time has passed. */
const EXPIRE_MS = 1_000;
/** Reservations a step: some ms of the store. */
const EXPIRE_CHUNK = 500;

export class DropDesk {
  /** Keeps the rooms' drops as the ledger has them. */
  readonly board: DropPublisher;
  readonly #known = new Map<string, Map<string, KnownDrop>>();
  readonly #titles: ReadonlyMap<string, string>;
  /** Events → monotonic ms before which nobody looks for their reservations again; Infinity while somebody does. */
  readonly #expiring = new Map<string, number>();
  readonly #meter: ClaimMeter;

  constructor(private readonly options: DropDeskOptions) {
    this.#titles = new Map(options.rules.map(({ id, title }) => [id, title]));
    this.#meter = new ClaimMeter(() => options.clock.monotonic());
    this.board = new DropPublisher({ ...options, look: (event, drops) => this.#look(event, drops) });
  }

  /** Makes the event known to the ledger. */
  async prepare(id: string): Promise<void> {
    await this.options.ledger.createEvent(id, this.#trace()).catch((error: unknown) => {
      if ((error as { code?: unknown }).code !== 'event_exists') throw error;
    });
    await this.#read(id);
  }

  /** Checks drops that a host sent, of an event that may have achievements of its own; one without id gets one. Throws `drop_bad_request`, `drop_needs_proof`, `drop_unfair_gate`, `drop_exists`. */
  parseAll(specs: readonly unknown[], event = ''): DropTerms[] {
    const { random, scarce, own, unproven } = this.options;
    const achievements = new Set([...this.#titles.keys(), ...own.titlesOf(event).keys()]);
    const scarceGate = (id: string): string | undefined => (this.#titles.has(id) ? (scarce === undefined ? id : scarce.gateOf(id)) : own.scarceGateOf(event, id));
    const terms = specs.map((spec, index) => {
      try {
        return parseDrop(dropWithId(spec, random), { achievements, scarceGate, unproven });
      } catch (error) {
        // Of several, which one it is.
        throw specs.length > 1 && error instanceof DropError && error.code === 'drop_bad_request' ? DropError.badRequest(`drops.${index}: ${error.message}`, error) : error;
      }
    });
    if (new Set(terms.map(({ id }) => id)).size < terms.length) throw new CrowdcueError('drop_exists');
    return terms;
  }

  /** Throws `drop_exists`. */
  async define(event: string, terms: DropTerms): Promise<void> {
    const { ledger, lots } = this.options;
    const promised = isByLot(terms) ? { ...terms, commitment: await lots.promise(event, terms.id) } : terms;
    await ledger.defineDrop(event, promised, this.#trace());
    await this.#read(event);
  }

  /** Tiers that the terms of its drops name, in the order of the alphabet. */
  async tiersOf(event: string): Promise<string[]> {
    const named = (await this.#read(event)).flatMap(({ terms: { early, eligible } }) => [...Object.keys(early ?? {}), ...(eligible?.tiers ?? [])]);
    return [...new Set(named)].sort();
  }

  async overview(event: string): Promise<EventOverview['drops']> {
    const { clock, lots } = this.options;
    return (await this.#read(event)).map((drop) => {
      const claims = this.#meter.of(event, drop.terms.id);
      return { ...standingOf(drop, clock.now(), lots.drawsAt(event, drop)), ...(claims && { claims }) };
    });
  }

  async forViewer(event: string, viewer: number): Promise<ViewerDrop[]> {
    const { ledger, clock } = this.options;
    const [drops, receipts] = await Promise.all([this.#read(event), ledger.receipts(event, viewer)]);
    const gates = await ledger.openGates(event, viewer, drops.flatMap(({ terms }) => gatesOf(terms)));
    return drops.map((drop) => {
      const { id } = drop.terms;
      const unlockedBy = achievementOf(drop.terms.unlockedBy);
      const unlockTitle = this.#titles.get(unlockedBy) ?? this.options.own.titlesOf(event).get(unlockedBy) ?? unlockedBy;
      const held = receipts.find((each) => each.drop === id);
      const standing = held && { ...held, view: this.#view(held, LIVE.has(held.standing)) };
      return viewerDrop(drop, standing, { unlocked: gatesOf(drop.terms).some((gate) => gates.has(gate)), unlockTitle, now: clock.now() });
    });
  }

  /** Ids and names of some drops, for the message that tells of an unlock. */
  async namesOf(event: string, ids: readonly string[]): Promise<{ readonly id: string; readonly name: string }[]> {
    const drops = await this.options.ledger.drops(event);
    return drops.filter(({ terms }) => ids.includes(terms.id)).map(({ terms: { id, name } }) => ({ id, name }));
  }

  /** The receipts of a viewer. */
  async receipts(event: string, viewer: number): Promise<(ReceiptView & { readonly standing: string })[]> {
    const [receipts] = await Promise.all([this.options.ledger.receipts(event, viewer), this.#read(event)]);
    return receipts.map((each) => ({ ...this.#view(each, LIVE.has(each.standing)), standing: each.standing }));
  }

  /** The ledger's answer to a claim; a refusal is an answer. To a guest who proved nothing, nothing limited is given. Throws `store_unavailable`. */
  async claim(event: string, drop: string, key: string, who: Claimant): Promise<ReceiptView> {
    const known = await this.#drop(event, drop);
    const proof = this.options.proofOf?.(event, who.viewer, known?.terms.proof);
    if (who.tier === GUEST_TIER && proof === undefined && known !== undefined && isLimited(known.terms)) {
      this.#answered(event, known, 'claim_proof_needed');
      return { id: `refused:${key}`, drop, status: 'refused', supply: known.supply, reason: 'claim_proof_needed', at: this.options.clock.now() };
    }
    const request: ClaimRequest = { ...who, ...proof, event, drop, key, trace: this.#trace(), ...(known && { variant: variantFor(known.terms, who.viewer) }) };
    const receipt = await this.options.service.claim(request);
    this.#answered(event, known, receipt.status === 'refused' ? receipt.code : receipt.status);
    if (receipt.status !== 'refused') this.board.changed(event);
    return this.#view(receipt, true);
  }

  #answered(event: string, known: KnownDrop | undefined, result: string): void {
    this.options.metrics.claims.inc({ result });
    if (known !== undefined) this.#meter.add(event, known.terms.id, result);
  }

  /** A receipt as its viewer gets it. `live`: the viewer holds what it says, so that the code or the shop's address is theirs. */
  #view(receipt: Receipt, live: boolean): ReceiptView {
    const { event, drop } = receipt;
    const known = this.#known.get(event)?.get(drop);
    const view = receiptView(receipt, known?.supply ?? 0, this.options.clock.now());
    if (!live || known === undefined) return view;
    const code = receipt.status === 'granted' && receipt.unit !== undefined ? this.options.vault.code(event, drop, receipt.variant, receipt.unit) : undefined;
    const checkout = receipt.status === 'reserved' || receipt.status === 'granted' ? known.terms.info?.['checkout'] : undefined;
    return { ...view, ...(code !== undefined && { code }), ...(typeof checkout === 'string' && { url: checkout.replaceAll('{entitlement}', encodeURIComponent(view.id)) }) };
  }

  /** Another origin may have defined it. */
  async #drop(event: string, drop: string): Promise<KnownDrop | undefined> {
    if (this.#known.get(event)?.has(drop) !== true) await this.#read(event);
    return this.#known.get(event)?.get(drop);
  }

  async #read(event: string): Promise<DropOverview[]> {
    const drops = await this.options.ledger.drops(event);
    this.#keep(event, drops);
    return drops;
  }

  #keep(event: string, drops: readonly DropOverview[]): void {
    this.#known.set(event, new Map(drops.map(({ terms, supply }) => [terms.id, { terms, supply: shown(supply) }])));
  }

  /** What is due: lots, and reservations whose time has passed. */
  #look(event: string, drops: readonly DropOverview[]): void {
    this.#keep(event, drops);
    void this.options.lots.look(event, drops);
    if (drops.some(({ terms, reserved }) => reserved > 0 || (terms.test && terms.reserveMs !== undefined))) void this.#expire(event);
  }

  async #expire(event: string): Promise<void> {
    const { clock } = this.options;
    if (clock.monotonic() < (this.#expiring.get(event) ?? 0)) return;
    this.#expiring.set(event, Infinity);
    try {
      let any = false;
      for (let some = EXPIRE_CHUNK; some === EXPIRE_CHUNK; any ||= some > 0) some = await this.options.ledger.expireDue(event, EXPIRE_CHUNK, this.#trace());
      if (any) this.board.changed(event);
    } catch (error) {
      if ((error as { retryable?: unknown }).retryable !== true) this.options.logger.error({ err: error, event }, 'reservations could not be expired');
    } finally {
      this.#expiring.set(event, clock.monotonic() + EXPIRE_MS);
    }
  }

  #trace(): string {
    return this.options.random.bytes(16).toString('hex');
  }
}
