/** A drop's whole life as its viewer sees it: the component in Chromium against an origin with its real rooms and a relay. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRelay, type Relay } from '../../relay/src/index.js';
import type { CrowdRoomDeps } from '../../server/src/rooms/room-deps.js';
import { RELAY_SECRET, TestOrigin } from '../../server/test/support/test-origin.js';
import { chromiumPath, openChromium, SCREENSHOTS, settled, sideways, type Chromium } from '../../web/test/browser.js';
import { bundleElement } from './element-bundle.js';

declare const window: { axe: { run(node: unknown): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> } };
declare const document: { body: unknown };

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const PHONE = { width: 320, height: 740 };
const SHOP = 'https://shop.example/buy?e={entitlement}';
const RULES = 'https://example.org/rules';
const LOT_MS = 60_000;

describe.skipIf(chromiumPath === undefined)('drops in the component, with a real origin', { timeout: 60_000 }, () => {
  let leap = 0;
  let dir: string;
  let test: TestOrigin;
  let relay: Relay;
  let rooms: CrowdRoomDeps;
  let chromium: Chromium;
  /** Has the component's page. */
  let site: Server;
  const people: { page: Page; problems: string[]; viewer: number }[] = [];
  const host = (method: string, path: string, body?: unknown) => test.call(method, `/api/events/show${path}`, { bearer: test.session, ...(body !== undefined && { body }) });
  const ticket = (page: Page, name: string) => page.locator('crowdcue-game .ticket').filter({ has: page.getByRole('heading', { name }) });

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'crowdcue-drops-'));
    await mkdir(SCREENSHOTS, { recursive: true });
    // Only what it is o'clock leaps: leases of rooms count on.
    const clock = { now: () => Date.now() + leap, monotonic: () => performance.now() };
    test = await new TestOrigin(dir).start({}, { clock, makeRooms: (deps) => { rooms = deps; return undefined as never; } });
    relay = await createRelay({ host: '127.0.0.1', port: 0, originUrl: test.url, relayId: 'r1', secret: RELAY_SECRET, incarnation: 1 });
    await test.event({ id: 'show', drops: [
      { id: 'cup', name: 'Gold cup', kind: 'badge', supply: 1, unlockedBy: 'round-won', allocation: 'lottery', closesAt: Date.now() + LOT_MS, eligible: { countries: ['DE', 'AT'], minAge: 18 }, rules: RULES, sponsor: 'North & Ice' },
      { id: 'mug', name: 'Mug', kind: 'link', supply: 5, unlockedBy: 'round-won', checkout: SHOP, reserveMinutes: 1 },
      { id: 'key', name: 'Game key', kind: 'code', unlockedBy: 'round-won' },
    ] });
    await host('POST', '/drops/key/codes', { csv: 'AAAA-BBBB-CCCC\nDDDD-EEEE-FFFF' });
    const modules = await bundleElement();
    site = createServer((request, response) => {
      const code = modules.get(request.url ?? '');
      response.writeHead(200, { 'content-type': code === undefined ? 'text/html' : 'text/javascript' });
      response.end(code ?? `<!doctype html><html lang="en"><title>show</title><meta name="viewport" content="width=device-width"><style>html,body,crowdcue-game{margin:0;height:100%;display:block}</style>
        <body><crowdcue-game event="show" origin="${test.url}"></crowdcue-game><script type="module" src="/page.js"></script>`);
    });
    await new Promise<void>((ready) => site.listen(0, '127.0.0.1', ready));
    chromium = openChromium(chromiumPath!);
    for (let index = 0; index < 2; index++) await person(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`);
    await rooms.facts.facts('show', [{ room: 'show', tick: 1, ordinal: 0, at: 0, trace: 't', type: 'RoundWon', game: 'tug', round: 1, viewers: people.map(({ viewer }) => viewer) }]);
    await Promise.all(people.map(({ page }) => ticket(page, 'Gold cup').waitFor()));
  }, 60_000);
  afterAll(async () => {
    await chromium?.close();
    site?.close();
    await relay?.close();
    await test?.close();
    await rm(dir, { recursive: true, force: true });
  });

  const person = async (address: string): Promise<void> => {
    const { page, context, problems } = await chromium.person(PHONE);
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: address });
    await page.emulateMedia({ reducedMotion: 'reduce' });
    const joined = page.waitForResponse((response) => response.url().endsWith('/api/join') && response.request().method() === 'POST');
    await page.goto(address);
    const { viewer } = (await (await joined).json()) as { viewer: number };
    await page.locator('crowdcue-game [data-stage=idle]').waitFor();
    people.push({ page, problems, viewer });
  };
  const fine = async (page: Page, name: string): Promise<void> => {
    await settled(page);
    await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });
    expect(await sideways(page)).toBe(0);
    await page.evaluate(AXE);
    const { violations } = await page.evaluate(() => window.axe.run(document.body));
    expect(violations.filter(({ id }) => !['region', 'landmark-one-main', 'page-has-heading-one'].includes(id)).map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  };

  it('[VDR1] [VDR2] tells the terms of a lot and asks where and how old the viewer is, once, by keyboard', async () => {
    const { page } = people[0]!;
    const cup = ticket(page, 'Gold cup');
    await cup.getByText('Drawn by lot: being first gains nothing.').waitFor();
    await cup.getByText('Sponsored by North & Ice').waitFor();
    const rules = cup.getByRole('link', { name: 'Rules' });
    expect([await rules.getAttribute('href'), await rules.getAttribute('rel'), await rules.getAttribute('target')]).toEqual([RULES, 'noopener noreferrer', '_blank']);
    await cup.scrollIntoViewIfNeeded();
    await fine(page, 'drop-lot-asks-phone-light');
    await cup.getByLabel('Where do you live?').focus();
    await page.keyboard.press('Enter');
    expect(await cup.getByLabel('Where do you live?').locator('option').allTextContents()).toEqual(['Choose a country', 'Austria', 'Germany', 'Another country']);
    await page.keyboard.press('Escape');
    for (const { page: other } of people) {
      await ticket(other, 'Gold cup').getByLabel('Where do you live?').selectOption({ label: 'Another country' });
      await ticket(other, 'Gold cup').getByLabel('I am 18 or older').check();
    }
    await cup.getByRole('button', { name: 'Claim' }).click();
    await cup.getByText('Not in your country').waitFor();
    expect(await cup.getByLabel('I am 18 or older').count()).toBe(0); // that was said
    await cup.getByLabel('Where do you live?').selectOption('DE');
    const sent = page.waitForRequest((request) => request.url().endsWith('/claims'));
    await cup.getByRole('button', { name: 'Claim' }).click();
    expect((await sent).postDataJSON()).toMatchObject({ drop: 'cup', country: 'DE', age: 18 });
    await cup.getByText(/^You are in: ticket [\d,]+$/).waitFor();
    await cup.getByText(/^It is drawn on /).waitFor();
    const second = ticket(people[1]!.page, 'Gold cup');
    await second.getByLabel('Where do you live?').selectOption('AT');
    await second.getByRole('button', { name: 'Claim' }).click();
    await second.getByText(/^You are in: ticket/).waitFor();
  });

  it('[VDR5] shows a code to its holder, to be copied with a press; nothing is said that the drop did not ask for', async () => {
    const { page } = people[0]!;
    const key = ticket(page, 'Game key');
    const sent = page.waitForRequest((request) => request.url().endsWith('/claims'));
    await key.getByRole('button', { name: 'Claim' }).click();
    expect(Object.keys((await sent).postDataJSON() as object).sort()).toEqual(['drop', 'key']);
    const code = (await key.locator('code').textContent())!;
    expect(code).toBe('AAAA-BBBB-CCCC');
    await key.getByRole('button', { name: 'Copy code' }).click();
    await key.getByRole('button', { name: 'Copied' }).waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(code);
    await page.emulateMedia({ colorScheme: 'dark' });
    await key.scrollIntoViewIfNeeded();
    await fine(page, 'drop-code-phone-dark');
    await page.emulateMedia({ colorScheme: null });
    expect(await people[1]!.page.locator('crowdcue-game code').count()).toBe(0);
  });

  it('[VDR3] who has a ticket learns without reloading that it won, or that it did not', async () => {
    leap += LOT_MS;
    const outcomes = await Promise.all(people.map(async ({ page }) => {
      const end = ticket(page, 'Gold cup').locator('.serial, .note b').filter({ hasText: /^(No\. 1 of 1|Not drawn)$/ });
      await end.waitFor();
      return end.textContent();
    }));
    expect(outcomes.toSorted()).toEqual(['No. 1 of 1', 'Not drawn']);
    const loser = people[outcomes.indexOf('Not drawn')]!;
    await ticket(loser.page, 'Gold cup').scrollIntoViewIfNeeded();
    await fine(loser.page, 'drop-lost-phone-light');
  });

  it('[VDR4] a reservation leads to the shop and counts down by the origin\'s clock; not bought in time, it can be claimed again', async () => {
    const { page, problems } = people[0]!;
    const mug = ticket(page, 'Mug');
    await mug.getByText('Kept for you for 1 minute, while you buy it.').waitFor();
    await mug.getByRole('button', { name: 'Claim' }).focus();
    await page.keyboard.press('Enter');
    const shop = mug.getByRole('link', { name: 'Go to the shop' });
    expect([await shop.getAttribute('href'), await shop.getAttribute('rel'), await shop.getAttribute('target')]).toEqual([expect.stringMatching(/^https:\/\/shop\.example\/buy\?e=show%3A\d+$/), 'noopener noreferrer', '_blank']);
    await mug.getByRole('timer').filter({ hasText: /^Time left: (1:00|0:5\d)$/ }).waitFor();
    await page.keyboard.press('Tab'); // the focus stayed on the offer
    expect(await shop.evaluate((link) => (link.getRootNode() as unknown as { activeElement: unknown }).activeElement === link)).toBe(true);
    await mug.scrollIntoViewIfNeeded();
    await fine(page, 'drop-reserved-phone-light');
    const [, minutes, seconds] = /(\d+):(\d\d)$/.exec(await mug.getByRole('timer').innerText())!;
    leap += (Number(minutes) * 60 + Number(seconds) - 9) * 1_000; // as much as is left by now, but for nine seconds
    await page.reload();
    await mug.getByRole('timer').filter({ hasText: /^Time left: 0:0\d$/ }).waitFor();
    await mug.getByText('The time was over').waitFor();
    await fine(page, 'drop-lapsed-phone-light');
    await mug.getByRole('button', { name: 'Claim' }).click();
    await mug.getByRole('timer').filter({ hasText: /^Time left: (1:00|0:5\d)$/ }).waitFor();
    expect(problems).toEqual([]);
  });

  it('[VDR6] what the host takes back is said plainly when the viewer comes again', async () => {
    const { page, viewer } = people[0]!;
    expect((await host('DELETE', `/drops/mug/viewers/${viewer}`, { reason: 'test' })).status).toBeLessThan(300);
    expect((await host('DELETE', `/drops/key/viewers/${viewer}`, { reason: 'test' })).status).toBeLessThan(300);
    await page.reload();
    await page.locator('crowdcue-game .gifts').click();
    await ticket(page, 'Game key').getByText('The host has taken this one back.').waitFor();
    await ticket(page, 'Mug').getByText('Taken back').waitFor();
    expect(await page.locator('crowdcue-game code').count()).toBe(0);
  });

  it('[VDR9] says all of it in each of six languages, 320 px wide', async () => {
    const { page } = people[1]!;
    for (const [lang, claim, held] of [['de', 'Abholen', 'Bleibt 1 Minute'], ['es', 'Conseguir', 'Se te guarda 1 minuto'], ['ja', '受け取る', '1分間お取り置き'], ['pt-BR', 'Resgatar', 'Fica guardado por 1 minuto'], ['ar', 'احصل عليها', 'دقيقة واحدة']] as const) {
      await page.evaluate(`document.querySelector('crowdcue-game').lang = '${lang}'`);
      const mug = ticket(page, 'Mug');
      await mug.getByRole('button', { name: claim }).waitFor();
      await mug.getByText(held).waitFor();
      expect(await sideways(page), lang).toBe(0);
    }
    await page.screenshot({ path: join(SCREENSHOTS, 'drop-phone-ar.png') });
    expect(people.flatMap(({ problems }) => problems)).toEqual([]);
  });
});
