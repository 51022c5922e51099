/** What a chaos run does to a system, each as a thing that is done and taken back. */
import { sleep } from '../clock.js';
import type { SystemProcess } from '../system.js';
import type { ChaosSystem } from './chaos-system.js';
import { BAD, FAIR } from './proxy.js';

export interface Fault {
  readonly name: string;
  /** What it does, for the report. */
  readonly what: string;
  /** Whether this system has the parts for it. */
  possible(system: ChaosSystem): boolean;
  /** Does it for `ms` and takes it back. `pick` chooses one of many, by the run's seed. */
  run(system: ChaosSystem, ms: number, pick: <T>(all: readonly T[]) => T): Promise<void>;
}

const always = (): boolean => true;

const killed = async (process: SystemProcess, ms: number): Promise<void> => {
  await process.kill();
  await sleep(ms);
  await process.start();
};

const paused = async (process: SystemProcess, ms: number): Promise<void> => {
  process.pause();
  await sleep(ms);
  process.resume();
};

export const FAULTS: readonly Fault[] = [
  {
    name: 'bad-network', what: 'viewers of one relay on 300 ± 150 ms, 3 % loss, 256 kbit/s', possible: always,
    run: async ({ viewerProxies }, ms, pick) => {
      const proxy = pick(viewerProxies);
      await proxy.set(BAD);
      await sleep(ms);
      await proxy.set(FAIR);
    },
  },
  {
    name: 'viewers-cut', what: 'every connection of one relay\'s viewers broken, and refused for a while', possible: always,
    run: async ({ viewerProxies }, ms, pick) => {
      const proxy = pick(viewerProxies);
      await proxy.cut();
      await sleep(ms);
      await proxy.mend();
    },
  },
  {
    name: 'viewers-half-open', what: 'viewers of one relay cut off without a word, then broken', possible: always,
    run: async ({ viewerProxies }, ms, pick) => {
      const proxy = pick(viewerProxies);
      await proxy.halfOpen();
      await sleep(ms);
      await proxy.mend();
    },
  },
  {
    name: 'link-cut', what: 'links between relays and origins broken, and refused for a while', possible: always,
    run: async ({ linkProxies }, ms) => {
      await Promise.all(linkProxies.map((proxy) => proxy.cut()));
      await sleep(ms);
      await Promise.all(linkProxies.map((proxy) => proxy.mend()));
    },
  },
  {
    name: 'link-half-open', what: 'links swallow everything without a word', possible: always,
    run: async ({ linkProxies }, ms) => {
      await Promise.all(linkProxies.map((proxy) => proxy.halfOpen()));
      await sleep(ms);
      await Promise.all(linkProxies.map((proxy) => proxy.mend()));
    },
  },
  {
    name: 'link-bad', what: 'links on 300 ± 150 ms with 3 % loss', possible: always,
    run: async ({ linkProxies }, ms) => {
      await Promise.all(linkProxies.map((proxy) => proxy.set({ ...BAD, bytesPerSecond: 0 })));
      await sleep(ms);
      await Promise.all(linkProxies.map((proxy) => proxy.set(FAIR)));
    },
  },
  {
    name: 'relay-killed', what: 'a relay ended by SIGKILL and started again', possible: ({ relays }) => relays.length > 1,
    run: ({ relays }, ms, pick) => killed(pick(relays), ms),
  },
  {
    name: 'relay-paused', what: 'a relay stopped by SIGSTOP and woken', possible: ({ relays }) => relays.length > 1,
    run: ({ relays }, ms, pick) => paused(pick(relays), ms),
  },
  {
    name: 'origin-killed', what: 'the origin of the room ended by SIGKILL and started again', possible: always,
    run: async (system, ms) => killed(await system.owner(), ms),
  },
  {
    name: 'origin-paused', what: 'the origin of the room stopped by SIGSTOP past its lease, and woken', possible: ({ origins }) => origins.length > 1,
    run: async (system, ms) => paused(await system.owner(), Math.max(ms, 5_000)),
  },
  {
    name: 'redis-restarted', what: 'Redis ended by SIGKILL and started again on its files', possible: ({ redis }) => redis !== undefined,
    run: async ({ redis }, ms) => {
      await redis!.kill();
      await sleep(ms);
      await redis!.restart();
    },
  },
  {
    name: 'redis-paused', what: 'Redis stopped by SIGSTOP for as long as commands wait, and woken', possible: ({ redis }) => redis !== undefined,
    run: async ({ redis }, ms) => {
      redis!.pause();
      await sleep(ms);
      redis!.resume();
    },
  },
];

export const faultOf = (name: string): Fault => {
  const fault = FAULTS.find((each) => each.name === name);
  if (fault === undefined) throw new Error(`there is no fault "${name}"; there are ${FAULTS.map((each) => each.name).join(', ')}`);
  return fault;
};
