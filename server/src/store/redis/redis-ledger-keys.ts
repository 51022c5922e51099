/** Every key of one event's ledger. They share one `{hash tag}`, so on a Redis Cluster one node has them all. */
export interface LedgerKeys {
  /** hash: `seq` and `at` of the last entry */
  readonly head: string;
  /** stream, ids `<seq>-0` */
  readonly entries: string;
  /** hash: drop id → terms as JSON, never changed */
  readonly terms: string;
  /** hash: `<drop> <what>` and `<drop> <what> <variant>` → what a claim reads and moves */
  readonly stock: string;
  /** hash: `<gate>/<viewer>` → seq of its entry */
  readonly unlocks: string;
  /** hash: gate → viewers for whom it is open */
  readonly gates: string;
  /** hash: `<viewer>/<drop>` → `<state> <seq> <tail> <shown>` */
  readonly holdings: string;
  /** hash: idempotency key, or `m:` and that of a move → `<seq> <viewer> <drop>` */
  readonly claims: string;
  /** hash: `<drop>/<subject>` → the viewer who stands for that person */
  readonly subjects: string;
  /** sorted set: seq of a reservation that stands, in 16 digits, by ms until when it does */
  readonly reservations: string;
  /** sorted set, all scores 0: `<drop> <seq in 16 digits> <variant>` of each ticket of a lot; a range by text is one drop's */
  readonly tickets: string;
  /** set: tickets that were allotted */
  readonly allotted: string;
  /** hash: `<viewer> <achievement>` → the tags counted so far as a JSON list; viewer 0 is the crowd */
  readonly progress: string;
  /** hash: room → `<tick> <ordinal>` of the last fact */
  readonly cursors: string;
}

/** `at`: what begins every key of the event, hash tag included. */
export const ledgerKeysAt = (at: string): LedgerKeys => ({
  head: `${at}head`, entries: `${at}entries`, terms: `${at}terms`, stock: `${at}stock`, unlocks: `${at}unlocks`, gates: `${at}gates`,
  holdings: `${at}holdings`, claims: `${at}claims`, subjects: `${at}subjects`, reservations: `${at}reservations`, tickets: `${at}tickets`, allotted: `${at}allotted`, progress: `${at}progress`, cursors: `${at}cursors`,
});
