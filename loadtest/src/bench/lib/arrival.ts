/** A crowd that comes in all at once, more of them than may: what it costs, and whether the numbers add up. */
import { now, sleep } from '../../clock.js';
import type { Stops } from './benchmark.js';
import type { Dial } from './dials.js';
import { Crowd } from './sides.js';

/** ms in which all must be settled, and after which nothing changes any more. */
const SETTLE_MS = 20_000;
const QUIET_MS = 300;
const LOOK_MS = 50;

/** Where a crowd knocks. */
export interface Gate {
  readonly name: string;
  readonly dial: Dial;
  /** How many knock, and how many of them must come in. */
  readonly knocking: number;
  readonly places: number;
  /** Whoever is too many waits in line instead of being turned away. */
  readonly line?: boolean;
  /** CPU seconds of the process that viewers connect to, and of the room behind it, if that is another. */
  cpu(): Promise<number>;
  roomCpu(): Promise<number>;
  /** Viewers that the room itself counts. */
  counted(): Promise<number>;
}

/** One side's crowd coming in. */
export interface Arrival {
  readonly admitted: number;
  /** By what they were told. */
  readonly turnedAway: Readonly<Record<string, number>>;
  /** Who waits for a place. */
  readonly inLine: number;
  readonly counted: number;
  readonly seconds: number;
  readonly perSecond: number;
  readonly cpuSeconds: number;
  readonly perCpuSecond: number;
  readonly roomCpuSeconds: number;
}

/** Everybody knocks, and all that comes of it is awaited. Throws when somebody is lost or too many are in. */
export const arrive = async (gate: Gate, from: string): Promise<Arrival> => {
  const { places, knocking, line = false } = gate;
  const own: Stops = [];
  try {
    const crowd = await Crowd.start({ dial: gate.dial, from: [from], lenient: true }, own);
    const [before, cpuBefore, roomBefore] = [await gate.counted(), await gate.cpu(), await gate.roomCpu()];
    const seconds = await crowd.connect(knocking, line ? places : knocking);
    const settled = async (): Promise<boolean> => (await crowd.count()).in === places && (await gate.counted()) - before === places;
    for (const end = now() + SETTLE_MS; now() < end && !(await settled()); await sleep(LOOK_MS));
    await sleep(QUIET_MS);
    const [cpuSeconds, roomCpuSeconds] = [(await gate.cpu()) - cpuBefore, (await gate.roomCpu()) - roomBefore];
    const [{ in: admitted, lost: turnedAway }, counted] = [await crowd.count(), (await gate.counted()) - before];
    const away = Object.values(turnedAway).reduce((sum, each) => sum + each, 0);
    const inLine = knocking - admitted - away;
    if (admitted !== places || counted !== places || (line ? away : inLine) !== 0) {
      throw new Error(`${gate.name}: ${knocking} knocked at ${places} places, ${admitted} are in, the room counts ${counted}, turned away were ${JSON.stringify(turnedAway)}`);
    }
    await crowd.close();
    for (const end = now() + SETTLE_MS; now() < end && (await gate.counted()) > before; await sleep(LOOK_MS));
    return { admitted, turnedAway, inLine, counted, seconds, perSecond: admitted / seconds, cpuSeconds, perCpuSecond: admitted / cpuSeconds, roomCpuSeconds };
  } finally {
    for (const stop of own.toReversed()) await stop();
  }
};
