/** Which server answers at an address, as it says itself. */
export interface RedisServerIdentity {
  /** made anew at each start of a server */
  readonly runId: string;
  /** `master` where it takes writes */
  readonly role: string;
  /** it reads its log and answers nothing else yet */
  readonly loading: boolean;
  /** replicas that follow it now; those that still copy are none */
  readonly replicas: number;
  /** `WAITAOF` is there: a replica can say that it synced, not only that it heard */
  readonly syncsReplicas: boolean;
}

type Ask = (command: string, ...args: string[]) => Promise<unknown>;

const isAtLeast = (version: string, major: number, minor: number): boolean => {
  const [a = 0, b = 0] = version.split('.').map(Number);
  return a > major || (a === major && b >= minor);
};

/** Asks a server who it is. @throws what `ask` throws */
export const serverIdentity = async (ask: Ask): Promise<RedisServerIdentity> => {
  const text = String(await ask('INFO'));
  const field = (name: string): string => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(text)?.[1] ?? '';
  return {
    runId: field('run_id'),
    role: field('role'),
    loading: field('loading') === '1',
    replicas: [...text.matchAll(/^slave\d+:.*\bstate=online\b/gm)].length,
    syncsReplicas: isAtLeast(field('redis_version'), 7, 2),
  };
};
