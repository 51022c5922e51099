import { StoreError } from '../errors.js';

/** Where a Redis Cluster is: some of its nodes, and what every node's address has beside host and port. */
export interface ClusterAddress {
  /** URLs of single nodes, asked one after the other for the rest */
  readonly seeds: readonly string[];
  /** @returns the URL of a node that another one told of */
  readonly nodeUrl: (host: string, port: number) => string;
}

/** scheme, `user:password@` or nothing, hosts with ports and commas between */
const CLUSTER = /^(rediss?)\+cluster:\/\/([^@/]*@)?([^@/?#]+)\/?$/;

const isNode = (url: string): boolean => URL.canParse(url) && new URL(url).hostname !== '';

/**
 * Takes `redis+cluster://` or `rediss+cluster://[user:password@]host:port[,host:port…]` apart.
 * @returns undefined for anything else
 */
export const clusterAddress = (url: string): ClusterAddress | undefined => {
  const [, scheme, login = '', hosts = ''] = CLUSTER.exec(url) ?? [];
  if (scheme === undefined) return undefined;
  const seeds = hosts.split(',').map((host) => `${scheme}://${login}${host}`);
  if (!seeds.every(isNode)) return undefined;
  return { seeds, nodeUrl: (host, port) => `${scheme}://${login}${host.includes(':') ? `[${host}]` : host}:${port}` };
};

/** Whether it is `redis://` or `rediss://` with a host. */
export const isRedisUrl = (url: string): boolean => URL.canParse(url) && /^rediss?:$/.test(new URL(url).protocol) && new URL(url).hostname !== '';

/** A node as `CLUSTER SLOTS` has it. An empty host is that of the node which says so. */
export type SlotRange = readonly [from: number, to: number, primary: readonly [host: Buffer | null, port: number, ...more: unknown[]], ...replicas: unknown[]];

/** Which node a redirection names: `MOVED <slot> <host>:<port>`, or `ASK`. */
export const redirection = (error: unknown): { kind: 'MOVED' | 'ASK'; host: string; port: number } | undefined => {
  const message = error instanceof StoreError && error.cause instanceof Error ? error.cause.message : '';
  const [, kind, host = '', port] = /^(MOVED|ASK) \d+ (.*):(\d+)$/.exec(message) ?? [];
  return kind === undefined ? undefined : { kind: kind as 'MOVED' | 'ASK', host, port: Number(port) };
};
