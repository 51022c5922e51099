/**
 * `simulate`: keeps simulated viewers playing every round of an event until it is stopped, then reports. Where its output is read by
 * a program (a pipe), progress comes as JSON lines: `{ "crowdcue": "ready" }`, then `{ "crowdcue": "progress", "text": … }`.
 */
import { parseArgs } from 'node:util';
import { LIMITS, TIER_PERIODS, type Tier } from '@crowdcue/protocol';
import { now, sleep } from './clock.js';
import { reportTable } from './swarm/report.js';
import { Swarm, type SwarmOptions } from './swarm/swarm.js';

const HELP = `
simulate --origin URL (--event ID | --join LINK) --viewers N [options]   simulated viewers who play every round

  --origin URL    HTTP address of the origin
  --event ID      event id or six-letter code
  --join LINK     a join link, instead of --event
  --viewers N     how many
  --relay URL     WebSocket address of a relay, instead of those that the origin names (may be repeated)
  --seconds S     stop after S seconds (default: when interrupted)
  --rate R        actions a second and viewer in games of many (default 1)
  --threads T     worker threads (default 1)
  --processes     processes instead of threads: each may open as many files as the system lets it
  --tiers LIST    write rates dealt out in turn, 0 (20 Hz) to 3 (1 Hz), as in 0,0,1,1,1,1,1,3,3,3 (default 1)
  --delays LIST   delays of pictures in ms, dealt out in turn, as in 0,2000,8000 (default 0)
  --from LIST     addresses of this machine to dial from, by thread, in turn: one has 28,000 ports
  --json          the last line is the report as JSON
  --help          this text

RELAY_SECRET in the environment lets it measure patch age.
`;

const OPTIONS = {
  origin: { type: 'string' }, event: { type: 'string' }, join: { type: 'string' }, viewers: { type: 'string' }, relay: { type: 'string', multiple: true },
  seconds: { type: 'string' }, rate: { type: 'string' }, threads: { type: 'string' }, processes: { type: 'boolean' }, tiers: { type: 'string' }, delays: { type: 'string' }, from: { type: 'string' }, json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' },
} as const;

const PROGRESS_MS = 1_000;
/** The origin or relay may still be starting. */
const START_TRIES = 20;
const MOST = { viewers: 200_000, threads: 64, rate: 20, seconds: 86_400 };

class UsageError extends Error {}

const positive = (name: keyof typeof MOST, text: string | undefined, fallback: number, whole: boolean): number => {
  const value = text === undefined ? fallback : Number(text);
  if (!(value > 0 && value <= MOST[name]) || (whole && !Number.isInteger(value))) {
    throw new UsageError(`--${name} must be a ${whole ? 'whole ' : ''}number above 0 and at most ${MOST[name]}, not "${text ?? ''}"`);
  }
  return value;
};

const numbers = (name: string, text: string | undefined, fallback: string, most: number): number[] => (text ?? fallback).split(',').map((part) => {
  const value = Number(part);
  if (part.trim() === '' || !Number.isInteger(value) || value < 0 || value > most) throw new UsageError(`--${name} must be whole numbers from 0 to ${most}, separated by commas, not "${text}"`);
  return value;
});

const eventOfLink = (link: string): string => {
  const code = /\/join\/([^/?#]+)/.exec(link)?.[1];
  if (code === undefined) throw new UsageError(`--join takes a link that ends in /join/CODE, not "${link}"`);
  return decodeURIComponent(code);
};

interface Plan {
  readonly options: SwarmOptions;
  readonly seconds: number | undefined;
  readonly json: boolean;
}

const readPlan = (argv: readonly string[]): Plan | undefined => {
  const { values } = parseArgs({ args: [...argv], options: OPTIONS });
  if (values.help === true) return undefined;
  const { origin, event, join } = values;
  if (origin === undefined || !URL.canParse(origin)) throw new UsageError('--origin needs the HTTP address of the origin');
  if (event === undefined && join === undefined) throw new UsageError('--event or --join is needed');
  const secret = process.env['RELAY_SECRET'];
  return {
    options: {
      origin, event: event ?? eventOfLink(join!), viewers: positive('viewers', values.viewers, 0, true), rate: positive('rate', values.rate, 1, false),
      threads: positive('threads', values.threads, 1, true), decodeEvery: 25, // a sample of states; the rest only plays
      tiers: numbers('tiers', values.tiers, '1', TIER_PERIODS.length - 1) as Tier[], delays: numbers('delays', values.delays, '0', LIMITS.delayMs),
      processes: values.processes === true, localAddresses: values.from?.split(',') ?? [],
      ...(values.relay === undefined ? {} : { relays: values.relay }), ...(secret ? { probeSecret: secret } : {}),
    },
    seconds: values.seconds === undefined ? undefined : positive('seconds', values.seconds, 1, false),
    json: values.json === true,
  };
};

/** One line that updates itself on a terminal, a JSON line each second else. */
const progressTo = (out: NodeJS.WriteStream): { show(text: string): void; end(): void } => {
  if (out.isTTY) {
    return { show: (text) => void out.write(`\r\u001b[K${text.slice(0, Math.max(20, out.columns - 1))}`), end: () => void out.write('\r\u001b[K') };
  }
  let last = -Infinity;
  return {
    show: (text) => {
      if (now() - last < PROGRESS_MS) return;
      last = now();
      out.write(`${JSON.stringify({ crowdcue: 'progress', text })}\n`);
    },
    end: () => {},
  };
};

const startPatiently = async (options: SwarmOptions, signal: AbortSignal): Promise<Swarm> => {
  for (let tries = 1; ; tries++) {
    try {
      return await Swarm.start(options);
    } catch (error) {
      if (tries === START_TRIES || signal.aborted) throw error;
      options.onProgress?.(`waiting for the event: ${(error as Error).message}`);
      await sleep(1_000);
    }
  }
};

const run = async ({ options, seconds, json }: Plan, signal: AbortSignal): Promise<void> => {
  const progress = progressTo(process.stdout);
  const tell = (text: string): void => progress.show(text);
  if (!process.stdout.isTTY) process.stdout.write(`${JSON.stringify({ crowdcue: 'ready' })}\n`);
  const swarm = await startPatiently({ ...options, onProgress: tell }, signal);
  const end = seconds === undefined ? Infinity : now() + seconds * 1000;
  while (now() < end && !signal.aborted) {
    tell(swarm.line());
    await sleep(200);
  }
  if (seconds === undefined && !json) {
    progress.end();
    return swarm.stop(); // somebody wants it gone; a report would only hold them up
  }
  const report = await swarm.finish();
  progress.end();
  console.log(reportTable(report));
  if (json) console.log(JSON.stringify(report));
  return undefined;
};

const main = async (): Promise<number> => {
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => stop.abort());
  try {
    const plan = readPlan(process.argv.slice(2));
    if (plan === undefined) console.log(HELP.trim());
    else await run(plan, stop.signal);
    return 0;
  } catch (error) {
    const usage = error instanceof UsageError || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS') === true;
    console.error(`simulate: ${(error as Error).message}`);
    if (usage) console.error('simulate --help shows the options');
    return usage ? 2 : 1;
  }
};

process.exitCode = await main();
if (process.exitCode !== 0) process.exit(); // sockets of a failed start would keep it alive
