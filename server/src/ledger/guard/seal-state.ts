import type { RedisServerIdentity } from '../../store/index.js';

/** What the seal in Redis says, as its scripts answer. */
export interface Seal {
  readonly open: boolean;
  readonly why: string;
  readonly since: number;
  /** server on which the ledger was last found good */
  readonly run: string;
  /** rises with each thaw */
  readonly epoch: number;
  /** the last thaw came by the word of a person, after a repair */
  readonly repaired: boolean;
  /** server that a freeze is about */
  readonly seen: string;
  readonly waitingFor: readonly string[];
}

/** Names the servers that the ledger stands on, one or a cluster's primaries. */
export const runOf = (servers: readonly RedisServerIdentity[]): string => servers.map(({ runId }) => runId).sort().join(',');

export const sealOf = (answer: unknown): Seal => {
  const [state = '', why = '', since = '', run = '', epoch = '', thawed = '', seen = '', ...waitingFor] = (answer as Buffer[]).map(String);
  return { open: state === 'open', why, since: Number(since), run, epoch: Number(epoch), repaired: thawed === 'repaired', seen, waitingFor };
};
