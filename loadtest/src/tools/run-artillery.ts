/**
 * Runs the Artillery scenario (`loadtest/artillery`) against an origin. Artillery is no dependency of ours: it brings nearly a thousand
 * packages. It is installed on request into a folder of its own, in the last version that runs on Node 20.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { EventOverview } from '@crowdcue/protocol';

/** From 2.0.22 on Artillery asks for Node 22. */
export const ARTILLERY_VERSION = '2.0.21';
const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const SCENARIO = fileURLToPath(new URL('../../artillery/join-and-play.yml', import.meta.url));
const TOOLS = join(ROOT, '.crowdcue/tools', `artillery-${ARTILLERY_VERSION}`);
const program = (folder: string): string => join(folder, 'node_modules/.bin/artillery');

/** The Artillery program, where it is installed; `CROWDCUE_ARTILLERY` names another one. */
export const findArtillery = (): string | undefined => [process.env['CROWDCUE_ARTILLERY'], program(TOOLS)].find((path) => path !== undefined && path !== '' && existsSync(path));

/** Installs it, which takes a minute or two; answers its path. */
export const installArtillery = async (): Promise<string> => {
  const present = findArtillery();
  if (present !== undefined) return present;
  await mkdir(TOOLS, { recursive: true });
  await writeFile(join(TOOLS, 'package.json'), '{ "private": true }\n');
  // Without scripts: one of its packages would fetch a browser that nobody uses here.
  const args = ['install', '--prefix', TOOLS, '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel', 'error', `artillery@${ARTILLERY_VERSION}`];
  const child = spawn('npm', args, { cwd: TOOLS, stdio: ['ignore', 'inherit', 'inherit'] });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0 || !existsSync(program(TOOLS))) throw new Error(`Artillery ${ARTILLERY_VERSION} could not be installed (npm ended with ${code})`);
  return program(TOOLS);
};

export interface ArtilleryOptions {
  readonly origin: string;
  /** Event id. */
  readonly event: string;
  readonly hostSession: string;
  /** Viewers a second, and for how many seconds they arrive. */
  readonly arrivals: number;
  readonly seconds: number;
  /** Actions a second and viewer. */
  readonly rate: number;
  readonly quiet?: boolean;
}

/** What Artillery's viewers counted, and what the room did. */
export interface ArtilleryReport {
  /** Whether every threshold of the scenario held. */
  readonly thresholds: boolean;
  readonly joined: number;
  readonly failed: number;
  readonly sent: number;
  readonly confirmed: number;
  readonly refused: number;
  readonly lost: number;
  readonly applied: number;
}

interface Output {
  readonly aggregate: { readonly counters: Readonly<Record<string, number>> };
}

export const runArtillery = async (options: ArtilleryOptions): Promise<ArtilleryReport> => {
  const artillery = findArtillery();
  if (artillery === undefined) throw new Error('Artillery is not installed: crowdcue load artillery --install does it');
  const folder = await mkdtemp(join(tmpdir(), 'crowdcue-artillery-'));
  try {
    const output = join(folder, 'report.json');
    const env = {
      ...process.env, ARTILLERY_DISABLE_TELEMETRY: 'true', ORIGIN: options.origin, EVENT: options.event, RATE: String(options.rate),
      ARRIVALS: String(options.arrivals), SECONDS: String(options.seconds),
    };
    const child = spawn(artillery, ['run', '--output', output, SCENARIO], { env, stdio: ['ignore', options.quiet === true ? 'ignore' : 'inherit', 'inherit'] });
    const [code] = (await once(child, 'exit')) as [number | null];
    if (!existsSync(output)) throw new Error(`Artillery ended with ${code} and without a report`);
    const { counters } = (JSON.parse(await readFile(output, 'utf8')) as Output).aggregate;
    const response = await fetch(`${options.origin}/api/events/${options.event}`, { headers: { authorization: `Bearer ${options.hostSession}` } });
    const count = (name: string): number => counters[name] ?? 0;
    return {
      thresholds: code === 0, joined: count('crowdcue.joined'), failed: count('vusers.failed'), sent: count('crowdcue.actions_sent'),
      confirmed: count('crowdcue.actions_confirmed'), refused: count('crowdcue.actions_refused'), lost: count('crowdcue.actions_lost'),
      applied: ((await response.json()) as EventOverview).actions,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
