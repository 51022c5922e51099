/** The real system under measurement: origin and relay as the processes that anybody runs, pinned, and tokens for any number of viewers. */
import { readdirSync, readFileSync } from 'node:fs';
import { Keys, systemRandom, ViewerTokens } from '@crowdcue/server';
import { now, wall } from '../../clock.js';
import { CrowdcueSystem, type HostApi } from '../../system.js';
import type { Stops } from './benchmark.js';

/** CPU seconds, user and system, that a process has used so far, over all its threads. */
export const cpuOf = (pid: number): number => {
  let ns = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) ns += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ')[0]);
  return ns / 1e9;
};

export interface LiveSystem {
  readonly system: CrowdcueSystem;
  readonly host: HostApi;
  /** Tokens of new viewers, as the origin gives them. Over HTTP one address would get some thousands and then wait. */
  tokens(event: string, count: number): string[];
}

export const startSystem = async (originCore: number, relayCore: number, stops: Stops): Promise<LiveSystem> => {
  const system = await CrowdcueSystem.start({ originCore, relayCore });
  stops.push(() => system.stop());
  const issuer = new ViewerTokens(new Keys(Buffer.from(system.secrets.master, 'base64url')), { now: wall, monotonic: now }, systemRandom);
  return { system, host: await system.host(), tokens: (event, count) => Array.from({ length: count }, () => issuer.issue(event).token) };
};
