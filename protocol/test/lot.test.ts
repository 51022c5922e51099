import { createHash, webcrypto } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkLot, drawLot, type LotProof, lotList, type LotTicket, lotWinners } from '../src/index.js';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const inBrowsers = async (text: string): Promise<string> => Buffer.from(await webcrypto.subtle.digest('SHA-256', new TextEncoder().encode(text))).toString('hex');

const prove = async (tickets: readonly LotTicket[], units: LotProof['units'], seed = 'seed', entropy = 'entropy'): Promise<LotProof> => {
  const listHash = sha256(lotList(tickets));
  const draw = await drawLot(tickets, { seed, entropy, listHash }, sha256);
  return { commitment: sha256(seed), seed, entropy, listHash, tickets, units, winners: lotWinners(draw, units), withdrawn: [] };
};
const many = (count: number): LotTicket[] => Array.from({ length: count }, (_, index) => ({ ticket: 3 + 2 * index, variant: index % 3 === 0 ? 'red' : 'blue' }));

describe('a lot', () => {
  it('[DRW1] is what the text says: these tickets, seed and entropy give this list, these ranks and these winners', async () => {
    const tickets: LotTicket[] = [{ ticket: 11, variant: 'a' }, { ticket: 7, variant: 'b' }, { ticket: 9, variant: 'a' }];
    expect(lotList(tickets)).toBe('7 b\n9 a\n11 a\n');
    const listHash = 'b9b9f7a4d9c1ff1cc2da8d1a2b6a5a0a0a4b7f0f1f0e7d9bb7ab9b5c0d1e2f30';
    const draw = await drawLot(tickets, { seed: 's', entropy: 'e', listHash }, sha256);
    const key = sha256(`s\ne\n${listHash}`);
    const byHand = [7, 9, 11].map((ticket) => [sha256(`${key}\n${ticket}`), ticket] as const).sort().map(([, ticket]) => ticket);
    expect(draw.map(({ ticket }) => ticket)).toEqual(byHand);
    expect(lotWinners(draw, { a: 1, b: null })).toEqual(byHand.filter((ticket) => ticket === 7 || ticket === byHand.find((each) => each !== 7)));
  });

  it('[DRW2] gives no more units than there are, of each variant, and the same in a browser and whatever the order of the list', async () => {
    await fc.assert(fc.asyncProperty(fc.nat(60), fc.nat(20), fc.nat(20), fc.string(), fc.string(), async (count, red, blue, seed, entropy) => {
      const tickets = many(count);
      const proof = await prove(tickets, { red, blue }, seed, entropy);
      const won = (variant: string): number => proof.winners.filter((ticket) => tickets.find((each) => each.ticket === ticket)!.variant === variant).length;
      expect([won('red'), won('blue')]).toEqual([Math.min(red, Math.ceil(count / 3)), Math.min(blue, count - Math.ceil(count / 3))]);
      expect(await checkLot({ ...proof, tickets: tickets.toReversed() }, inBrowsers)).toEqual([]);
    }), { numRuns: 60 });
  });

  it('[DRW3] whatever was changed after it shows: seed, entropy, list, a winner, the order', async () => {
    const proof = await prove(many(40), { red: 3, blue: 5 });
    const swapped = [proof.winners[1]!, proof.winners[0]!, ...proof.winners.slice(2)];
    const faults = async (change: Partial<LotProof>): Promise<string[]> => checkLot({ ...proof, ...change }, sha256);
    expect(await faults({})).toEqual([]);
    expect(await faults({ seed: 'another' })).toEqual(['commitment', 'winners']);
    expect(await faults({ entropy: 'another' })).toEqual(['winners']);
    expect(await faults({ tickets: proof.tickets.slice(1) })).toContain('list');
    expect(await faults({ winners: proof.winners.slice(1) })).toEqual(['winners']);
    expect(await faults({ winners: swapped })).toEqual(['winners']);
    expect(await faults({ units: { red: 3, blue: 6 } })).toEqual(['winners']);
    expect([await faults({ withdrawn: [proof.winners[2]!] }), await faults({ withdrawn: [proof.winners[2]!], winners: proof.winners.toSpliced(2, 1) })]).toEqual([['winners'], []]);
  });

  it('[DRW4] favours no place in the list: over 2,000 draws each of ten tickets wins about as often', async () => {
    const tickets = many(10).map(({ ticket }) => ({ ticket, variant: 'one' }));
    const wins = new Map(tickets.map(({ ticket }) => [ticket, 0]));
    for (let run = 0; run < 2_000; run++) {
      const { winners } = await prove(tickets, { one: 3 }, `seed ${run}`);
      for (const ticket of winners) wins.set(ticket, wins.get(ticket)! + 1);
    }
    // 600 expected; chi-square with 9 degrees of freedom passes 33.7 in one of 10,000 fair drawings, and the seeds are fixed.
    const chi = [...wins.values()].reduce((sum, seen) => sum + (seen - 600) ** 2 / 600, 0);
    expect(chi).toBeLessThan(33.7);
  });
});
