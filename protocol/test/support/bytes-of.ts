/** Small helpers that the protocol's tests share. */
import { randomInt } from 'node:crypto';
import { CrowdcueError, type ErrorCode } from '@crowdcue/protocol';

export const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
/** Bytes of a literal; blanks are for the reader. */
export const fromHex = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex.replaceAll(/\s/g, ''), 'hex'));
/** Without Buffer's own type, so that `toEqual` compares bytes with bytes. */
export const plain = (bytes: Uint8Array): Uint8Array => new Uint8Array(bytes);

/** The code of the CrowdcueError that `work` throws, `undefined` when it throws none; any other exception goes through. */
export const codeOf = (work: () => unknown): ErrorCode | undefined => {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof CrowdcueError) return error.code;
    throw error;
  }
};

/** A seed for this run; `CROWDCUE_SEED` repeats an earlier one. fast-check prints the seed of a property that fails by itself. */
export const seedOf = (name: string): number => {
  const seed = Number(process.env['CROWDCUE_SEED'] ?? randomInt(2 ** 31));
  console.info(`${name}: CROWDCUE_SEED=${seed}`);
  return seed;
};

/** mulberry32: integers below `below`, the same for the same seed. */
export const randomOf = (seed: number): ((below: number) => number) => {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below);
  };
};
