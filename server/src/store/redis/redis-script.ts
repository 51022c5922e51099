import { createHash } from 'node:crypto';

/** A Lua script: it runs in Redis as one step that nothing can come between. */
export interface RedisScript {
  readonly text: string;
  /** how Redis calls it once it has seen it */
  readonly sha: string;
}

/** Scripts stand in TypeScript files, one each, because `tsc -b` copies nothing else to `dist`. */
export const redisScript = (text: string): RedisScript => ({ text, sha: createHash('sha1').update(text).digest('hex') });
