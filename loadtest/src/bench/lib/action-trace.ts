import { BatchBuilder } from '@crowdcue/protocol';
import { seeded } from '../../clock.js';

/** A crowd's actions as a relay batches them. */
export interface TraceOptions {
  readonly viewers: number;
  readonly batches: number;
  readonly actionsPerBatch: number;
  /** Each so manieth action is one that was sent before; 0 for none. */
  readonly repeatEvery: number;
  /** Event time of the first batch, ms. */
  readonly start: number;
  /** Event time between two batches, ms. */
  readonly stepMs: number;
  /** Number of the first batch. */
  readonly firstN: number;
  /** The number of everybody's last action before; 0 by default. */
  readonly lastNumber?: number;
}

export interface Trace {
  readonly batches: readonly Uint8Array[];
  /** Of each batch, how many of its actions were not sent before. */
  readonly firsts: readonly number[];
}

/** A flush's length, ms: what the oldest action of a batch has waited. */
const FLUSH_MS = 50;
/** ms since the round's mark: anywhere in a round of 90 s. */
const ROUND_MS = 90_000;

/** By the relay's own builder: viewers in any order, their numbers rising, arrivals spread over a flush. Seeded, so every run has the same. */
export const actionTrace = ({ viewers, batches: count, actionsPerBatch, repeatEvery, start, stepMs, firstN, lastNumber = 0 }: TraceOptions): Trace => {
  const random = seeded(1);
  const builder = new BatchBuilder();
  const numbers = new Uint32Array(viewers).fill(lastNumber);
  const batches: Uint8Array[] = [];
  const firsts: number[] = [];
  let actions = 0;
  for (let b = 0; b < count; b++) {
    const time = start + b * stepMs;
    let first = 0;
    for (let i = 0; i < actionsPerBatch; i++) {
      const slot = Math.floor(random() * viewers);
      const again = numbers[slot]! > 0 && repeatEvery > 0 && actions % repeatEvery === 0;
      if (!again) first++;
      const n = again ? numbers[slot]! : ++numbers[slot]!;
      builder.action(slot, { n, round: 1, choice: slot & 1, value: 1 + (n % 5) }, time - random() * FLUSH_MS, random() * ROUND_MS);
      actions++;
    }
    batches.push(builder.encode(firstN + b, time));
    firsts.push(first);
  }
  return { batches, firsts };
};
