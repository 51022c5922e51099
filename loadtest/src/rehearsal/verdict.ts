import type { EventOverview } from '@crowdcue/protocol';
import type { DelayCount, SwarmReport } from '../swarm/report.js';

export interface Claims {
  readonly asked: number;
  /** By `granted` or the code of the refusal. */
  readonly answers: Readonly<Record<string, number>>;
}

/** What was seen. */
export interface Evidence {
  readonly viewers: number;
  readonly relays: number;
  /** Viewers who lost their relay and came back, and when the last was back, ms; undefined when not all were. */
  readonly lost: number;
  readonly backMs: number | undefined;
  readonly claims: Claims;
  readonly report: Pick<SwarmReport, 'tokens' | 'joins' | 'byDelay' | 'sent' | 'confirmed' | 'unsettled' | 'confirmedNotApplied' | 'appliedNotConfirmed' | 'mismatches' | 'compared' | 'refusedBy'>;
  /** Of the real event, before and after, and of its rehearsal. */
  readonly before: EventOverview;
  readonly after: EventOverview;
  readonly rehearsal: EventOverview;
}

export interface Finding {
  readonly what: string;
  readonly good: boolean;
  readonly said: string;
}

export interface RehearsalVerdict {
  readonly holds: boolean;
  readonly event: string;
  readonly rounds: number;
  readonly findings: readonly Finding[];
  readonly byDelay: readonly DelayCount[];
}

/** By how much the share of taken actions may be smaller for later pictures. */
const FAIR = 0.1;
/** ms after which a relay that died must be forgotten. */
const BACK_MS = 15_000;

const share = (part: number, of: number): number => (of === 0 ? 1 : part / of);
const percent = (value: number): string => `${(value * 100).toFixed(1)} %`;
const by = (counts: Readonly<Record<string, number>>): string => Object.entries(counts).map(([code, count]) => `${code} ${count}`).join(', ');

/** Stock of every drop; a rehearsal must leave it as it was. */
const stock = ({ drops }: EventOverview): string => JSON.stringify(drops.map(({ id, left, granted, unlocked }) => [id, left, granted, unlocked]).sort());

const fairness = ({ report: { byDelay }, rehearsal: { event: { maxDelay } } }: Evidence): Finding => {
  const scored = byDelay.filter(({ delay, sent }) => delay <= maxDelay && sent > 0);
  const shares = scored.map(({ confirmed, sent }) => share(confirmed, sent));
  const good = scored.length > 0 && Math.min(...shares) >= Math.max(...shares) - FAIR;
  return { what: 'window by delay', good, said: byDelay.map(({ delay, confirmed, sent, won }) => `${delay} ms: ${percent(share(confirmed, sent))} taken, ${won} won${delay > maxDelay ? ' (unscored)' : ''}`).join(' · ') };
};

/** Judges a rehearsal. */
export const judge = (seen: Evidence): RehearsalVerdict => {
  const { viewers, relays, lost, backMs, claims, report, before, after, rehearsal } = seen;
  const { joins, tokens } = report;
  const missing = viewers - joins.count;
  const counted = report.unsettled === 0 && report.confirmedNotApplied === 0 && report.appliedNotConfirmed === 0;
  const testOnly = rehearsal.drops.every(({ supply, left }) => supply < 0 || left === supply);
  const findings: Finding[] = [
    { what: 'joins', good: missing === 0 && joins.failed === 0 && tokens.count > 0, said: `${joins.count} of ${viewers} · p95 ${joins.p95.toFixed(0)} ms` },
    fairness(seen),
    { what: 'a lost relay', good: lost > 0 && backMs !== undefined && backMs <= BACK_MS, said: `${lost} viewers lost ${relays > 1 ? `one of ${relays} relays` : 'the only relay'}, ${backMs === undefined ? 'not all came back' : `all back after ${(backMs / 1000).toFixed(1)} s`}` },
    { what: 'actions', good: counted && report.sent > 0, said: `${report.sent} sent, ${report.confirmed} confirmed, lost ${report.confirmedNotApplied}, doubled ${report.appliedNotConfirmed}, unsettled ${report.unsettled}${by(report.refusedBy) && ` · refused: ${by(report.refusedBy)}`}` },
    { what: 'pictures', good: report.compared > 0 && report.mismatches === 0, said: `${report.compared} compared, ${report.mismatches} differ` },
    { what: 'claims', good: testOnly && (claims.asked === 0 || (claims.answers['granted'] ?? 0) > 0), said: claims.asked === 0 ? 'no drops' : `${claims.asked}: ${by(claims.answers)} · ${testOnly ? 'test mode only' : 'STOCK WAS TAKEN'}` },
    { what: 'the real event', good: stock(before) === stock(after), said: stock(before) === stock(after) ? 'its stock is as it was' : 'its stock changed meanwhile' },
  ];
  return { holds: findings.every(({ good }) => good), event: rehearsal.event.id, rounds: rehearsal.rounds.length, findings, byDelay: report.byDelay };
};

/** The verdict for people. */
export const verdictTable = ({ holds, event, rounds, findings }: RehearsalVerdict): string => {
  const width = Math.max(...findings.map(({ what }) => what.length));
  const wrong = findings.filter(({ good }) => !good).map(({ what }) => what);
  return [...findings.map(({ what, good, said }) => `${good ? 'good ' : 'BAD  '} ${what.padEnd(width)}  ${said}`), `${holds ? 'READY' : `NOT READY: ${wrong.join(', ')}`} · ${event}, ${rounds} rounds`].join('\n');
};
