/**
 * The relay process: environment → configuration → `createRelay`. It prints one JSON line on stdout when it listens, logs on stderr,
 * and drains on SIGTERM and SIGINT. A bad value of the environment stops it with one line that names the variable.
 */
import { pino } from 'pino';
import { collectDefaultMetrics } from 'prom-client';
import { createRelay } from './app.js';
import { ConfigError, readConfig, type RelayEnvironment } from './config.js';

/** Ms over which viewers are told to move, so that other relays are not stormed. */
const DRAIN_SPREAD_MS = 1_000;

const environment = (): RelayEnvironment => {
  try {
    return readConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`crowdcue relay: ${error.message}\n`);
    process.exit(2);
  }
};

const { logLevel, publicUrl, tls, ...env } = environment();
const logger = pino({ level: logLevel, base: { process: 'relay', relayId: env.relayId } }, pino.destination({ fd: 2, sync: false }));
const relay = await createRelay({
  ...env, ...(publicUrl === undefined ? {} : { publicUrl }), ...(tls === undefined ? {} : { tls }), incarnation: Date.now(), logger, drainSpreadMs: DRAIN_SPREAD_MS,
}).catch((error: Error) => {
  process.stderr.write(`crowdcue relay: ${error.message}\n`);
  process.exit(1);
});
collectDefaultMetrics({ register: relay.metrics });
process.stdout.write(`${JSON.stringify({ crowdcue: 'ready', process: 'relay', url: relay.url })}\n`);

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    void relay.close().then(() => process.exit(0));
  });
}
