import { z } from 'zod';
import { splitFault } from '../settlement/index.js';
import { CodedError } from '../store/index.js';

export class DropError extends CodedError {
  /** @param achievement which no game may give that decides over what is scarce */
  static unfairGate(achievement: string): DropError {
    return new DropError('drop_unfair_gate', `A drop of limited supply cannot be unlocked by ${achievement}: only games in which lying about time can win it give it.`, false);
  }

  static needsProof(): DropError {
    return new DropError('drop_needs_proof', 'A drop of limited supply needs a proof (email, twitch or any): without one, whoever opens a new browser is another viewer.', false);
  }

  static codesBad(why: string): DropError {
    return new DropError('codes_bad_request', `The list of codes cannot be taken: ${why}.`, false);
  }

  static codesRepeated(why: string): DropError {
    return new DropError('codes_repeated', `Each code may be there once: ${why}.`, false);
  }

  static codesBusy(): DropError {
    return new DropError('codes_busy', 'Codes of this drop were uploaded elsewhere at the same moment.', true);
  }

  static badRequest(why: string, cause?: unknown): DropError {
    return new DropError('drop_bad_request', why, false, cause);
  }
}

const HOURS_PER_YEAR = 24 * 366;
const MAX_SUPPLY = 10_000_000; // a hundred times the largest audience planned for; past it a typo is likelier
const MAX_VARIANTS = 20;
const id = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'lower-case letters, digits and dashes, at most 64');
const supply = z.number().int().min(1).max(MAX_SUPPLY).nullable();
const instant = z.number().int().min(0).max(8_640_000_000_000_000);
const sum = (units: Record<string, number | null>): number => Object.values(units).reduce<number>((total, each) => total + (each ?? 0), 0);
const names = <T extends z.ZodType>(value: T, most: number) =>
  z.record(id, value).refine((record) => Object.keys(record).length >= 1 && Object.keys(record).length <= most, `names 1 to ${most}`);

const fields = z.strictObject({
  id,
  name: z.string().min(1).max(120),
  /** `code`: codes that are uploaded; `link`: a shop's checkout; `host`: the host fulfils it with the list of winners */
  kind: z.enum(['badge', 'code', 'link', 'host']),
  /** `null`: unlimited. A drop has this or `variants`; one of kind `code` neither: its supply is the codes that were uploaded. */
  supply: supply.optional(),
  /** A/B: variant to its own supply; each viewer gets one of them. Of kind `code`: a list of names. */
  variants: z.union([names(supply, MAX_VARIANTS), z.array(id).min(1).max(MAX_VARIANTS)], '1 to 20 names of lower-case letters, digits and dashes, each with 1 to 10,000,000 units').optional(),
  unlockedBy: id,
  opensAt: instant.optional(),
  closesAt: instant.optional(),
  /** Tier to the instant from which it may claim; before `opensAt`. */
  early: names(instant, 8).optional(),
  eligible: z.strictObject({
    tiers: z.array(id).min(1).max(16).optional(),
    countries: z.array(z.string().regex(/^[A-Z]{2}$/, 'two capitals, as ISO 3166 has them')).min(1).max(250).optional(),
    minAge: z.number().int().min(1).max(120).optional(),
  }).optional(),
  allocation: z.enum(['first-come', 'fair-window', 'lottery']).optional(),
  proof: z.enum(['none', 'email', 'twitch', 'any']).optional(),
  /** Of kind `link`: where the viewer buys; `{entitlement}` in it becomes the entitlement's id. */
  checkout: z.url({ protocol: /^https?$/ }).max(1_024).optional(),
  /** Of kind `link`: how long a unit is kept at least for who goes to buy it. */
  reserveMinutes: z.number().min(0.5).max(24 * 60).optional(),
  entitlementHours: z.number().positive().max(HOURS_PER_YEAR).optional(),
  restock: z.enum(['return', 'burn']).optional(),
  /** Party to basis points. */
  split: z.record(z.string(), z.number()).optional(),
  /** Shown: when and whether there will be more. */
  restockPolicy: z.string().min(1).max(500).optional(),
  refundPolicy: z.string().min(1).max(500).optional(),
  rules: z.url({ protocol: /^https?$/ }).optional(),
  sponsor: z.string().min(1).max(120).optional(),
  test: z.boolean().optional(),
});
type Fields = z.infer<typeof fields>;

type Rule = readonly [path: string, message: string, broken: (drop: Fields) => boolean];

/** What the fields must be to each other. */
const RULES: readonly Rule[] = [
  ['supply', 'give supply or variants, one of them', ({ kind, supply: units, variants }) => kind !== 'code' && (units === undefined) === (variants === undefined)],
  ['supply', 'is the number of uploaded codes', ({ kind, supply: units }) => kind === 'code' && units !== undefined],
  ['variants', 'each needs a supply', ({ kind, variants }) => kind !== 'code' && Array.isArray(variants)],
  ['variants', 'a list of names: the supply is the number of uploaded codes', ({ kind, variants }) => kind === 'code' && variants !== undefined && !Array.isArray(variants)],
  ['variants', 'names one twice', ({ variants }) => Array.isArray(variants) && new Set(variants).size < variants.length],
  ['variants', `are more than ${MAX_SUPPLY} units`, ({ variants }) => variants !== undefined && !Array.isArray(variants) && sum(variants) > MAX_SUPPLY],
  ['closesAt', 'must be after opensAt', ({ opensAt, closesAt }) => opensAt !== undefined && closesAt !== undefined && opensAt >= closesAt],
  ['early', 'needs opensAt', ({ early, opensAt }) => early !== undefined && opensAt === undefined],
  ['early', 'must be before opensAt', ({ early, opensAt }) => early !== undefined && opensAt !== undefined && Object.values(early).some((at) => at >= opensAt)],
  ['eligible.tiers', 'leaves out a tier that may claim early', ({ early, eligible }) => eligible?.tiers !== undefined && Object.keys(early ?? {}).some((tier) => !eligible.tiers!.includes(tier))],
  ['closesAt', 'a lottery is drawn when it closes', ({ allocation, closesAt }) => allocation === 'lottery' && closesAt === undefined],
  ['checkout', 'is where a drop of kind link leads', ({ kind, checkout }) => (kind === 'link') !== (checkout !== undefined)],
  ['reserveMinutes', 'is for drops of kind link', ({ kind, reserveMinutes }) => kind !== 'link' && reserveMinutes !== undefined],
  ['restock', 'a code that was given out cannot come back', ({ kind, restock }) => kind === 'code' && restock === 'return'],
];

/** A drop as a host writes it. Times are ms since 1970. */
export const dropDefinitionSchema = fields.superRefine((drop, check) => {
  for (const [path, message, broken] of RULES) if (broken(drop)) check.addIssue({ code: 'custom', path: path.split('.'), message });
  const fault = drop.split && splitFault(drop.split);
  if (fault !== undefined) check.addIssue({ code: 'custom', path: ['split'], message: fault });
});
export type DropDefinition = z.infer<typeof dropDefinitionSchema>;
