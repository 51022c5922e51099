import { CrowdcueError, ERRORS, type ErrorCode, type JoinAnswer } from '@crowdcue/protocol';
import { now, sleep } from '../clock.js';

/** Tries of one join; an origin that is busy says so, and a venue's crowd waits. */
const TRIES = 40;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;

export interface JoinedCrowd {
  readonly answers: readonly JoinAnswer[];
  /** How long each took, ms, its waiting included. */
  readonly ms: readonly number[];
  readonly failedBy: Readonly<Record<string, number>>;
}

const joinOnce = async (origin: string, event: string): Promise<JoinAnswer> => {
  const response = await fetch(`${origin.replace(/\/+$/, '')}/api/join`, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ event }),
  }).catch((cause: unknown) => {
    throw new CrowdcueError('unavailable', undefined, { cause });
  });
  const body = (await response.json().catch(() => ({}))) as JoinAnswer & { code?: string };
  if (response.ok) return body;
  throw new CrowdcueError(body.code !== undefined && body.code in ERRORS ? (body.code as ErrorCode) : 'internal');
};

const joinPatiently = async (origin: string, event: string): Promise<JoinAnswer> => {
  for (let tries = 1; ; tries++) {
    try {
      return await joinOnce(origin, event);
    } catch (error) {
      if (tries === TRIES || !(error instanceof CrowdcueError && error.retryable)) throw error;
      await sleep(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** tries));
    }
  }
};

/** Gets tokens for `count` new viewers, `width` at a time. */
export const joinMany = async (origin: string, event: string, count: number, width: number, onJoined?: (sofar: number) => void): Promise<JoinedCrowd> => {
  const answers: JoinAnswer[] = [];
  const ms: number[] = [];
  const failedBy: Record<string, number> = {};
  let next = 0;
  const work = async (): Promise<void> => {
    while (next++ < count) {
      const began = now();
      try {
        answers.push(await joinPatiently(origin, event));
        ms.push(now() - began);
        onJoined?.(answers.length);
      } catch (error) {
        const code = error instanceof CrowdcueError ? error.code : 'internal';
        failedBy[code] = (failedBy[code] ?? 0) + 1;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, count) }, work));
  return { answers, ms, failedBy };
};
