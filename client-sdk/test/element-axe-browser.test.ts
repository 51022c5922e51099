/** The element in every phase of every game, light and dark, judged by axe-core; in Arabic from right to left; and pictures for whoever designs. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, screenshots, settled } from '../../web/test/browser.js';
import { ElementPage } from './element-chromium.js';

type Values = Readonly<Record<string, number | string>>;
interface Hands { session: { me: unknown; status: string; emit(type: string, value?: unknown): void; change(part: object): void } }
declare const window: Hands & Record<string, unknown>;
declare const document: { body: { append(...nodes: unknown[]): void; replaceChildren(): void }; createElement(name: string): Record<string, unknown> };

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const CHOICES = { option1: 'Crystal caves', option2: 'A city under the sea', option3: 'The night market' };
const GAMES: readonly (readonly [string, Values, Values])[] = [
  ['tug', { rope: -30, left: 610, right: 363, pullLeft: 5120, pullRight: 2210 }, { winner: 'left' }],
  ['quickdraw', { signal: 'wait' }, { signal: 'go', drawn: 900, best: 243 }],
  ['boss', { health: 82.5, weak: 1, hits: 340, enough: 10 }, { health: 0, winner: 'crowd' }],
  ['poll', { question: 'Where next?', ...CHOICES, share1: 31, share2: 45, share3: 24, votes: 1284 }, { leaders: 1, leading: 'A city under the sea', leadingShare: 45 }],
  ['trivia', { question: 'Which is the longest?', ...CHOICES }, { share1: 10, share2: 60, share3: 30, right: 2, answered: 973, knew: 525, rightAnswer: 'A city under the sea' }],
  ['predict', { question: 'Does Mira win?', ...CHOICES, bets: 'open' }, { bets: 'closed', share1: 62, share2: 30, share3: 8, settled: 1, outcome: 'Crystal caves', pool: 12_840, right: 603 }],
];
const SPONSOR = { name: 'North & Ice', text: 'Cold drinks for hot rounds.', url: 'https://ice.example/', imageUrl: '' };

describe.skipIf(chromiumPath === undefined)('the element for everybody', { timeout: 180_000 }, () => {
  let browser: ElementPage;
  let page: Page;

  beforeAll(async () => {
    browser = await ElementPage.start(chromiumPath!, { width: 390, height: 844, card: { name: 'Friday Finale', accent: '', sponsor: SPONSOR } });
    ({ page } = browser);
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await browser.load();
    await page.evaluate(AXE);
  });
  afterAll(() => browser?.close());

  /** A new element; `opens` is whether its session comes. */
  const open = async (lang: string, opens: 'at once' | 'never' = 'at once'): Promise<void> => {
    await page.evaluate(([language, when]) => {
      document.body.replaceChildren();
      const session = new (window['HandSession'] as new () => Hands['session'])();
      const element = document.createElement('crowdcue-game');
      const waiting = when === 'never' ? new Promise(() => undefined) : Promise.resolve(session);
      Object.assign(element, { event: 'ABCDEF', lang: language, open: (options: unknown) => (Object.assign(window, { options }), waiting) });
      window.session = session;
      document.body.append(element);
    }, [lang, opens] as const);
    await page.locator(`crowdcue-game [data-stage=${opens === 'never' ? 'loading' : 'idle'}]`).waitFor();
    await page.locator('crowdcue-game .sponsor').waitFor();
  };
  const show = (phase: string, game: string, values: Values): Promise<void> => page.evaluate((part) => {
    const entries = Object.entries(part.values);
    const now = performance.now();
    window.session.me = { round: 1, score: 912, rank: 1, applied: 1, result: 'won', fastest: true, name: 'Brave Otter' };
    window.session.change({
      phase: part.phase, round: 1, game: part.game, startsAt: part.phase === 'armed' ? now + 3_000 : now - 10_000, endsAt: now + 20_000, players: 973,
      numbers: new Map(entries.filter(([, value]) => typeof value === 'number')), texts: new Map(entries.filter(([, value]) => typeof value === 'string')),
      top: new Map([['1', { name: 'Quiet Falcon', score: 912 }], ['2', { name: 'Brave Otter', score: 877 }]]),
    });
  }, { phase, game, values });

  /** What axe-core finds serious or critical, in both colour schemes; moderate things of the page around are not the element's. */
  const judged = async (what: string): Promise<void> => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await settled(page);
      const found = await page.evaluate(`axe.run('crowdcue-game', { resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
        .then(({ violations }) => violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id, nodes }) => id + ': ' + nodes.map(({ target, any }) => target.flat().join(' ') + ' ' + (any[0]?.message ?? '')).join('; ')))`);
      expect.soft(found, `${what}, ${colorScheme}`).toEqual([]);
    }
  };

  it('[EMB17] axe-core finds nothing serious in the element, in every phase of every game, light and dark', async () => {
    await open('en');
    await judged('idle');
    for (const [game, live, over] of GAMES) {
      await show('armed', game, {});
      await page.locator('crowdcue-game .panel.armed').waitFor();
      if (game === 'tug') await judged('armed');
      await show('live', game, live);
      await page.locator('crowdcue-game [data-choice]').first().waitFor();
      await judged(`${game} live`);
      await show('over', game, { ...live, ...over });
      await page.locator('crowdcue-game .panel.over').waitFor();
      await judged(`${game} over`);
    }
  });

  it('[EMB17] … and in what comes between: getting in, a line, a notice, a lost relay, offers, an end', async () => {
    await open('en', 'never');
    await judged('loading');
    await page.evaluate(() => (window['options'] as { onQueue(place: object): void }).onQueue({ place: 1204, waitMs: 180_000 }));
    await page.locator('crowdcue-game [data-stage=queued]').waitFor();
    await judged('queued');
    await open('en');
    await page.evaluate(() => window.session.emit('unlock', { achievement: 'won', title: 'You won a round', drops: [{ id: 'b', name: 'Badge' }, { id: 'c', name: 'Cup' }] }));
    await page.getByRole('button', { name: 'Claim' }).first().waitFor();
    await judged('offers');
    await page.getByRole('button', { name: 'Claim' }).last().click();
    await page.locator('crowdcue-game .serial').waitFor();
    await judged('a receipt');
    await page.getByRole('button', { name: 'Close' }).click();
    await show('live', 'tug', GAMES[0]![1]);
    await page.evaluate(() => (Object.assign(window.session, { status: 'reconnecting' }), window.session.emit('reconnecting', {})));
    await page.locator('crowdcue-game .notice').waitFor();
    await judged('a notice');
    await page.locator('crowdcue-game .away').waitFor();
    await judged('away');
    await page.evaluate(() => window.session.emit('closed', { code: 4103, reason: 'taken_over' }));
    await page.locator('crowdcue-game [data-stage=ended]').waitFor();
    await judged('ended');
  });

  it('[EMB20] offers are a card each: what may be claimed, is held until when, ran out or was taken back; by keyboard there and back', async () => {
    await open('en');
    await page.evaluate((at) => {
      const drop = { supply: 100, left: 57, open: true, kind: 'badge', unlockedBy: 'a', unlockTitle: 'You won a round' };
      Object.assign(window.session, { given: [
        { ...drop, id: 'a', name: 'Old badge', state: 'expired' }, { ...drop, id: 'r', name: 'Wrong badge', state: 'revoked' },
        { ...drop, id: 'g', name: 'Golden badge', state: 'granted', receipt: { id: 'x', drop: 'g', status: 'granted', serial: 7, supply: 100, at, expiresAt: at } },
        { ...drop, id: 'n', name: 'Not yet', state: 'none' },
      ] });
      window.session.emit('connected', { resumed: true });
    }, Date.UTC(2026, 11, 24, 18));
    await page.getByRole('button', { name: '3 rewards' }).focus();
    await page.keyboard.press('Enter');
    await page.locator('crowdcue-game .sheet').waitFor();
    const focused = (): Promise<string> => page.evaluate("document.querySelector('crowdcue-game').shadowRoot.activeElement?.className ?? ''");
    await expect.poll(focused).toBe('shut');
    await page.keyboard.press('Tab');
    expect(await focused()).toContain('button quiet');
    expect(await page.locator('crowdcue-game .ticket').allInnerTexts()).toEqual([
      expect.stringMatching(/Golden badge[^]*No\. 7 of 100[^]*Good until Dec 2[45], 2026/) as string, expect.stringMatching(/Wrong badge[^]*Taken back/) as string, expect.stringMatching(/Old badge[^]*Over/) as string,
    ]);
    await judged('offers of all kinds');
    await screenshots(page, 'element-offers');
    await page.keyboard.press('Escape');
    await page.locator('crowdcue-game .sheet').waitFor({ state: 'detached' });
    await expect.poll(focused).toContain('gifts');
  });

  it('[EMB18] Arabic runs from right to left in frame, game, sponsor and offers, with Arabic numbers and announcements; a long language fits 320 pixels', async () => {
    await open('ar');
    const box = async (selector: string) => (await page.locator(`crowdcue-game ${selector}`).first().boundingBox())!;
    expect(await page.locator('crowdcue-game .frame').getAttribute('dir')).toBe('rtl');
    await page.evaluate(() => window.session.change({ drops: new Map([['b', { name: 'Badge', supply: 100, left: 57, open: true }]]) }));
    const digits = await page.locator('crowdcue-game .count .digit').evaluateAll((all) => (all as unknown as { getBoundingClientRect(): { x: number } }[]).map((digit) => digit.getBoundingClientRect().x));
    expect(digits).toEqual(digits.toSorted((a, b) => b - a)); // ones first in the tree, and rightmost: a number is a number
    await screenshots(page, 'element-arabic-idle');
    await show('armed', 'tug', {});
    await page.getByText('شدّ الحبل').first().waitFor();
    await expect.poll(() => page.locator('crowdcue-game [aria-live]').innerText()).toMatch(/البداية بعد/);
    await screenshots(page, 'element-arabic-armed');
    await show('live', 'poll', GAMES[3]![1]);
    await page.locator('crowdcue-game [data-choice]').first().waitFor();
    expect((await box('.live-tag')).x).toBeGreaterThan((await box('.people')).x);
    expect((await box('.time b')).x).toBeLessThan((await box('.time .track')).x);
    await screenshots(page, 'element-arabic-live');
    await show('over', 'tug', { ...GAMES[0]![1], winner: 'left' });
    await page.locator('crowdcue-game .panel.over').waitFor();
    expect((await box('.top i')).x).toBeGreaterThan((await box('.top b')).x);
    await judged('over in Arabic');
    await screenshots(page, 'element-arabic-over');
    await page.evaluate(() => window.session.emit('unlock', { achievement: 'won', title: 'You won a round', drops: [{ id: 'b', name: 'Badge' }] }));
    await page.getByRole('button', { name: 'احصل عليها' }).click();
    await page.locator('crowdcue-game .serial').waitFor();
    expect((await box('.shut')).x).toBeLessThan(60);
    await screenshots(page, 'element-arabic-offer');
    for (const lang of ['de', 'es', 'pt-BR', 'ja']) {
      await page.setViewportSize({ width: 320, height: 568 });
      await open(lang);
      await page.screenshot({ path: `test-output/screenshots/element-${lang}-320-idle.png` });
      await page.evaluate(() => (Object.assign(window.session, { hold: true }), window.session.emit('hold', true)));
      await show('over', 'predict', { ...GAMES[5]![1], ...GAMES[5]![2] });
      await page.locator('crowdcue-game .panel.over').waitFor();
      expect(await page.evaluate('document.documentElement.scrollWidth'), lang).toBeLessThanOrEqual(320);
      await page.screenshot({ path: `test-output/screenshots/element-${lang}-320-over.png` });
    }
    await page.setViewportSize({ width: 340, height: 300 });
    await open('en');
    await page.screenshot({ path: 'test-output/screenshots/element-corner-idle.png' });
  });
});
