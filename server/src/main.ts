import { pino } from 'pino';
import { createOrigin } from './app.js';
import { ConfigError, readConfig, type Config } from './config.js';

/** Stops with one line; what is wrong with a setting needs no stack. */
const stopWith = (line: string): never => {
  process.stderr.write(`${line}\n`);
  process.exit(1);
};

const config = ((): Config => {
  try {
    return readConfig(process.env);
  } catch (error) {
    if (error instanceof ConfigError) return stopWith(`crowdcue origin: ${error.message}`);
    throw error;
  }
})();

const logger = pino({ level: config.logLevel }, pino.destination({ dest: 2, sync: true }));
const origin = await createOrigin(config, {
  logger, processMetrics: true,
  onStoreFailure: (error) => stopWith(`crowdcue origin: ${error.message}: ${String(error.cause)}; ended, to be started again`),
}).catch((error: unknown) =>
  stopWith(`crowdcue origin: ${error instanceof Error ? error.message : String(error)}`));

let closing = false;
const close = (signal: string): void => {
  if (closing) return;
  closing = true;
  logger.info({ signal }, 'origin closing');
  origin.close().then(() => process.exit(0), (error: unknown) => {
    logger.error({ err: error }, 'the origin did not close cleanly');
    process.exit(1);
  });
};
process.on('SIGTERM', () => close('SIGTERM'));
process.on('SIGINT', () => close('SIGINT'));

// Last: whoever waits for this line may end the process the moment it stands there.
const { url, hostLink, viewerLink } = origin;
process.stdout.write(`${JSON.stringify({ crowdcue: 'ready', process: 'origin', url, hostLink, viewerLink })}\n`);
