/**
 * A lot that anybody can draw again: who gets a unit follows from the list of tickets, a seed that was committed to before anybody could
 * claim, and entropy that nobody knew when the list was frozen. Origin and report page run these same lines.
 *
 * 1. `commitment` = SHA-256(seed), told with the drop.
 * 2. At the freeze the list is `<ticket> <variant>\n` for each ticket, ascending; `listHash` = SHA-256 of it, told before the draw.
 * 3. `drawKey` = SHA-256(`<seed>\n<entropy>\n<listHash>`). A ticket's rank is SHA-256(`<drawKey>\n<ticket>`); the draw is the tickets by rank.
 * 4. In the order of the draw each ticket takes a unit of its variant while one is left.
 *
 * All hashes are of UTF-8 text, in lower-case hexadecimal.
 */

/** SHA-256 of a text as 64 hexadecimal digits. */
export type Sha256 = (text: string) => string | Promise<string>;

export interface LotTicket {
  /** seq of the ledger's entry: a whole number from 1 */
  readonly ticket: number;
  readonly variant: string;
}

/** What a drop's public report says of its lot. */
export interface LotProof {
  readonly commitment: string;
  readonly seed: string;
  readonly entropy: string;
  readonly listHash: string;
  readonly tickets: readonly LotTicket[];
  /** Units of each variant that the lot had to give; null: unlimited. */
  readonly units: Readonly<Record<string, number | null>>;
  /** Tickets that got one, in the order of the draw. */
  readonly winners: readonly number[];
  /** Tickets that the host took back after the list was frozen: what they won, nobody of the lot gets. */
  readonly withdrawn: readonly number[];
}

export type LotFault = 'commitment' | 'list' | 'winners';

/** Hashes at once: enough to keep a browser's hashing busy, few enough to leave it breath. */
const AT_ONCE = 2_048;

export const lotList = (tickets: readonly LotTicket[]): string =>
  [...tickets].sort((a, b) => a.ticket - b.ticket).map(({ ticket, variant }) => `${ticket} ${variant}\n`).join('');

/** The tickets in the order of the draw. */
export async function drawLot(tickets: readonly LotTicket[], { seed, entropy, listHash }: Pick<LotProof, 'seed' | 'entropy' | 'listHash'>, sha256: Sha256): Promise<LotTicket[]> {
  const drawKey = await sha256(`${seed}\n${entropy}\n${listHash}`);
  const ranked: { readonly rank: string; readonly of: LotTicket }[] = [];
  for (let from = 0; from < tickets.length; from += AT_ONCE) {
    const some = tickets.slice(from, from + AT_ONCE);
    const ranks = await Promise.all(some.map(({ ticket }) => sha256(`${drawKey}\n${ticket}`)));
    some.forEach((of, index) => ranked.push({ rank: ranks[index]!, of }));
  }
  // Equal ranks would need a collision of SHA-256; the ticket decides, so that the order is one even then.
  return ranked.sort((a, b) => (a.rank < b.rank ? -1 : a.rank > b.rank ? 1 : a.of.ticket - b.of.ticket)).map(({ of }) => of);
}

/** Of a draw, those who get one of the units. */
export function lotWinners(draw: readonly LotTicket[], units: LotProof['units']): number[] {
  const left = new Map(Object.entries(units));
  return draw.flatMap(({ ticket, variant }) => {
    const rest = left.get(variant);
    if (rest === undefined || rest === 0) return [];
    if (rest !== null) left.set(variant, rest - 1);
    return [ticket];
  });
}

/** Draws again from what was published. Empty: it is as it says. */
export const checkLot = async (proof: LotProof, sha256: Sha256): Promise<LotFault[]> => (await redrawLot(proof, sha256)).faults;

/** The same, with the tickets in the order of the draw. */
export async function redrawLot(proof: LotProof, sha256: Sha256): Promise<{ readonly faults: LotFault[]; readonly draw: readonly LotTicket[] }> {
  const faults: LotFault[] = [];
  if ((await sha256(proof.seed)) !== proof.commitment) faults.push('commitment');
  if ((await sha256(lotList(proof.tickets))) !== proof.listHash) faults.push('list');
  const withdrawn = new Set(proof.withdrawn);
  const draw = await drawLot(proof.tickets, proof, sha256);
  const winners = lotWinners(draw, proof.units).filter((ticket) => !withdrawn.has(ticket));
  if (winners.length !== proof.winners.length || winners.some((ticket, index) => ticket !== proof.winners[index])) faults.push('winners');
  return { faults, draw };
}
