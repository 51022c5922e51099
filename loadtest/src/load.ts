/**
 * `load`: runs k6 or Artillery against an origin, or against an own one that is started for it on loopback, and says in one verdict
 * whether what viewers counted is what the room applied.
 */
import { parseArgs } from 'node:util';
import { chaosTable, runChaos } from './chaos/chaos.js';
import { claimStorm, stormTable } from './claims/claim-storm.js';
import { FAULTS } from './chaos/faults.js';
import { findToxiproxy } from './chaos/toxiproxy.js';
import { fuzzTable, runFuzz } from './fuzz/fuzz.js';
import { runSoak, soakTable } from './soak/soak.js';
import { CrowdcueSystem, HostApi } from './system.js';
import { findArtillery, installArtillery, runArtillery } from './tools/run-artillery.js';
import { K6_SCRIPTS, runK6, type K6Script } from './tools/run-k6.js';

const HELP = `
load k6 SCRIPT [options]      runs a k6 script: ${K6_SCRIPTS.join(', ')}
load artillery [options]      runs the Artillery scenario
load chaos [options]          a crowd plays while faults come and go, on a system of its own; ends in one verdict
load claims [options]         everybody claims a limited drop at once; both origins are killed in the middle; ends in one verdict
load soak [options]           a crowd of which some go and others come every second, round after round, on a system of its own
load fuzz [options]           random and mutated frames for relay and origin while a crowd plays, on a system of its own

  --origin URL         HTTP address of an origin; without it one is started here, with one relay
  --host-session S     a host's session there; needed with --origin
  --event ID           event id (default: a new one)
  --viewers N          how many (default 200; Artillery: they arrive over the seconds)
  --seconds S          how long the round lasts (default 20)
  --rate R             actions a second and viewer (default 1)
  --install            Artillery only: installs it first, into .crowdcue/tools
  --origins N, --relays N, --redis   chaos only: the system (default 1, 2; several origins share a Redis)
  --faults LIST        chaos only: ${FAULTS.map(({ name }) => name).join(', ')} (default: all that are possible)
  --supply N           claims only: units of the drop (default 500)
  --within MS          claims only: everybody has begun to ask by then (default 2000)
  --twice P            claims only: how many of a hundred ask twice at once (default 20)
  --calm               claims only: no origin is killed
  --fault-seconds S    chaos only: how long each lasts (default 5)
  --seed N             chaos, fuzz: chooses order and victims; what is sent (default 1)
  --minutes M          soak only: how long (default 10)
  --turnover P         soak only: how many of a hundred viewers are replaced every second (default 3)
  --frames N           fuzz only: how many are heard at least (default 1000000)
  --toxiproxy          chaos only: through a real Toxiproxy instead of our own proxies
  --json               the last line is the report as JSON
  --help               this text

It exits with 1 when a threshold of the script was crossed, or when an action was lost or counted twice.
`;

const OPTIONS = {
  origin: { type: 'string' }, 'host-session': { type: 'string' }, event: { type: 'string' }, viewers: { type: 'string' }, seconds: { type: 'string' },
  rate: { type: 'string' }, origins: { type: 'string' }, relays: { type: 'string' }, redis: { type: 'boolean' }, faults: { type: 'string' }, frames: { type: 'string' }, minutes: { type: 'string' }, turnover: { type: 'string' },
  supply: { type: 'string' }, within: { type: 'string' }, twice: { type: 'string' }, calm: { type: 'boolean' }, 'fault-seconds': { type: 'string' }, seed: { type: 'string' }, toxiproxy: { type: 'boolean' }, install: { type: 'boolean' }, json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' },
} as const;

class UsageError extends Error {}

const whole = (name: string, text: string | undefined, fallback: number, most: number): number => {
  const value = text === undefined ? fallback : Number(text);
  if (!Number.isInteger(value) || value < 1 || value > most) throw new UsageError(`--${name} must be a whole number from 1 to ${most}, not "${text ?? ''}"`);
  return value;
};

interface Target {
  readonly origin: string;
  readonly hostSession: string;
  stop(): Promise<void>;
}

const targetOf = async (origin: string | undefined, hostSession: string | undefined): Promise<Target> => {
  if (origin !== undefined) {
    if (hostSession === undefined) throw new UsageError('--origin needs --host-session');
    return { origin: origin.replace(/\/+$/, ''), hostSession, stop: () => Promise.resolve() };
  }
  const system = await CrowdcueSystem.start();
  return { origin: system.origin.url, hostSession: (await system.host()).session, stop: () => system.stop() };
};

interface Verdict {
  readonly thresholds: boolean;
  readonly confirmed: number;
  readonly applied: number;
  readonly lost: number;
}

const load = async (argv: readonly string[]): Promise<boolean> => {
  const { values, positionals } = parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true });
  const [tool, script] = positionals;
  if (values.help === true || tool === undefined) {
    console.log(HELP.trim());
    return tool !== undefined || values.help === true;
  }
  if (tool === 'chaos') return chaos(values);
  if (tool === 'fuzz') return fuzz(values);
  if (tool === 'soak') return soak(values);
  if (tool === 'claims') return claims(values);
  if (tool !== 'k6' && tool !== 'artillery') throw new UsageError(`there is no tool "${tool}"`);
  if (tool === 'k6' && !K6_SCRIPTS.includes(script as K6Script)) throw new UsageError(`k6 needs a script: ${K6_SCRIPTS.join(', ')}`);
  const plan = {
    viewers: whole('viewers', values.viewers, 200, 20_000), seconds: whole('seconds', values.seconds, 20, 85), rate: whole('rate', values.rate, 1, 20),
  };
  if (tool === 'artillery' && (values.install === true || findArtillery() === undefined)) await installArtillery();
  const target = await targetOf(values.origin, values['host-session']);
  try {
    const event = values.event ?? `load-${process.pid}`;
    const host = new HostApi(() => target.origin, target.hostSession);
    if (values.event === undefined) await host.post('/api/events', { id: event, name: 'Load' });
    const report: Verdict = tool === 'k6'
      ? await runK6({ script: script as K6Script, ...target, event, ...plan })
      : await playArtillery(host, { ...target, event, ...plan });
    const good = report.thresholds && report.lost === 0 && report.confirmed === report.applied;
    console.log(`${good ? 'holds' : 'FAILS'}: ${report.confirmed} confirmed, ${report.applied} applied, ${report.lost} lost, thresholds ${report.thresholds ? 'kept' : 'crossed'}`);
    if (values.json === true) console.log(JSON.stringify({ ...report, good }));
    return good;
  } finally {
    await target.stop();
  }
};

