/**
 * One side's part of a round: from quiet to quiet, so that what was delivered and the CPU that it took (user and system, of the serving
 * process alone) belong together. What the server says it sent and what the crowd says it got are both counted.
 */
import { now, sleep } from '../../clock.js';
import type { AgeSummary } from './ages.js';
import type { Side } from './sides.js';

export interface Part {
  /** Frames that the crowd got. */
  readonly deliveries: number;
  /** Frames that the server handed out. */
  readonly sent: number;
  /** Viewers times ticks of the time. */
  readonly due: number;
  readonly cpuSeconds: number;
  readonly perCpuSecond: number;
  /** Of the crowd's process, as a share of its core: near 1 it, not the server, was the limit. */
  readonly loadShare: number;
  /** From a patch's making to its arrival at a viewer, ms. */
  readonly age: AgeSummary;
}

/** ms after which what was on its way has arrived. */
const QUIET_MS = 400;

export const playPart = async (side: Side, viewers: number, seconds: number, tickMs: number): Promise<Part> => {
  const { child, crowd } = side;
  await crowd.ages();
  const [cpuBefore, loadBefore, before, sentBefore] = [await child.cpu(), await crowd.child.cpu(), await crowd.count(), await child.ask<number>('sent')];
  const began = now();
  await side.publish(true);
  await sleep(seconds * 1000);
  await side.publish(false);
  const lasted = now() - began;
  await sleep(QUIET_MS);
  const loadShare = ((await crowd.child.cpu()) - loadBefore) * 1000 / (lasted + QUIET_MS);
  const [cpuSeconds, after, sent] = [(await child.cpu()) - cpuBefore, await crowd.count(), (await child.ask<number>('sent')) - sentBefore];
  const deliveries = after.delivered - before.delivered;
  return { deliveries, sent, due: Math.round((viewers * lasted) / tickMs), cpuSeconds, perCpuSecond: deliveries / cpuSeconds, loadShare, age: await crowd.ages() };
};

export const sum = (parts: readonly Part[], of: (part: Part) => number): number => parts.reduce((total, part) => total + of(part), 0);
