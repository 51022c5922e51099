import type { RelayOverview } from '@crowdcue/protocol';

/** The age of patches over all relays that say it: halves weighed by the event's viewers there, and the worst of the 99 of 100; `undefined` where none says. */
export const patchAgeOf = (relays: readonly RelayOverview[]): { readonly p50: number; readonly p99: number } | undefined => {
  const told = relays.flatMap(({ viewers, standing }) => (standing?.patchAge === undefined || viewers === 0 ? [] : [{ viewers, ...standing.patchAge }]));
  if (told.length === 0) return undefined;
  const all = told.reduce((sum, { viewers }) => sum + viewers, 0);
  return { p50: Math.round(told.reduce((sum, { viewers, p50 }) => sum + viewers * p50, 0) / all), p99: Math.max(...told.map(({ p99 }) => p99)) };
};
