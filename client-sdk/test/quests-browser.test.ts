/** Quest cards in Chromium: how they look and read, and that what is said without a network is kept, shown and said once. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath } from '../../web/test/browser.js';
import { ElementPage } from './element-chromium.js';

interface Hands { listening: Record<string, number>; status: string; answers: (path: string, body: unknown) => unknown; asked: { path: string; body: { key?: string } | undefined }[]; emit(type: string, value?: unknown): void; change(part: object): void }
declare const window: { session: Hands; enter: () => void } & Record<string, unknown>;
declare const document: { body: { append(...nodes: unknown[]): void }; createElement(name: string): Record<string, unknown>; documentElement: { scrollWidth: number } };
declare const innerWidth: number;

const PICTURES = fileURLToPath(new URL('../../test-output/screenshots/', import.meta.url));
const QUESTS = [{
  id: 'tour', title: 'The tour', done: false, drops: [{ id: 'cup', name: 'Golden Cup' }], steps: [
    { id: 'pull', title: 'Play two rounds of tug', done: true }, { id: 'win', title: 'Win a round', done: false },
    { id: 'year', title: 'Since when?', done: false, answer: { question: 'Since when are we live?', choices: ['2015', '2019', '2024'] } },
    { id: 'shop', title: 'Look into the shop', done: false, visit: { url: 'http://element.test/shop' } },
  ],
}];

describe.skipIf(chromiumPath === undefined)('quest cards in Chromium', () => {
  let browser: ElementPage;
  let page: Page;

  beforeAll(async () => {
    mkdirSync(PICTURES, { recursive: true });
    browser = await ElementPage.start(chromiumPath!, { width: 320, height: 700, card: { name: 'Friday', accent: '#ffc21a', quests: 1 }, strict: true });
    ({ page } = browser);
    await page.emulateMedia({ reducedMotion: 'reduce' });
  });
  afterAll(() => browser?.close());

  /** A page with the element; its session is there when `enter` is called. */
  const load = async (): Promise<void> => {
    await browser.load();
    await page.evaluate((quests) => {
      const session = new (window['HandSession'] as new () => Hands)();
      session.answers = (path) => (path === '/quests' ? { quests } : 'unavailable');
      const element = document.createElement('crowdcue-game');
      Object.assign(element, { event: 'ABCDEF', open: () => new Promise((resolve) => { window.enter = () => resolve(session); }) });
      (element['style'] as { height: string }).height = '680px';
      window.session = session;
      document.body.append(element);
    }, QUESTS);
  };
  const words = (): Promise<{ path: string; body: { key?: string } | undefined }[]> => page.evaluate(() => window.session.asked.filter(({ path }) => path.includes('/steps/')));
  const sheet = (on: Page) => on.locator('crowdcue-quests');

  it('[QST8] opens from a button, says how far one is, and keeps what is done without a network: over a reload it is counted still, and said once when the origin answers', async () => {
    await load();
    await page.evaluate(() => window.enter());
    await page.getByRole('button', { name: 'Quests 1 of 4' }).click();
    const cards = sheet(page);
    await cards.getByText('Unlocks Golden Cup').waitFor();
    await page.screenshot({ path: join(PICTURES, 'quests-phone-light.png') });
    await page.emulateMedia({ colorScheme: 'dark' });
    await cards.getByRole('button', { name: '2015' }).click();
    const popup = browser.context.waitForEvent('page');
    await cards.getByRole('link', { name: 'Have a look' }).click();
    await (await popup).close();
    await cards.getByText('Kept. It counts when you are online.').nth(1).waitFor();
    await page.screenshot({ path: join(PICTURES, 'quests-waiting-phone-dark.png') });
    await page.emulateMedia({ colorScheme: null });
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Quests 3 of 4' }).waitFor();
    const said = await words();

    browser.online = false; // nothing answers, and no session comes
    await load();
    await page.getByRole('button', { name: 'Quests 3 of 4' }).click();
    await cards.getByText('Kept. It counts when you are online.').first().waitFor();
    await page.keyboard.press('Escape');

    browser.online = true;
    await page.evaluate((quests) => {
      const done = new Set<string>();
      window.session.answers = (path, body) => {
        if (path === '/quests') return { quests: quests.map((quest) => ({ ...quest, steps: quest.steps.map((step) => ({ ...step, done: step.done || done.has(step.id) })) })) };
        if (path.endsWith('/year') && (body as { answer: number }).answer !== 1) return 'quest_answer_wrong';
        done.add(path.split('/').at(-1)!);
        return { quest: 'tour', step: path.split('/').at(-1), first: true, done: false };
      };
      window.enter();
    }, QUESTS);
    await page.getByRole('button', { name: 'Quests 2 of 4' }).click(); // 2015 was wrong
    await cards.getByText('Not this one. Try another.').waitFor();
    expect((await words()).map(({ body }) => body)).toEqual([said[0]!.body, expect.objectContaining({ key: expect.any(String) })]);
    await cards.getByRole('button', { name: '2019' }).click();
    await cards.locator('li[data-step=year].done').waitFor();
    expect((await words()).map(({ path }) => path)).toEqual(['/quests/tour/steps/year', '/quests/tour/steps/shop', '/quests/tour/steps/year']);
    expect(new Set((await words()).map(({ body }) => body!.key)).size).toBe(3);

    // A round that is done by playing, said by the room; then the cards make room for the next round.
    await page.evaluate(() => window.session.emit('message __quest', { quest: 'tour', title: 'The tour', done: ['pull', 'win', 'year', 'shop'], steps: 4 }));
    await cards.locator('li[data-step=win].done').waitFor();
    await page.evaluate(() => window.session.change({ phase: 'armed', round: 1, game: 'tug', startsAt: performance.now() + 9_000, endsAt: performance.now() + 30_000 }));
    await cards.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Quests 4 of 4' }).waitFor();
    expect(browser.problems).toEqual([]);
  });

  it('[QST10] stays when the session ends and runs on in nothing; another tab\'s word shows at once, and drawing reads no storage', async () => {
    browser.online = true;
    await page.goto('http://element.test/');
    await page.evaluate('localStorage.clear()');
    await load();
    await page.evaluate(`{
      const running = (window.running = new Set());
      const { setInterval, clearInterval } = window;
      window.setInterval = (run, ms) => { const id = setInterval(run, ms); if (ms >= 1000) running.add(id); return id; };
      window.clearInterval = (id) => { running.delete(id); clearInterval(id); };
      window.enter();
    }`);
    await page.getByRole('button', { name: 'Quests 1 of 4' }).waitFor();
    const state = (): Promise<unknown> => page.evaluate(() => [window.session.listening['message __quest'], (window['running'] as Set<number>).size]);
    await expect.poll(state).toEqual([1, 1]);

    const other = await browser.context.newPage();
    await other.goto('http://element.test/');
    await other.evaluate(`localStorage.setItem('crowdcue.questwords.demo.7', JSON.stringify([{ quest: 'tour', step: 'shop', key: 'k' }]))`);
    await page.getByRole('button', { name: 'Quests 2 of 4' }).waitFor();
    await other.close();

    expect(await page.evaluate(`(async () => {
      const { getItem } = Storage.prototype;
      let read = 0;
      Storage.prototype.getItem = function (key) { if (key.includes('quest')) read++; return getItem.call(this, key); };
      for (let i = 0; i < 20; i++) {
        window.session.change({ viewers: i });
        await document.querySelector('crowdcue-game').updateComplete;
      }
      Storage.prototype.getItem = getItem;
      return read;
    })()`)).toBe(0);

    await page.evaluate(() => window.session.emit('closed', { code: 4103, reason: 'taken_over' }));
    await expect.poll(state).toEqual([undefined, 0]);
    await page.getByRole('button', { name: 'Quests 2 of 4' }).click();
    await sheet(page).getByText('Unlocks Golden Cup').waitFor();
    await page.evaluate('localStorage.clear()');
    expect(browser.problems).toEqual([]);
  });
});
