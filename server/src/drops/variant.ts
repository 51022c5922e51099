import { createHash } from 'node:crypto';
import type { DropTerms } from '../ledger/index.js';

/**
 * Which variant of a drop a viewer is offered: always the same one, so that asking again changes nothing. Among limited variants in
 * proportion to what each was defined with, so that the curves of their supply can be compared; otherwise each is as likely.
 */
export function variantFor({ id, variants }: Pick<DropTerms, 'id' | 'variants'>, viewer: number): string {
  const names = Object.keys(variants).sort();
  if (names.length === 1) return names[0]!;
  const weights = names.map((name) => variants[name]).every((units) => units !== null && units !== undefined && units > 0) ? names.map((name) => variants[name] as number) : names.map(() => 1);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const digest = createHash('sha256').update(`${id}\n${viewer}`).digest();
  let at = (digest.readUIntBE(0, 6) / 2 ** 48) * total;
  return names.find((_, index) => (at -= weights[index]!) < 0) ?? names.at(-1)!;
}
