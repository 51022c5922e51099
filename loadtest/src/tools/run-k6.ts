/**
 * Runs a k6 script (`loadtest/k6/*.ts`) against an origin, and holds what its viewers counted against what the room counted: k6 alone
 * cannot know what was applied.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { EventOverview } from '@crowdcue/protocol';
import { findProgram } from './find-program.js';

const SCRIPTS = fileURLToPath(new URL('../../k6', import.meta.url));
export const K6_SCRIPTS = ['join-storm', 'steady', 'spike'] as const;
export type K6Script = (typeof K6_SCRIPTS)[number];

/** The k6 program; undefined where there is none. */
export const findK6 = (): string | undefined => findProgram('k6', 'CROWDCUE_K6');

export interface K6Options {
  readonly script: K6Script;
  readonly origin: string;
  /** Event id. */
  readonly event: string;
  /** A host's session of that origin: it cues the round and asks what was applied. */
  readonly hostSession: string;
  readonly viewers: number;
  readonly seconds: number;
  readonly rate?: number;
  readonly joinP95Ms?: number;
  /** Whether k6's own summary is shown. */
  readonly quiet?: boolean;
}

/** Counts of viewers' actions as k6 summed them, and the room's own. */
export interface K6Report {
  readonly script: K6Script;
  /** Whether every threshold of the script held. */
  readonly thresholds: boolean;
  readonly joined: number;
  readonly joinP95Ms: number;
  readonly sent: number;
  readonly confirmed: number;
  readonly refused: number;
  readonly lost: number;
  readonly applied: number;
  readonly patches: number;
}

/** k6's exit code when a threshold was crossed. */
const THRESHOLDS_CROSSED = 99;

interface Summary {
  readonly metrics: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

export const runK6 = async (options: K6Options): Promise<K6Report> => {
  const k6 = findK6();
  if (k6 === undefined) throw new Error('k6 is not here: install it (go install go.k6.io/k6@latest) or set CROWDCUE_K6 to its path');
  const folder = await mkdtemp(join(tmpdir(), 'crowdcue-k6-'));
  try {
    const summaryFile = join(folder, 'summary.json');
    const code = await run(k6, options, summaryFile);
    if (code !== 0 && code !== THRESHOLDS_CROSSED) throw new Error(`k6 ended with ${code}`);
    const summary = JSON.parse(await readFile(summaryFile, 'utf8')) as Summary;
    const response = await fetch(`${options.origin}/api/events/${options.event}`, { headers: { authorization: `Bearer ${options.hostSession}` } });
    return reportOf(options.script, code === 0, summary, ((await response.json()) as EventOverview).actions);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const run = async (k6: string, o: K6Options, summaryFile: string): Promise<number> => {
  const env = {
    ORIGIN: o.origin, EVENT: o.event, HOST_SESSION: o.hostSession, VIEWERS: o.viewers, SECONDS: o.seconds, RATE: o.rate ?? 1, JOIN_P95_MS: o.joinP95Ms ?? 5_000,
  };
  const args = ['run', '--no-usage-report', '--quiet', '--summary-export', summaryFile, ...Object.entries(env).flatMap(([name, value]) => ['-e', `${name}=${value}`])];
  const child = spawn(k6, [...args, join(SCRIPTS, `${o.script}.ts`)], { stdio: ['ignore', o.quiet === true ? 'ignore' : 'inherit', 'inherit'] });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
};

const reportOf = (script: K6Script, thresholds: boolean, { metrics }: Summary, applied: number): K6Report => {
  const count = (name: string): number => metrics[`crowdcue_${name}`]?.['count'] ?? 0;
  return {
    script, thresholds, joined: count('joined'), joinP95Ms: metrics['crowdcue_join_ms']?.['p(95)'] ?? Number.NaN, patches: count('patches'),
    sent: count('actions_sent'), confirmed: count('actions_confirmed'), refused: count('actions_refused'), lost: count('actions_lost'), applied,
  };
};
