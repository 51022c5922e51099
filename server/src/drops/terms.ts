import type { DropTerms } from '../ledger/index.js';
import { type DropDefinition, dropDefinitionSchema, DropError } from './definition.js';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
/** How long a shop has, where the host does not say. */
const RESERVE_MINUTES = 10;

export interface DropRules {
  /** Ids that a drop may be unlocked by. */
  readonly achievements: ReadonlySet<string>;
  /** What a limited drop behind an achievement is unlocked by; undefined where nothing fair does. Left out: the achievement itself. */
  scarceGate?(achievement: string): string | undefined;
  /** Whether a limited drop may go to viewers whom nothing proves to be one person each. If not, one whose host says nothing of it asks for any proof. */
  readonly unproven: boolean;
}

/**
 * Checks what a host sent and makes the ledger's terms of it. The commitment of a lot is added by who keeps its seed.
 * @throws DropError `drop_bad_request`, whose message names each bad field, `drop_needs_proof` or `drop_unfair_gate`
 */
export function parseDrop(input: unknown, { achievements, scarceGate = (achievement) => achievement, unproven }: DropRules): DropTerms {
  const parsed = dropDefinitionSchema.safeParse(input);
  if (!parsed.success) {
    const why = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'drop'}: ${message}`).join('; ');
    throw DropError.badRequest(why, parsed.error);
  }
  const drop = parsed.data;
  if (!achievements.has(drop.unlockedBy)) throw DropError.badRequest(`unlockedBy: no achievement ${drop.unlockedBy}`);
  const variants = variantsOf(drop);
  const scarce = drop.test !== true && Object.values(variants).some((units) => units !== null);
  const unfit = scarce && !unproven;
  const proof = drop.proof ?? (unfit ? 'any' : 'none');
  if (unfit && proof === 'none') throw DropError.needsProof();
  const unlockedBy = scarce ? scarceGate(drop.unlockedBy) : drop.unlockedBy;
  if (unlockedBy === undefined) throw DropError.unfairGate(drop.unlockedBy);
  return {
    id: drop.id,
    name: drop.name,
    kind: drop.kind,
    unlockedBy,
    variants,
    restock: drop.restock ?? (drop.kind === 'code' ? 'burn' : 'return'),
    test: drop.test ?? false,
    ...given({
      opensAt: drop.opensAt,
      closesAt: drop.closesAt,
      early: drop.early,
      eligible: drop.eligible && (given(drop.eligible) as DropTerms['eligible']),
      allocation: drop.allocation === 'first-come' ? undefined : drop.allocation,
      proof: proof === 'none' ? undefined : proof,
      reserveMs: drop.kind === 'link' ? Math.round((drop.reserveMinutes ?? RESERVE_MINUTES) * MINUTE_MS) : undefined,
      entitlementMs: drop.entitlementHours === undefined ? undefined : Math.round(drop.entitlementHours * HOUR_MS),
      coded: drop.kind === 'code' ? true : undefined,
      split: drop.split,
      info: infoOf(drop),
    }),
  };
}

const variantsOf = ({ kind, supply, variants }: DropDefinition): DropTerms['variants'] => {
  if (kind === 'code') return Object.fromEntries((Array.isArray(variants) ? variants : ['default']).map((name) => [name, 0]));
  return variants === undefined || Array.isArray(variants) ? { default: supply ?? null } : variants;
};

const infoOf = ({ rules, sponsor, checkout, restockPolicy, refundPolicy }: DropDefinition): DropTerms['info'] => {
  const info = given({ rules, sponsor, checkout, restockPolicy, refundPolicy });
  return Object.keys(info).length === 0 ? undefined : info;
};

/** Without what is undefined. */
const given = <T extends object>(record: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as { [K in keyof T]: Exclude<T[K], undefined> };
