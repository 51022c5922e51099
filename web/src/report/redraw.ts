/** Draws a published lot again in the browser, by the lines that the origin drew it by. */
import { redrawLot, type LotFault, type LotProof, type Sha256 } from '@crowdcue/protocol';

export interface Redrawn {
  readonly faults: readonly LotFault[];
  /** Place of each ticket in the draw, from 1. */
  readonly places: ReadonlyMap<number, number>;
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const encoder = new TextEncoder();

/** Hashes of seed, list and draw key, besides one a ticket. */
const OTHERS = 3;

/** Hashes between two breaths: digests follow each other without one, and nothing would be painted until the last. */
const BREATH = 1_024;
const breath = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

/** Whether this page may hash: browsers give WebCrypto to secure pages alone. */
export const canRedraw = (): boolean => globalThis.crypto?.subtle !== undefined;

const sha256 = async (text: string): Promise<string> => {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', encoder.encode(text)));
  let hex = '';
  for (const byte of digest) hex += HEX[byte];
  return hex;
};

/** `progress`: from 0 to 1, a hundred times at most. */
export const redraw = async (proof: LotProof, progress: (share: number) => void): Promise<Redrawn> => {
  const all = proof.tickets.length + OTHERS;
  let begun = 0;
  let done = 0;
  let told = -1;
  const counted: Sha256 = async (text) => {
    if (++begun % BREATH === 0) await breath();
    const hash = await sha256(text);
    const percent = Math.floor((++done / all) * 100);
    if (percent > told) progress((told = percent) / 100);
    return hash;
  };
  const { faults, draw } = await redrawLot(proof, counted);
  return { faults, places: new Map(draw.map(({ ticket }, index) => [ticket, index + 1])) };
};
