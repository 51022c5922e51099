/** The relay under test, as `relay/dist/main.js` runs it, in a process of its own. */
import { createRelay } from '@crowdcue/relay';
import { wall } from '../../clock.js';
import { answerParent } from './child.js';
import { userSpace } from './memory-use.js';
import { tlsOfEnv } from './tls-files.js';

const tls = tlsOfEnv();
const relay = await createRelay({
  host: '127.0.0.1', port: 0, originUrl: process.env['BENCH_ORIGIN']!, relayId: 'bench', secret: 'bench-relay-credential', incarnation: Math.round(wall()),
  ...(tls === undefined ? {} : { tls }),
});

const metric = async (name: string): Promise<number> => {
  const { values } = await relay.metrics.getSingleMetric(name)!.get();
  return values.reduce((sum, { value }) => sum + value, 0);
};

/** Everybody is in one tier, so what is published is sent to all. */
const sent = async (): Promise<number> => (await metric('crowdcue_relay_publishes_total')) * (await metric('crowdcue_relay_viewers'));

answerParent(relay.url, {
  sent, viewers: () => metric('crowdcue_relay_viewers'), batchBytes: () => metric('crowdcue_relay_batch_bytes_total'), memory: userSpace,
  lost: async () => ({ resyncs: await metric('crowdcue_relay_resyncs_total'), evictions: await metric('crowdcue_relay_evictions_total') }),
});
