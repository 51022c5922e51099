/**
 * The relay process: environment → configuration → `createRelay`. It prints one JSON line on stdout when it listens, logs on stderr,
 * and drains on SIGTERM and SIGINT. A bad value of the environment stops it with one line that names the variable. With `--workers N`
 * (or `WORKERS`) it is the supervisor of N such processes, which it starts with `--worker k --port p`.
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { collectDefaultMetrics } from 'prom-client';
import { createRelay, type Relay } from './app.js';
import { systemClock } from './clock.js';
import { ConfigError, readConfig, type RelayEnvironment } from './config.js';
import { openFiles } from './open-files.js';
import { Supervisor } from './workers.js';
import { WorkerChannel } from './workers-child.js';
import { claimPort } from './workers-port.js';

/** Ms over which viewers are told to move, so that other relays are not stormed. */
const DRAIN_SPREAD_MS = 1_000;
/** Ms between two probes of the loop for its metric; at prom-client's 10 they are most of what an idle relay does. */
const LAG_PROBE_MS = 100;

const stop = (code: number, why: string): never => {
  process.stderr.write(`crowdcue relay: ${why}\n`);
  process.exit(code);
};

/** The arguments; those of a worker are its supervisor's business. */
const readArguments = (): { workers?: string | undefined; worker?: string | undefined; port?: string | undefined } => {
  try {
    return parseArgs({ options: { workers: { type: 'string' }, worker: { type: 'string' }, port: { type: 'string' } } }).values;
  } catch (error) {
    return stop(2, (error as Error).message.split('. ')[0]!);
  }
};

const args = readArguments();

const environment = (): RelayEnvironment => {
  const given = { ...(args.workers === undefined ? {} : { WORKERS: args.workers }), ...(args.port === undefined ? {} : { PORT: args.port }) };
  try {
    return readConfig({ ...process.env, ...given }, openFiles());
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return stop(2, error.message);
  }
};

const { logLevel, publicUrl, tls, workers, ...env } = environment();
const relayId = args.worker === undefined ? env.relayId : `${env.relayId}.${args.worker}`;
const logger = pino({ level: logLevel, base: { process: 'relay', relayId } }, pino.destination({ fd: 2, sync: false }));
const sayReady = (url: string): void => void process.stdout.write(`${JSON.stringify({ crowdcue: 'ready', process: 'relay', url })}\n`);

const onSignals = (close: () => void): void => {
  // Not once: Ctrl-C reaches workers from the terminal and from their supervisor, and the second one must not kill them.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, close);
};

const supervise = async (): Promise<void> => {
  const port = await claimPort(env.host, env.port).catch((error: Error) => stop(1, error.message));
  const supervisor = new Supervisor({
    workers, port, script: fileURLToPath(import.meta.url), log: logger, now: systemClock.now, onReady: sayReady, onEnd: (code) => process.exit(code),
  });
  onSignals(() => supervisor.close());
  supervisor.start();
};

const serve = async (): Promise<void> => {
  let close = (): void => process.exit(0);
  const channel: WorkerChannel | undefined = args.worker === undefined ? undefined : new WorkerChannel(() => relay.metrics.metrics(), () => close());
  const relay: Relay = await createRelay({
    ...env, relayId, ...(publicUrl === undefined ? {} : { publicUrl }), ...(tls === undefined ? {} : { tls }), incarnation: Date.now(), logger, drainSpreadMs: DRAIN_SPREAD_MS,
    ...(channel === undefined ? {} : { sharedPort: true, scrape: () => channel.scrape() }),
  }).catch((error: Error) => stop(1, error.message));
  collectDefaultMetrics({ register: relay.metrics, eventLoopMonitoringPrecision: LAG_PROBE_MS });
  close = () => void relay.close().then(() => process.exit(0));
  onSignals(close);
  if (channel === undefined) sayReady(relay.url);
  else channel.ready(relay.url);
};

await (args.worker === undefined && workers > 1 ? supervise() : serve());