/** What parseArgs makes of a text option. */
type Texts = Readonly<Partial<Record<'viewers' | 'rate' | 'origins' | 'relays' | 'faults' | 'fault-seconds' | 'seed' | 'frames' | 'minutes' | 'turnover' | 'supply' | 'within' | 'twice', string>>>;

const chaos = async (values: Texts & { readonly redis?: boolean | undefined; readonly toxiproxy?: boolean | undefined; readonly json?: boolean | undefined }): Promise<boolean> => {
  const toxiproxy = values.toxiproxy === true ? findToxiproxy() : undefined;
  if (values.toxiproxy === true && toxiproxy === undefined) throw new UsageError('toxiproxy-server is not here: install it, or set CROWDCUE_TOXIPROXY to its path');
  const faults = values.faults?.split(',').map((name) => name.trim());
  if (faults !== undefined && faults.some((name) => !FAULTS.some((fault) => fault.name === name))) throw new UsageError(`--faults knows ${FAULTS.map(({ name }) => name).join(', ')}`);
  const verdict = await runChaos({
    viewers: whole('viewers', values.viewers, 200, 20_000), rate: whole('rate', values.rate, 1, 20), origins: whole('origins', values.origins, 1, 8),
    relays: whole('relays', values.relays, 2, 16), redis: values.redis === true, faultMs: whole('fault-seconds', values['fault-seconds'], 5, 300) * 1000,
    seed: whole('seed', values.seed, 1, 2 ** 31), ...(faults === undefined ? {} : { faults }), ...(toxiproxy === undefined ? {} : { toxiproxy }),
    onProgress: (text) => console.log(text),
  });
  console.log(chaosTable(verdict));
  if (values.json === true) console.log(JSON.stringify(verdict));
  return verdict.holds;
};

/** A line a second of how it stands. */
const progress = (text: string): void => console.log(`  ${text}`);

const fuzz = async (values: Texts & { readonly json?: boolean | undefined }): Promise<boolean> => {
  const verdict = await runFuzz({
    frames: whole('frames', values.frames, 1_000_000, 100_000_000), seed: whole('seed', values.seed, 1, 1_000_000_000),
    viewers: whole('viewers', values.viewers, 100, 5_000), onProgress: progress,
  });
  console.log(fuzzTable(verdict));
  if (values.json === true) console.log(JSON.stringify(verdict));
  return verdict.holds;
};

const claims = async (values: Texts & { readonly calm?: boolean | undefined; readonly json?: boolean | undefined }): Promise<boolean> => {
  const report = await claimStorm({
    viewers: whole('viewers', values.viewers, 50_000, 200_000), supply: whole('supply', values.supply, 500, 1_000_000), origins: whole('origins', values.origins, 2, 8),
    withinMs: whole('within', values.within, 2_000, 600_000), twice: whole('twice', values.twice, 20, 100), kill: values.calm !== true, seed: whole('seed', values.seed, 1, 2 ** 31),
  });
  console.log(stormTable(report));
  if (values.json === true) console.log(JSON.stringify(report));
  return report.faults.length === 0;
};

const soak = async (values: Texts & { readonly json?: boolean | undefined }): Promise<boolean> => {
  const verdict = await runSoak({
    viewers: whole('viewers', values.viewers, 5_000, 20_000), seconds: whole('minutes', values.minutes, 10, 1_440) * 60, turnover: whole('turnover', values.turnover, 3, 20) / 100,
    rate: whole('rate', values.rate, 1, 20), lookMs: 5_000, onProgress: progress,
  });
  console.log(soakTable(verdict));
  if (values.json === true) console.log(JSON.stringify(verdict));
  return verdict.holds;
};

interface Plan { readonly origin: string; readonly hostSession: string; readonly event: string; readonly viewers: number; readonly seconds: number; readonly rate: number }

/** Artillery's viewers arrive for a quarter of the time; the round is cued when they are in. */
const playArtillery = async (host: HostApi, { viewers, seconds, ...plan }: Plan): Promise<Verdict> => {
  const arriving = Math.max(1, Math.round(seconds / 4));
  await host.post(`/api/events/${plan.event}/cue`, { game: 'tug', inMs: 10_000 + arriving * 1000, durationMs: seconds * 1000, params: { goal: 1_000_000 } });
  return runArtillery({ ...plan, arrivals: Math.max(1, Math.round(viewers / arriving)), seconds: arriving });
};

const main = async (): Promise<number> => {
  try {
    return (await load(process.argv.slice(2))) ? 0 : 1;
  } catch (error) {
    const usage = error instanceof UsageError || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS') === true;
    console.error(`load: ${(error as Error).message}`);
    if (usage) console.error('load --help shows the options');
    return usage ? 2 : 1;
  }
};

process.exitCode = await main();
