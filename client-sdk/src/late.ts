import { CrowdcueError } from '@crowdcue/protocol';

/** A part of the SDK that is loaded when it is first needed. One that does not come is `unavailable`: the next use tries again. */
export const late = <T>(part: Promise<T>): Promise<T> => part.catch((cause: unknown) => {
  throw new CrowdcueError('unavailable', undefined, { cause });
});
