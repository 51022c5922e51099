import { z } from 'zod';
import { CodedError } from '../store/index.js';
import type { DropTerms } from '../ledger/index.js';

export class DropError extends CodedError {
  /** @param achievement which no game may give that decides over what is scarce */
  static unfairGate(achievement: string): DropError {
    return new DropError('drop_unfair_gate', `A drop of limited supply cannot be unlocked by ${achievement}: only games in which lying about time can win it give it.`, false);
  }

  static badRequest(why: string, cause?: unknown): DropError {
    return new DropError('drop_bad_request', why, false, cause);
  }
}

const HOUR_MS = 3_600_000;
const MAX_SUPPLY = 10_000_000; // a hundred times the largest audience planned for; past it a typo is likelier
const id = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'lower-case letters, digits and dashes, at most 64');
const supply = z.number().int().min(1).max(MAX_SUPPLY).nullable();
const instant = z.number().int().min(0).max(8_640_000_000_000_000);

/** A drop as a host writes it. `supply: null` is unlimited; times are ms since 1970. */
export const dropDefinitionSchema = z
  .strictObject({
    id,
    name: z.string().min(1).max(120),
    kind: z.enum(['badge', 'code', 'link', 'host']),
    supply,
    unlockedBy: id,
    opensAt: instant.optional(),
    closesAt: instant.optional(),
    entitlementHours: z.number().positive().max(24 * 366).optional(),
    restock: z.enum(['return', 'burn']).optional(),
    rules: z.url({ protocol: /^https?$/ }).optional(),
    sponsor: z.string().min(1).max(120).optional(),
    test: z.boolean().optional(),
  })
  .refine(({ opensAt, closesAt }) => opensAt === undefined || closesAt === undefined || opensAt < closesAt, {
    message: 'must be after opensAt',
    path: ['closesAt'],
  });
export type DropDefinition = z.infer<typeof dropDefinitionSchema>;

/**
 * Checks what a host sent and makes the ledger's terms of it.
 * @param scarceGate what a limited drop behind an achievement is unlocked by; undefined where nothing fair does
 * @throws DropError `drop_bad_request`, whose message names each bad field, or `drop_unfair_gate`
 */
export function parseDrop(input: unknown, achievements: ReadonlySet<string>, scarceGate: (achievement: string) => string | undefined = (achievement) => achievement): DropTerms {
  const parsed = dropDefinitionSchema.safeParse(input);
  if (!parsed.success) {
    const why = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'drop'}: ${message}`).join('; ');
    throw DropError.badRequest(why, parsed.error);
  }
  const drop = parsed.data;
  if (!achievements.has(drop.unlockedBy)) throw DropError.badRequest(`unlockedBy: no achievement ${drop.unlockedBy}`);
  const unlockedBy = drop.supply === null || drop.test === true ? drop.unlockedBy : scarceGate(drop.unlockedBy);
  if (unlockedBy === undefined) throw DropError.unfairGate(drop.unlockedBy);
  const info = { ...(drop.rules !== undefined && { rules: drop.rules }), ...(drop.sponsor !== undefined && { sponsor: drop.sponsor }) };
  return {
    id: drop.id,
    name: drop.name,
    kind: drop.kind,
    unlockedBy,
    variants: { default: drop.supply },
    ...(drop.opensAt !== undefined && { opensAt: drop.opensAt }),
    ...(drop.closesAt !== undefined && { closesAt: drop.closesAt }),
    ...(drop.entitlementHours !== undefined && { entitlementMs: Math.round(drop.entitlementHours * HOUR_MS) }),
    restock: drop.restock ?? 'return',
    test: drop.test ?? false,
    ...(Object.keys(info).length > 0 && { info }),
  };
}
