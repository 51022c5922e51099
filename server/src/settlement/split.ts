/** Party to basis points (a hundredth of a percent), 10,000 in all. */
export type Split = Readonly<Record<string, number>>;

export const ALL_BASIS_POINTS = 10_000;
/** Who gets what no split speaks of. */
export const SOLE_PARTY = 'creator';

/**
 * Splits integer minor units so that the shares add up to the amount. Each party first gets the whole part of its share; the units that
 * are left go one each to the largest fractions, of equal ones to the party whose name comes first ("largest remainder" or Hamilton's
 * method). Exact for all amounts to 2^53, since it counts in big integers.
 */
export function splitAmount(amount: number, split: Split): Map<string, number> {
  const shares = Object.entries(split).map(([party, points]) => {
    const scaled = BigInt(amount) * BigInt(points);
    return { party, whole: Number(scaled / BigInt(ALL_BASIS_POINTS)), rest: Number(scaled % BigInt(ALL_BASIS_POINTS)) };
  });
  let left = amount - shares.reduce((sum, { whole }) => sum + whole, 0);
  const byRest = shares.toSorted((a, b) => b.rest - a.rest || (a.party < b.party ? -1 : 1));
  for (const share of byRest) {
    if (left === 0) break;
    share.whole += 1;
    left -= 1;
  }
  return new Map(shares.map(({ party, whole }) => [party, whole]));
}

/** What is wrong with a split, in words; undefined: nothing. */
export function splitFault(split: Split): string | undefined {
  const parts = Object.entries(split);
  if (parts.length === 0 || parts.length > 16) return 'a split names 1 to 16 parties';
  if (!parts.every(([party]) => /^[a-z0-9][a-z0-9-]{0,63}$/.test(party))) return 'a party is lower-case letters, digits and dashes, at most 64';
  if (!parts.every(([, points]) => Number.isInteger(points) && points >= 0)) return 'a share is a whole number of basis points';
  const sum = parts.reduce((total, [, points]) => total + points, 0);
  return sum === ALL_BASIS_POINTS ? undefined : `the shares add up to ${sum} basis points of ${ALL_BASIS_POINTS}`;
}
