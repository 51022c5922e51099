import { describe, expect, it } from 'vitest';
import { late } from '../src/late.js';

describe('late parts', () => {
  it('[SDK43] reports a part of the SDK that did not load as unavailable, which is worth another try', async () => {
    const cause = new TypeError('Failed to fetch dynamically imported module');
    await expect(late(Promise.reject(cause))).rejects.toMatchObject({ code: 'unavailable', retryable: true, cause });
    await expect(late(Promise.resolve({ part: 1 }))).resolves.toEqual({ part: 1 });
  });
});
