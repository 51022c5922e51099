/** Webhooks on the desk, in real Chromium on an origin with real rooms; a real shop hears them. Facts and the pace of tries are the test's. */
import { mkdtempSync, rmSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JoinAnswer } from '@crowdcue/protocol';
import { Webhook } from 'standardwebhooks';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CrowdRoomDeps } from '../../server/src/rooms/room-deps.js';
import { Breaker } from '../../server/src/webhooks/breaker.js';
import { DEFAULT_TYPES, MESSAGE_TYPES } from '../../server/src/webhooks/messages.js';
import { realRooms } from '../../server/test/support/real-rooms.js';
import { Shop } from '../../server/test/support/shop.js';
import { TestOrigin } from '../../server/test/support/test-origin.js';
import { chromiumPath, DESKTOP, openChromium, SCREENSHOTS, screenshots, serious, sideways, type Chromium } from './browser.js';

const SOON = { timeout: 15_000, interval: 50 };
const SMALL = { width: 320, height: 640 };
const MARKUP = '<img src=x onerror="document.title=\'owned\'"> Shop';

describe.skipIf(chromiumPath === undefined)('webhooks on the desk', { timeout: 120_000 }, () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'crowdcue-hooks-'));
  let rooms: CrowdRoomDeps;
  let test: TestOrigin;
  let browser: Chromium;
  let page: Page;
  let problems: readonly string[];
  let crowd: JoinAnswer[];
  let claimed = 0;

  beforeAll(async () => {
    test = await new TestOrigin(dataDir).start({ LOG_LEVEL: 'warn', WEBHOOK_ALLOW_PRIVATE: '127.0.0.0/8' }, {
      webhooks: { schedule: { wait: (tries) => (tries < 2 ? 10 : undefined) }, makeBreaker: () => new Breaker({ threshold: 3, firstMs: 20, lastMs: 20 }), timeoutMs: 60_000 },
      makeRooms: realRooms((deps) => { rooms = deps; }),
    });
    await test.host();
    await test.event({ id: 'friday', name: 'Friday', drops: [{ id: 'badge', name: 'Badge', kind: 'badge', supply: 40, unlockedBy: 'round-won' }] });
    crowd = await Promise.all(Array.from({ length: 6 }, () => test.join('friday')));
    await rooms.facts.facts('friday', [{ room: 'friday', tick: 1, ordinal: 0, at: 0, trace: 't', type: 'RoundWon', game: 'tug', round: 1, viewers: crowd.map(({ viewer }) => viewer) }]);
    browser = openChromium(chromiumPath!);
    ({ page, problems } = await browser.person(DESKTOP));
    await page.goto((await test.call('POST', '/api/host/links', { bearer: test.session, body: {} })).body.url as string);
    await page.locator('[data-test=fold-hooks] summary').first().press('Enter');
    await page.locator('[data-test=no-endpoints]').waitFor();
  });

  afterAll(async () => {
    await browser?.close();
    await test?.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  /** Somebody gets a badge: one message. */
  const claim = async (): Promise<void> => {
    const { token, viewer } = crowd[claimed++]!;
    const { body } = await test.call('POST', '/api/events/friday/claims', { bearer: token, body: { drop: 'badge', key: `key-of-${viewer}` } });
    if (body.status !== 'granted') throw new Error(JSON.stringify(body));
  };
  const part = (name: string): Locator => page.locator(`cc-webhooks [data-test=${name}]`);
  const told = (name: string): Promise<string> => part(name).innerText();
  const toast = (text: string): Promise<void> => page.locator('[data-test=toast]', { hasText: text }).last().waitFor();
  const yes = (): Locator => page.locator('[data-test=yes]');
  const answer = async (press: () => Promise<void>): Promise<void> => {
    await yes().waitFor();
    await press();
    await yes().waitFor({ state: 'hidden' });
  };
  const refuse = (): Promise<void> => answer(() => page.keyboard.press('Escape'));
  const agree = (): Promise<void> => answer(() => yes().click());
  /** Writes what is to be added; the address is refused until it is a good one. */
  const add = async (url: string): Promise<void> => {
    await part('url').fill(url);
    await part('add').press('Enter');
  };
  const shown = async (name: string, tag = 'cc-webhooks'): Promise<void> => {
    await page.setViewportSize(SMALL);
    expect(await sideways(page)).toBeLessThanOrEqual(0);
    await page.setViewportSize(DESKTOP);
    expect(await serious(page, ['cc-console', 'cc-desk', 'cc-drops', tag])).toEqual([]);
    await screenshots(page, name, page.locator(tag));
  };
  const hear = async (): Promise<Shop> => {
    const shop = await Shop.start();
    const { webhooks: [one] } = (await test.call('GET', '/api/webhooks', { bearer: test.session })).body as { webhooks: { id: string }[] };
    if (one !== undefined) await test.call('PUT', `/api/webhooks/${one.id}`, { bearer: test.session, body: { url: shop.url('/hook') } });
    return shop;
  };

  it('[HDR9] a host adds an endpoint: a refused address stands beside its field, the secret is shown once, and what a host wrote is words', async () => {
    const shop = await hear();
    await part('add-endpoint').locator('summary').first().press('Enter');
    for (const [url, why] of [['', 'address'], ['ftp://x.org', 'webhook_url_refused'], ['http://10.0.0.1/', 'webhook_url_refused'], ['javascript:alert(1)', 'webhook_url_refused']] as const) {
      await add(url);
      await expect.poll(() => told('wrong'), SOON).toContain(why);
      expect([await part('url').inputValue(), await part('url').getAttribute('aria-invalid')]).toEqual([url, 'true']);
    }
    await part('what').fill(MARKUP);
    await part('more-endpoint').press('Enter');
    const types = page.locator('cc-webhooks [name=types]');
    const values = (of: Locator): Promise<string[]> => of.evaluateAll((all) => all.map((each) => (each as HTMLInputElement).value).sort());
    expect([await values(types), await values(page.locator('cc-webhooks [name=types]:checked'))]).toEqual([[...MESSAGE_TYPES].sort(), [...DEFAULT_TYPES].sort()]);
    for (const type of DEFAULT_TYPES) await page.locator(`cc-webhooks [value="${type}"]`).uncheck();
    await add(shop.url('/hook'));
    await expect.poll(() => told('wrong'), SOON).toContain('Choose one at least');
    await shown('console-webhooks-add');
    await page.locator('cc-webhooks [value="app.crowdcue.drop.granted"]').check();
    await part('own').check();
    await add(shop.url('/hook'));
    const secret = await part('snippet').innerText();
    expect(secret).toMatch(/^whsec_[\w+/]{43}=$/);
    expect(await page.evaluate(() => { // the keyboard is led to it
      let at: Element | null = document.activeElement;
      while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
      return at?.getAttribute('data-test');
    })).toBe('secret');
    await part('endpoint').waitFor();
    expect([await told('description'), await told('state'), await page.evaluate(() => document.title === 'owned')]).toEqual([MARKUP, 'On', false]);
    expect((await test.call('GET', '/api/webhooks', { bearer: test.session })).body.webhooks).toMatchObject([{ url: shop.url('/hook'), description: MARKUP, event: 'friday', types: ['app.crowdcue.drop.granted'] }]);
    await part('ping').press('Enter');
    await expect.poll(() => told('pinged'), SOON).toMatch(/^The ping of .* arrived in \d+ ms\.$/);
    expect(new Webhook(secret).verify(shop.calls[0]!.body, shop.calls[0]!.headers)).toBeTruthy();
    await part('secret-kept').press('Enter');
    expect(await page.content()).not.toContain(secret);
    expect(await part('snippet').count()).toBe(0);
    expect(problems).toEqual([]);
  });

  it('[HDR10] how an endpoint does is seen without a press; dead letters are sent again, one or all, or discarded after a question', async () => {
    const shop = await hear();
    const held: ServerResponse[] = [];
    shop.behave('/hook', (_, response) => void held.push(response));
    await claim();
    await expect.poll(() => told('pending'), SOON).toBe('1 pending');
    await expect.poll(() => held.length, SOON).toBe(1);
    shop.behave('/hook', (_, response) => void response.writeHead(500).end());
    held[0]!.writeHead(204).end();
    for (let more = 0; more < 3; more += 1) await claim();
    await expect.poll(async () => [await told('pending'), await told('dead-count'), await told('state')], SOON).toEqual(['0 pending', '3 dead', 'Down']);
    expect(await told('last-error')).toMatch(/: HTTP 500$/);
    await part('dead').locator('summary').press('Enter');
    const letters = (): Promise<string[][]> => part('letter').evaluateAll((rows) => rows.map((each) => [...each.querySelectorAll('p span')].map((cell) => cell.textContent!.trim())));
    await expect.poll(letters, SOON).toEqual(Array.from({ length: 3 }, () => ['drop granted', expect.stringMatching(/^friday:\d+$/), '2 tries', 'HTTP 500']));
    const [first] = (await letters()).map((cells) => cells[1]!);
    await shown('console-webhooks-dead');
    await part('discard').first().click();
    await refuse();
    expect((await letters()).length).toBe(3);
    await part('discard').first().click();
    await agree();
    await toast('The message is discarded.');
    await expect.poll(async () => (await letters()).length, SOON).toBe(2);
    const before = shop.calls.length;
    shop.behave('/hook', (_, response) => void response.writeHead(204).end());
    const [second] = (await letters()).map((cells) => cells[1]!);
    await part('replay').first().press('Enter');
    await shop.until(() => shop.calls.length === before + 1);
    expect([shop.calls.at(-1)!.event.subject, shop.calls.at(-1)!.id]).toEqual([second, second]);
    await expect.poll(async () => [await told('dead-count'), await told('state'), await part('last-error').count()], SOON).toEqual(['1 dead', 'On', 0]);
    await part('replay-all').press('Enter');
    await toast('1 message sent again.');
    await part('no-dead').waitFor();
    await shop.until(() => shop.calls.length === before + 2);
    expect(shop.calls.map(({ id }) => id).slice(before)).not.toContain(first);
    expect(problems).toEqual([]);
  });

  it('[HDR12] the desk makes the secrets that a shop signs its reports with, shows each once, replaces and removes it after a question', async () => {
    await page.locator('[data-test=fold-shop] summary').press('Enter');
    const shop = page.locator('cc-shop');
    const row = (scope: 'event' | 'workspace', name: string): Locator => shop.locator(`[data-test=shop-${scope}] [data-test=${name}]`);
    await expect.poll(() => row('event', 'standing').innerText(), SOON).toBe('No secret yet.');
    await shown('console-shop', 'cc-shop');
    const address = await shop.locator('[data-test=snippet]').innerText();
    const secretShown = shop.locator('cc-secret-once [data-test=snippet]');
    const newSecret = async (scope: 'event' | 'workspace', sure?: () => Promise<void>): Promise<string> => {
      await row(scope, 'make').press('Enter');
      await sure?.();
      await secretShown.waitFor(SOON);
      const secret = await secretShown.innerText();
      await shop.locator('[data-test=secret-kept]').press('Enter');
      expect(await page.content()).not.toContain(secret);
      return secret;
    };
    const granted = (await test.call('GET', '/api/events/friday/ledger', { bearer: test.session })).body.entries.filter(({ type }: { type: string }) => type === 'Granted') as { seq: number }[];
    /** What a shop that signs with this secret is told of a grant at the address that the desk shows. */
    const report = async (secret: string, grant: number): Promise<string> => {
      const [id, now, body] = [`r-${grant}`, new Date(), JSON.stringify({ type: 'fulfilled', entitlement: `friday:${granted[grant]!.seq}` })];
      const headers = { 'content-type': 'application/json', 'webhook-id': id, 'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)), 'webhook-signature': new Webhook(secret).sign(id, now, body) };
      const said = (await (await fetch(address, { method: 'POST', body, headers })).json()) as { state?: string; code?: string };
      return said.state ?? said.code!;
    };
    const first = await newSecret('event');
    expect(await row('event', 'standing').innerText()).toMatch(/^Signed since /);
    expect(await report(first, 0)).toBe('fulfilled');
    await row('event', 'make').press('Enter');
    await refuse();
    const second = await newSecret('event', agree);
    expect(second).not.toBe(first);
    await expect.poll(() => row('event', 'standing').innerText(), SOON).toContain('The secret before counts too until');
    expect([await report(first, 1), await report(second, 2)]).toEqual(['fulfilled', 'fulfilled']);
    const everywhere = await newSecret('workspace');
    await row('event', 'remove').click();
    await refuse();
    await row('event', 'remove').click();
    await agree();
    await toast('The secret for reports for this event is removed.');
    await expect.poll(() => row('event', 'standing').innerText(), SOON).toBe('No secret yet.');
    expect([await report(second, 3), await report(everywhere, 3)]).toEqual(['commerce_forged', 'fulfilled']);
    await shown('console-shop-secrets', 'cc-shop');
    await page.context().setOffline(true);
    await row('workspace', 'remove').click();
    await agree();
    await expect.poll(() => shop.locator('[data-test=wrong]').last().innerText(), SOON).toContain('unreachable');
    await page.context().setOffline(false);
    await shop.getByRole('button', { name: 'Refresh' }).click();
    await expect.poll(() => row('workspace', 'standing').innerText(), SOON).toMatch(/^Signed since /);
    await page.locator('[data-test=fold-shop] summary').press('Enter');
    expect(problems).toEqual([]);
  });

  it('[HDR11] pausing is taken back by a press, a new secret and the end are asked for; a 410 is told; others see why it is locked', async () => {
    const shop = await hear();
    await part('pause').press('Enter');
    await expect.poll(() => told('state'), SOON).toBe('Paused');
    await page.getByRole('button', { name: 'Undo' }).last().press('Enter');
    await expect.poll(() => told('state'), SOON).toBe('On');
    shop.behave('/hook', (_, response) => void response.writeHead(410).end());
    await part('ping').press('Enter');
    await expect.poll(() => told('pinged'), SOON).toMatch(/^The ping of .* did not arrive: HTTP 410\.$/);
    await claim();
    await expect.poll(async () => [await told('state'), await told('dead-count')], SOON).toEqual(['Switched off', '1 dead']);
    await part('resume').press('Enter');
    await expect.poll(() => told('state'), SOON).toBe('On');
    await part('rotate').click();
    await refuse();
    expect(await part('secret').count()).toBe(0);
    await part('rotate').click();
    await agree();
    const secret = await part('snippet').innerText();
    shop.behave('/hook', (_, response) => void response.writeHead(204).end());
    await part('replay-all').press('Enter');
    await shop.until(() => shop.calls.some(({ event }) => event.type === 'app.crowdcue.drop.granted' && event.subject !== undefined) && shop.calls.length === 3);
    expect(new Webhook(secret).verify(shop.calls.at(-1)!.body, shop.calls.at(-1)!.headers)).toBeTruthy();
    await part('remove').click();
    await refuse();
    await part('remove').click();
    await agree();
    await part('no-endpoints').waitFor();
    expect((await test.call('GET', '/api/webhooks', { bearer: test.session })).body).toEqual({ webhooks: [] });
    const invited = await test.call('POST', '/api/workspaces/members', { bearer: test.session, body: { name: 'Co', role: 'co-host' } });
    await page.goto('about:blank'); // another page, not another part of this one
    await page.goto(invited.body.url as string);
    expect(await page.locator('[data-test=locked-hooks]').innerText()).toContain('Only the host');
    expect(await page.locator('[data-test=fold-hooks]').count()).toBe(0);
    await page.locator('cc-drops').screenshot({ path: join(SCREENSHOTS, 'console-webhooks-locked.png') });
    expect(problems).toEqual([]);
  });
});
