import type { DropReport, LotProof, LotReport } from '@crowdcue/protocol';
import type { DropHistory } from './drop-history.js';

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

export function dropReport(event: string, history: DropHistory): DropReport {
  const { terms } = history;
  const info = terms.info ?? {};
  return {
    event, drop: terms.id, name: terms.name, kind: terms.kind, test: terms.test,
    allocation: terms.allocation ?? 'first-come', proof: terms.proof ?? 'none',
    opensAt: terms.opensAt ?? null, closesAt: terms.closesAt ?? null, early: terms.early ?? {}, eligible: terms.eligible ?? {}, entitlementMs: terms.entitlementMs ?? null,
    variants: Object.fromEntries(Object.entries(history.variants).map(([id, count]) => [id, { defined: terms.variants[id] ?? null, ...count }])),
    restock: { returns: terms.restock === 'return', policy: text(info['restockPolicy']), done: history.restocks },
    refundPolicy: text(info['refundPolicy']), rules: text(info['rules']), sponsor: text(info['sponsor']),
    firstGrantAt: history.firstGrantAt ?? null, lastGrantAt: history.lastGrantAt ?? null, soldOutAt: history.soldOutAt ?? null,
    lot: lotReport(history),
  };
}

function lotReport({ terms, lot, tickets, winners, withdrawn }: DropHistory): LotReport | null {
  if (terms.allocation !== 'fair-window' && terms.allocation !== 'lottery') return null;
  const [, listed, drawn, settled] = lot;
  const state = settled ? 'settled' : drawn ? 'drawn' : listed ? 'listed' : lot.length > 0 ? 'frozen' : 'collecting';
  const commitment = terms.commitment ?? '';
  const listHash = listed === undefined ? null : text(listed.data?.['hash']);
  const { seed, entropy, source, units } = drawn?.data ?? {};
  const proof: LotProof | null = settled === undefined || typeof units !== 'string' ? null : {
    commitment, seed: text(seed), entropy: text(entropy), listHash: listHash ?? '', units: JSON.parse(units) as LotProof['units'],
    tickets: [...tickets].map(([ticket, variant]) => ({ ticket, variant })), winners: [...winners], withdrawn,
  };
  return { state, commitment, tickets: tickets.size, listHash, source: drawn === undefined ? null : text(source), proof };
}

