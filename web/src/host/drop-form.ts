/** A drop while it is filled in, as typed, and the definition that it becomes. What is left alone is not sent: the origin has its own defaults. */
import type { DropDraft } from './host-drafts.js';

export type DropKind = 'badge' | 'code' | 'link' | 'host';

interface Named {
  readonly name: string;
  readonly value: string;
}

export interface DropForm {
  readonly name: string;
  /** As typed; empty is unlimited. */
  readonly supply: string;
  readonly unlockedBy: string;
  /** Whether everything is shown. */
  readonly more: boolean;
  readonly kind: DropKind;
  /** Name and supply of each; none: the drop has the supply itself. */
  readonly variants: readonly Named[];
  /** Local times as `datetime-local` has them. */
  readonly opensAt: string;
  readonly closesAt: string;
  /** Tier and local time. */
  readonly early: readonly Named[];
  /** Separated by commas or spaces. */
  readonly tiers: string;
  readonly countries: string;
  readonly minAge: string;
  readonly allocation: 'first-come' | 'fair-window' | 'lottery';
  /** `server`: nothing is said, and the origin asks for what it has to. */
  readonly proof: 'server' | 'none' | 'email' | 'twitch' | 'any';
  readonly checkout: string;
  readonly reserveMinutes: string;
  readonly entitlementHours: string;
  readonly restock: 'return' | 'burn';
  readonly restockPolicy: string;
  readonly refundPolicy: string;
  readonly rules: string;
  readonly sponsor: string;
  /** Party and percent. */
  readonly split: readonly Named[];
  readonly test: boolean;
}

export const MAX_SUPPLY = 10_000_000; // more than any crowd; it keeps a slip of the finger from being taken

export const emptyDrop: DropForm = {
  name: '', supply: '100', unlockedBy: 'round-won', more: false, kind: 'badge', variants: [], opensAt: '', closesAt: '', early: [], tiers: '', countries: '', minAge: '', allocation: 'first-come',
  proof: 'server', checkout: '', reserveMinutes: '', entitlementHours: '', restock: 'return', restockPolicy: '', refundPolicy: '', rules: '', sponsor: '', split: [], test: false,
};

const words = (text: string): string[] => text.split(/[\s,;]+/).filter((word) => word !== '');
/** ms since 1970 of a local time; undefined where none is typed. */
const instant = (local: string): number | undefined => (local === '' ? undefined : new Date(local).getTime());
const number = (text: string): number | undefined => (text.trim() === '' ? undefined : Number(text));
const text = (typed: string): string | undefined => (typed.trim() === '' ? undefined : typed.trim());
const record = <T>(rows: readonly Named[], value: (typed: string) => T): Record<string, T> | undefined =>
  (rows.length === 0 ? undefined : Object.fromEntries(rows.map(({ name, value: typed }) => [name.trim(), value(typed)])));

const supplyOf = ({ kind, supply, variants }: DropForm): Partial<DropDraft> => {
  if (kind === 'code') return variants.length === 0 ? {} : { variants: variants.map(({ name }) => name.trim()) };
  if (variants.length > 0) return { variants: record(variants, (units) => number(units) ?? null)! };
  return { supply: number(supply) ?? -1 };
};

const eligibleOf = (form: DropForm): DropDraft['eligible'] => {
  const tiers = words(form.tiers);
  const countries = words(form.countries).map((country) => country.toUpperCase());
  const minAge = number(form.minAge);
  const eligible = { ...(tiers.length > 0 && { tiers }), ...(countries.length > 0 && { countries }), ...(minAge !== undefined && { minAge }) };
  return Object.keys(eligible).length === 0 ? undefined : eligible;
};

/** Without what is undefined. */
const given = (draft: { [K in keyof DropDraft]: DropDraft[K] | undefined }): DropDraft => Object.fromEntries(Object.entries(draft).filter(([, value]) => value !== undefined)) as unknown as DropDraft;

/** What was filled in, as the origin takes it. */
export const draftOf = (form: DropForm): DropDraft => given({
  name: form.name.trim(), kind: form.kind, unlockedBy: form.unlockedBy, ...supplyOf(form),
  opensAt: instant(form.opensAt), closesAt: instant(form.closesAt), early: record(form.early, (at) => instant(at) ?? null), eligible: eligibleOf(form),
  allocation: form.allocation === 'first-come' ? undefined : form.allocation, proof: form.proof === 'server' ? undefined : form.proof,
  checkout: form.kind === 'link' ? form.checkout.trim() : undefined, reserveMinutes: form.kind === 'link' ? number(form.reserveMinutes) : undefined,
  entitlementHours: number(form.entitlementHours), restock: form.restock === 'burn' ? 'burn' : undefined,
  restockPolicy: text(form.restockPolicy), refundPolicy: text(form.refundPolicy), rules: text(form.rules), sponsor: text(form.sponsor),
  // Percent to basis points: 33.33 is 3,333 of them, whatever binary makes of it.
  split: record(form.split, (percent) => Math.round((number(percent) ?? Number.NaN) * 100)), test: form.test ? true : undefined,
});

/** Whether there is a number of it that can run out. */
export const isLimitedForm = ({ kind, supply, variants, test }: DropForm): boolean =>
  !test && (kind === 'code' || (variants.length > 0 ? variants.some(({ value }) => value.trim() !== '') : supply.trim() !== ''));

/** Shares in percent together, or undefined where one is no number. */
export const shareSum = ({ split }: DropForm): number | undefined => {
  const points = split.reduce((sum, { value }) => sum + Math.round(Number(value.trim() || Number.NaN) * 100), 0);
  return Number.isNaN(points) ? undefined : points / 100;
};
