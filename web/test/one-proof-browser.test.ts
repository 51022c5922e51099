/** One person with fifty fresh browsers, on real processes: whoever proves one address gets one unit of a limited drop, however often they come. */
import { randomBytes } from 'node:crypto';
import type { EventView, JoinAnswer, ReceiptView } from '@crowdcue/protocol';
import { openRedis, redisLedger } from '@crowdcue/server';
import { chromium, type Browser, type BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { redisServerPath } from '../../loadtest/src/redis-server.js';
import { CrowdcueSystem } from '../../loadtest/src/system.js';
import { chromiumPath } from './browser.js';

const CONTEXTS = 50;
const AT_ONCE = 10;
const ADDRESS = 'Ada.Lovelace@example.com';
const trace = randomBytes(16).toString('hex');

interface Person {
  readonly context: BrowserContext;
  readonly joined: JoinAnswer;
  post<T>(path: string, body: unknown): Promise<T>;
}

describe.skipIf(chromiumPath === undefined || redisServerPath() === undefined)('one person, in Chromium', () => {
  let system: CrowdcueSystem;
  let browser: Browser;

  beforeAll(async () => {
    system = await CrowdcueSystem.start({ redis: true, relays: 0 });
    browser = await chromium.launch({ executablePath: chromiumPath!, args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'] });
  });
  afterAll(async () => {
    await browser?.close();
    await system?.stop();
  });

  /** Somebody who was never here: no cookie, no storage, no cache. */
  const fresh = async (event: string): Promise<Person> => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`${system.origin.url}/api/join/${event}`); // a page of the origin, without the game's scripts
    expect(await page.evaluate(() => [document.cookie, localStorage.length])).toEqual(['', 0]);
    const post = (path: string, body: unknown, token = '') => page.evaluate(async ([to, text, bearer]) => {
      const headers = { 'content-type': 'application/json', ...(bearer === '' ? {} : { authorization: `Bearer ${bearer}` }) };
      return (await fetch(to!, { method: 'POST', headers, body: text! })).json() as Promise<unknown>;
    }, [path, JSON.stringify(body), token] as const);
    const joined = (await post('/api/join', { event })) as JoinAnswer;
    return { context, joined, post: async <T>(path: string, body: unknown) => (await post(`/api/events/show${path}`, body, joined.token)) as T };
  };

  it('[PRF17] fifty fresh browsers that prove one address get one grant, and all of them see whose it is', async () => {
    const host = await system.host();
    const event = await host.post<EventView>('/api/events', { id: 'show', name: 'Show', drops: [{ id: 'cup', name: 'Cup', kind: 'badge', supply: 10, unlockedBy: 'round-won', proof: 'email' }] });
    const client = await openRedis({ url: system.redis!.url });
    const ledger = redisLedger(client, { now: () => Date.now(), monotonic: () => performance.now() });
    try {
      const receipts: ReceiptView[] = [];
      const seen: unknown[] = [];
      for (let from = 0; from < CONTEXTS; from += AT_ONCE) {
        const people = await Promise.all(Array.from({ length: AT_ONCE }, () => fresh(event.code)));
        await ledger.unlock({ event: 'show', target: { drop: 'cup' }, viewers: people.map(({ joined }) => joined.viewer), trace });
        await Promise.all(people.map(async ({ context, joined, post }, index) => {
          const unproven = await post<ReceiptView>('/claims', { drop: 'cup', key: `unproven-${from + index}` });
          expect(unproven.reason).toBe('claim_proof_needed');
          const email = index % 2 === 0 ? ADDRESS : ` ${ADDRESS.toUpperCase()} `.trim(); // the same mailbox, however it is written
          const { shown } = await post<{ shown: string }>('/proofs/email', { email });
          expect(await post('/proofs/email/confirm', { email, code: shown })).toMatchObject({ proof: 'email' });
          receipts.push(await post<ReceiptView>('/claims', { drop: 'cup', key: `proven-key-${from + index}` }));
          const answer = await fetch(`${system.origin.url}/api/events/show/receipts`, { headers: { authorization: `Bearer ${joined.token}` } });
          seen.push(((await answer.json()) as { receipts: readonly { status: string }[] }).receipts.filter(({ status }) => status === 'granted').length);
          await context.close();
        }));
      }
      expect(receipts.filter(({ status }) => status === 'granted')).toHaveLength(1);
      expect(receipts.filter(({ reason }) => reason === 'claim_subject_taken')).toHaveLength(CONTEXTS - 1);
      expect(seen).toEqual(Array.from({ length: CONTEXTS }, () => 1));
      expect((await ledger.entries('show', 1, 10_000)).filter(({ type }) => type === 'Granted')).toHaveLength(1);
      expect(await ledger.reconcile('show')).toEqual([]);
    } finally {
      await client.close();
    }
  }, 120_000);
});
