/** The synthetic origin in a process of its own, so that the load's work does not make its ticks late. */
import { answerParent } from './child.js';
import { SyntheticOrigin } from './synthetic-origin.js';

const origin = new SyntheticOrigin({ event: process.env['BENCH_EVENT']!, doorKey: process.env['BENCH_DOOR_KEY']!, tickMs: Number(process.env['TICK_MS']) });
await origin.listen();
answerParent(origin.url, {
  publish: (on: boolean) => origin.publish(on), truth: () => origin.truth(), viewers: () => origin.joined - origin.left,
  mark: () => origin.mark(), actions: () => origin.actions,
  reflection: () => Buffer.from(origin.reflection).toString('base64'),
});
