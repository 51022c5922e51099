/** The relay under test, as `relay/dist/main.js` runs it, in a process of its own. */
import { createRelay } from '@crowdcue/relay';
import { wall } from '../../clock.js';
import { answerParent } from './server-child.js';

const relay = await createRelay({
  host: '127.0.0.1', port: 0, originUrl: process.env['BENCH_ORIGIN']!, relayId: 'bench', secret: 'bench-relay-credential', incarnation: Math.round(wall()),
});
answerParent(relay.url);
