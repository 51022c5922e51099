import { afterEach } from 'vitest';
import { createRelay, type Relay, type RelayConfig } from '../../src/index.js';
import { FakeOrigin, type FakeRoom, SECRET } from './fake-origin.js';
import { DirectClient, type DirectOptions } from './direct-client.js';

/** Waits for a condition, with a deadline. */
export const until = async (holds: () => unknown, what: string, ms = 5_000): Promise<void> => {
  const end = performance.now() + ms;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`gave up waiting until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 3));
  }
};

export interface Stage {
  readonly origin: FakeOrigin;
  readonly relay: Relay;
  /** `room` ticks only when told to. */
  readonly room: FakeRoom;
  relayWith(config: Partial<RelayConfig>): Promise<Relay>;
  direct(options?: Partial<DirectOptions>): Promise<DirectClient>;
  metric(name: string, labels?: Record<string, string>): Promise<number>;
}

const undo: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});
export const atEnd = (step: () => Promise<unknown> | void): void => void undo.push(step);

let subs = 1000;

/** A fake origin with one event ("show"), and a relay that is registered there. */
export const stage = async (config: Partial<RelayConfig> = {}): Promise<Stage> => {
  const origin = await new FakeOrigin().start();
  atEnd(() => origin.stop());
  const room = origin.room('show');
  const relayWith = async (more: Partial<RelayConfig>): Promise<Relay> => {
    const relay = await createRelay({ host: '127.0.0.1', port: 0, originUrl: origin.url, relayId: 'r1', secret: SECRET, incarnation: 1, ...more });
    atEnd(() => relay.close());
    // The relay drains at the end: let it have its acknowledgements.
    atEnd(() => { for (const r of origin.rooms.values()) { r.halt(); r.acks = true; r.run(10); } });
    return relay;
  };
  const relay = await relayWith(config);
  await until(() => relay.ready(), 'the relay is registered');
  return {
    origin, relay, room, relayWith,
    direct: async (options = {}) => {
      const client = new DirectClient({ base: relay.url, event: 'show', token: room.token(options.sub ?? ++subs), ...options });
      atEnd(() => client.terminate());
      return client;
    },
    metric: async (name, labels = {}) => {
      const metric = await relay.metrics.getSingleMetric(name)!.get();
      return metric.values.filter((v) => Object.entries(labels).every(([k, x]) => v.labels[k] === x)).reduce((sum, v) => sum + v.value, 0);
    },
  };
};
