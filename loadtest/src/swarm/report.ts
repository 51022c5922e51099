import { TIER_PERIODS } from '@crowdcue/protocol';
import type { CrewReport } from './messages.js';
import type { GroupLateness, PatchAge } from './patch-age.js';
import type { Summary } from './statistics.js';

type Counts = Readonly<Record<string, number>>;

/** What viewers with pictures equally late did. */
export interface DelayCount {
  /** ms. */
  readonly delay: number;
  readonly viewers: number;
  readonly sent: number;
  readonly confirmed: number;
  readonly refused: number;
  /** Rounds won, summed over them. */
  readonly won: number;
}

/** What a swarm saw. Times are ms. */
export interface SwarmReport {
  readonly viewers: number;
  readonly seconds: number;
  readonly relays: number;
  /** Joins over HTTP. */
  readonly tokens: Summary & { readonly failedBy: Counts };
  /** Connections: from dialling to the first state. */
  readonly joins: Summary & { readonly failed: number };
  readonly sent: number;
  readonly confirmed: number;
  readonly refused: number;
  readonly refusedBy: Counts;
  readonly unsettled: number;
  /** By the room's own count, over all viewers. */
  readonly applied: number;
  /** Confirmed to the viewer and not in the room's count; in it and not confirmed. Summed over viewers. */
  readonly confirmedNotApplied: number;
  readonly appliedNotConfirmed: number;
  readonly byDelay: readonly DelayCount[];
  readonly reconnects: number;
  readonly closedBy: Counts;
  /** Whether the state stood still when states were compared; if not, differences mean nothing. */
  readonly quiet: boolean;
  /** Viewers whose decoded state was compared with that of the reference, and how many differed. */
  readonly compared: number;
  readonly mismatches: number;
  readonly patches: number;
  readonly bytesPerViewer: number;
  readonly patchAge: PatchAge | undefined;
  /** By write rate and delay; empty when patch age is not measured. */
  readonly groups: readonly GroupLateness[];
  /** Ticks with a patch that the probe saw. */
  readonly ticks: number | undefined;
  readonly clockErrorMs: number | undefined;
  /** Of the whole swarm process. */
  readonly cpuSeconds: number;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const totals = (counts: readonly Counts[]): Counts => {
  const all: Record<string, number> = {};
  for (const count of counts) for (const [key, value] of Object.entries(count)) all[key] = (all[key] ?? 0) + value;
  return all;
};

export const countViewers = (reports: readonly CrewReport[]): Pick<SwarmReport,
  'sent' | 'confirmed' | 'refused' | 'refusedBy' | 'unsettled' | 'applied' | 'confirmedNotApplied' | 'appliedNotConfirmed' | 'reconnects' | 'closedBy'
  | 'patches' | 'bytesPerViewer'> => {
  const viewers = reports.flatMap((report) => report.viewers);
  return {
    sent: sum(viewers.map((v) => v.sent)),
    confirmed: sum(viewers.map((v) => v.confirmed)),
    refused: sum(viewers.map((v) => v.refused)),
    refusedBy: totals(reports.map((report) => report.refusedBy)),
    unsettled: sum(reports.map((report) => report.pending)),
    applied: sum(viewers.map((v) => v.applied ?? 0)),
    confirmedNotApplied: sum(viewers.map((v) => Math.max(0, v.confirmed - (v.applied ?? 0)))),
    appliedNotConfirmed: sum(viewers.map((v) => Math.max(0, (v.applied ?? 0) - v.confirmed))),
    reconnects: sum(reports.map((report) => report.reconnects)),
    closedBy: totals(reports.map((report) => report.closedBy)),
    patches: sum(reports.map((report) => report.patches)),
    bytesPerViewer: sum(reports.map((report) => report.bytes)) / Math.max(1, viewers.length),
  };
};

export const countByDelay = (reports: readonly CrewReport[], delays: readonly number[]): DelayCount[] => {
  const viewers = reports.flatMap((report) => report.viewers);
  return [...new Set(delays)].sort((a, b) => a - b).map((delay) => {
    const own = viewers.filter(({ index }) => delays[index % delays.length] === delay);
    return { delay, viewers: own.length, sent: sum(own.map((v) => v.sent)), confirmed: sum(own.map((v) => v.confirmed)), refused: sum(own.map((v) => v.refused)), won: sum(own.map((v) => v.won)) };
  });
};

export const compareStates = (reference: string | undefined, reports: readonly CrewReport[], quiet: boolean): Pick<SwarmReport, 'quiet' | 'compared' | 'mismatches'> => {
  const states = reports.flatMap((report) => report.states);
  const differing = reference === undefined ? 0 : states.filter(({ json }) => json !== reference).length;
  return { quiet, compared: reference === undefined ? 0 : states.length, mismatches: differing };
};

const ms = (value: number): string => `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ms`;
const spread = (s: Summary): string => `p50 ${ms(s.p50)} · p95 ${ms(s.p95)} · p99 ${ms(s.p99)} · max ${ms(s.max)}`;
const by = (counts: Counts): string => {
  const entries = Object.entries(counts);
  return entries.length === 0 ? '' : ` (${entries.map(([code, count]) => `${code} ${count}`).join(', ')})`;
};

/** The report as a table for people. */
export const reportTable = (r: SwarmReport): string => {
  const rows: [string, string][] = [
    ['viewers', `${r.viewers} through ${r.relays} relay${r.relays === 1 ? '' : 's'}, ${r.seconds.toFixed(1)} s`],
    ['tokens over HTTP', `${r.tokens.count}, failed ${sum(Object.values(r.tokens.failedBy))}${by(r.tokens.failedBy)} · ${spread(r.tokens)}`],
    ['connections to first state', `${r.joins.count}, failed ${r.joins.failed} · ${spread(r.joins)}`],
    ['actions', `${r.sent} sent, ${r.confirmed} confirmed, ${r.refused} refused${by(r.refusedBy)}, ${r.unsettled} unsettled`],
    ['applied by the room', `${r.applied} · confirmed and not applied ${r.confirmedNotApplied} · applied and not confirmed ${r.appliedNotConfirmed}`],
    ['patch age', r.patchAge === undefined ? 'not measured' : `${spread(r.patchAge)} · ${r.patchAge.count} patches at viewers, ${r.patchAge.unmatched} frames unmatched`],
    ...r.groups.map((g): [string, string] => [`late, ${TIER_PERIODS[g.tier]} ms writes, ${g.delay} ms delay`, `${spread(g)} · ${g.viewers} viewers, ${g.early} patches too early`]),
    ['clock error of patch age', r.clockErrorMs === undefined ? '-' : `at most ${ms(r.clockErrorMs)}`],
    ['states compared', `${r.compared}, mismatches ${r.mismatches}${r.quiet ? '' : ' (the state did not come to rest: differences mean nothing)'}`],
    ['received', `${r.patches} patch frames, ${(r.bytesPerViewer / 1024).toFixed(1)} KiB per viewer`],
    ['connections lost', `${sum(Object.values(r.closedBy))}${by(r.closedBy)}, ${r.reconnects} came back`],
    ['CPU of the swarm', `${r.cpuSeconds.toFixed(1)} s`],
  ];
  const width = Math.max(...rows.map(([label]) => label.length));
  return rows.map(([label, value]) => `${label.padEnd(width)}  ${value}`).join('\n');
};
