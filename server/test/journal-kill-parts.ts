/** Checkpoints whose parts say by which tick they were written, so that a mixture of two shows. */
import type { CheckpointChange } from '../src/journal/index.js';

const PARTS = 120;
const EVERY = 7;
const part = (tick: number): Uint8Array => Buffer.alloc(8_000, `${tick}.`);

/** The checkpoint of `tick` in an epoch that began with a whole one at `first`. */
export const changeAt = (tick: number, first: number): CheckpointChange => {
  const whole = tick === first;
  const parts = new Map<string, Uint8Array>([['head', Buffer.from(`${first}`)], [`of/${tick}`, part(tick)]]);
  for (let i = 0; i < PARTS; i++) if (whole || i % EVERY === tick % EVERY) parts.set(`part/${i}`, part(tick));
  return { tick, time: tick, parts, drop: whole ? [] : [`of/${tick - 1}`], whole };
};

/** All parts that there are after it. */
export const partsAt = (tick: number, first: number): Map<string, Uint8Array> => {
  const all = new Map<string, Uint8Array>();
  for (let at = first; at <= tick; at++) {
    const { parts, drop } = changeAt(at, first);
    for (const name of drop) all.delete(name);
    for (const [name, bytes] of parts) all.set(name, bytes);
  }
  return all;
};
