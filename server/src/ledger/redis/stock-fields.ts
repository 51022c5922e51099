import type { DropState, DropTerms, LotState, VariantState } from '../entry.js';

/** What a variant counts beside its supply. */
const COUNTS = ['taken', 'reserved', 'granted', 'revoked', 'converted', 'refunded'] as const satisfies readonly (keyof VariantState)[];

const hasLot = ({ allocation }: DropTerms): boolean => allocation === 'fair-window' || allocation === 'lottery';

/** What few drops have, in one field: a claim of another drop reads nothing of it. */
const rulesOf = ({ early, eligible, proof, reserveMs, coded }: DropTerms): string | undefined => {
  const rules = JSON.stringify({ early, ...eligible, proof, reserveMs, coded });
  return rules === '{}' ? undefined : rules;
};

/** What scripts read of a drop, as fields and values of the event's stock. */
export const stockFields = (terms: DropTerms): string[] => {
  const { id, unlockedBy, variants, opensAt, closesAt, entitlementMs, restock, test } = terms;
  const names = Object.keys(variants);
  const fields: Record<string, string | number | undefined> = {
    open: 1, serial: 0, unlockedBy, restock, test: test ? 1 : 0,
    opensAt, closesAt, entitlementMs, only: names.length === 1 ? names[0] : undefined, rules: rulesOf(terms),
    ...(hasLot(terms) && { lot: 'collecting', entered: 0, allotted: 0 }),
  };
  return [
    ...Object.entries(fields).flatMap(([what, value]) => (value === undefined ? [] : [`${id} ${what}`, String(value)])),
    ...Object.entries(variants).flatMap(([name, supply]) => [
      `${id} supply ${name}`, String(supply ?? ''), ...COUNTS.flatMap((count) => [`${id} ${count} ${name}`, '0']),
    ]),
  ];
};

/** A drop as these fields say it stands; a version before had fewer counts. */
export const dropOf = (id: string, terms: DropTerms, stock: ReadonlyMap<string, string>): DropState => {
  const number = (what: string): number => Number(stock.get(`${id} ${what}`) ?? 0);
  const variants = Object.keys(terms.variants).map((name): [string, VariantState] => {
    const supply = stock.get(`${id} supply ${name}`);
    const counts = Object.fromEntries(COUNTS.map((count) => [count, number(`${count} ${name}`)])) as Record<(typeof COUNTS)[number], number>;
    return [name, { supply: supply === '' ? null : Number(supply), ...counts }];
  });
  const state = stock.get(`${id} lot`) as LotState['state'] | undefined;
  return {
    terms, open: stock.get(`${id} open`) === '1', serial: number('serial'), variants: Object.fromEntries(variants),
    ...(state !== undefined && { lot: { state, entered: number('entered'), allotted: number('allotted') } }),
  };
};
