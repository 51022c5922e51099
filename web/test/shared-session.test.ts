import { describe, expect, it } from 'vitest';
import { CrowdcueError } from '@crowdcue/client';
import type { GameSession, OpenSession } from '@crowdcue/client/element';
import { sharedSession } from '../src/demo/shared-session.js';

/** A session that ends when the test says so. */
class Ending {
  left = 0;
  readonly #heard: (() => void)[] = [];

  on(type: string, listener: () => void): () => void {
    if (type === 'closed') this.#heard.push(listener);
    return () => undefined;
  }

  leave(): void {
    this.left++;
  }

  end(): void {
    for (const each of this.#heard) each();
  }
}

describe('one session for all elements of a page', () => {
  it('[EMB21] is one for all, stays when one leaves, and is opened anew once it was refused or has ended', async () => {
    const opened: Ending[] = [];
    let refused = true;
    const open = sharedSession(((options: object) => {
      expect(options).not.toHaveProperty('signal'); // who stops waiting ends it for nobody else
      if (refused) return Promise.reject(new CrowdcueError('unavailable'));
      opened.push(new Ending());
      return Promise.resolve(opened.at(-1) as unknown as GameSession);
    }) as OpenSession);
    const ask = (): Promise<GameSession> => open({ origin: 'http://x.test', event: 'ABCDEF', signal: new AbortController().signal });

    await Promise.all([expect(ask()).rejects.toThrow(), expect(ask()).rejects.toThrow()]);
    refused = false;
    const [one] = await Promise.all([ask(), ask(), ask()]);
    one.leave();
    await ask();
    expect([opened.length, opened[0]!.left]).toEqual([1, 0]);

    let next: Promise<GameSession> | undefined;
    one.on('closed', () => void (next = ask())); // as an element does whose viewer presses "Try again"
    opened[0]!.end();
    await next;
    await ask();
    expect(opened).toHaveLength(2);
    opened[0]!.end(); // the one before may say so twice: it is not this one's end
    await ask();
    expect(opened).toHaveLength(2);
  });
});
