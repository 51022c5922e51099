/** Every game's view in the element, in Chromium: how it is played, that it fits, and pictures of each phase for whoever designs. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { chromiumPath, screenshots } from '../../web/test/browser.js';
import { ElementPage } from './element-chromium.js';

type Values = Readonly<Record<string, number | string>>;

interface Hands { session: { taps: number[]; acts: unknown[]; me: unknown; emit(type: string, value?: unknown): void; change(part: object): void } }
declare const window: Hands & Record<string, unknown>;
declare const document: { documentElement: { scrollWidth: number }; body: { append(...nodes: unknown[]): void }; createElement(name: string): Record<string, unknown> };

const OPTIONS = { option1: 'Crystal caves', option2: 'A city under the sea', option3: 'The night market', option4: 'Sky islands', option5: 'Back to the forest', option6: 'A volcano' };
const TRIVIA = { question: 'Which planet has the longest day?', option1: 'Mars', option2: 'Venus', option3: 'Jupiter', option4: 'Mercury' };
const BET = { question: 'Does Mira beat the ice boss on this try?', option1: 'Yes, at once', option2: 'Only just', option3: 'No' };
const POLL = { question: 'Where shall we build the next level?', ...OPTIONS, share1: 31, share2: 24, share3: 8, share4: 22, share5: 0, share6: 15, votes: 1284 };

/** The page around gives the element room. */
const STYLE = 'body{display:grid;box-sizing:border-box;padding:clamp(0px,2vw,24px);justify-items:center}crowdcue-game{width:100%;max-width:46rem}';

describe.skipIf(chromiumPath === undefined)('games in Chromium', { timeout: 120_000 }, () => {
  let browser: ElementPage;
  let page: Page;

  beforeAll(async () => {
    browser = await ElementPage.start(chromiumPath!, { width: 390, height: 844, card: { name: 'Friday Finale', accent: '' }, style: STYLE });
    ({ page } = browser);
  });
  afterAll(() => browser?.close());

  beforeEach(async () => {
    browser.problems.length = 0;
    await page.setViewportSize({ width: 390, height: 844 });
    await browser.enter('en');
  });

  /** Puts the round into a phase with these values on its board; `left` ms of it are left. */
  const show = (phase: string, game: string, values: Values, left = 20_000): Promise<void> => page.evaluate((part) => {
    const entries = Object.entries(part.values);
    const now = performance.now();
    window.session.change({
      phase: part.phase, round: 1, game: part.game, startsAt: part.phase === 'armed' ? now + 3_000 : now - 10_000, endsAt: now + part.left, players: 973,
      numbers: new Map(entries.filter(([, value]) => typeof value === 'number')), texts: new Map(entries.filter(([, value]) => typeof value === 'string')),
      top: new Map(part.phase === 'over' && part.game !== 'poll' ? [['1', { name: 'Quiet Falcon', score: 912 }], ['2', { name: 'Brave Otter', score: 877 }], ['3', { name: 'Merry Newt', score: 640 }]] : []),
    });
  }, { phase, game, values, left });
  const me = (part: object): Promise<void> => page.evaluate((given) => {
    window.session.me = { round: 1, score: 0, rank: 0, applied: 1, result: 'none', fastest: false, name: 'Brave Otter', ...given };
    window.session.emit('me', window.session.me);
  }, part);
  const hands = (): Promise<{ taps: number[]; acts: unknown[] }> => page.evaluate(() => ({ taps: window.session.taps, acts: window.session.acts }));
  const pad = (choice: number) => page.locator(`crowdcue-game [data-choice="${choice}"]`);
  const countdown = async (game: string): Promise<void> => {
    await show('armed', game, {});
    await page.locator('crowdcue-game .panel.armed').waitFor();
    await screenshots(page, `game-${game}-armed`);
  };

  it('[GAM44] boss: every tap counts where it lands, by pointer and by key, and the weak spot is told by shape and words', async () => {
    await countdown('boss');
    await show('live', 'boss', { health: 82.5, weak: 1, hits: 340, enough: 10 });
    await pad(1).waitFor();
    expect(await pad(1).innerText()).toContain('Weak spot');
    expect(await pad(0).innerText()).not.toContain('Weak spot');
    await screenshots(page, 'game-boss-live');
    await pad(1).click();
    await page.keyboard.press('3');
    await page.keyboard.press('Space');
    await expect.poll(hands).toMatchObject({ taps: [1, 2, 2], acts: [] });
    await me({ score: 61 });
    await show('live', 'boss', { health: 22.25, weak: 2, hits: 5210, enough: 10 });
    await page.getByText('You share the win').waitFor();
    await screenshots(page, 'game-boss-worried');
    await me({ score: 124, rank: 2, result: 'won' });
    await show('over', 'boss', { health: 0, weak: 2, hits: 6105, enough: 10, winner: 'crowd' });
    await page.getByText('The boss is down').first().waitFor();
    await screenshots(page, 'game-boss-over');
    expect(browser.problems).toEqual([]);
  });

  it('[GAM45] poll: one tap votes, another moves the vote, and the pads fill with the shares', async () => {
    await countdown('poll');
    await show('live', 'poll', POLL);
    await pad(5).waitFor();
    await screenshots(page, 'game-poll-live');
    await pad(1).click();
    await expect.poll(() => pad(1).getAttribute('aria-pressed')).toBe('true');
    await page.keyboard.press('4');
    await page.keyboard.press('7'); // there are six
    await page.keyboard.press('4'); // the same again says nothing new
    await expect.poll(hands).toMatchObject({ taps: [], acts: [{ choice: 1, value: 0 }, { choice: 3, value: 0 }] });
    expect([await pad(1).getAttribute('aria-pressed'), await pad(3).getAttribute('aria-pressed')]).toEqual(['false', 'true']);
    expect(await pad(3).getAttribute('aria-label')).toBe('4: Sky islands, 22%, Your vote');
    await screenshots(page, 'game-poll-voted');
    await me({ rank: 1, result: 'played' });
    await show('over', 'poll', { ...POLL, leaders: 1, leading: 'Crystal caves', leadingShare: 31 });
    await page.locator('crowdcue-shares li').first().waitFor();
    expect(await page.locator('crowdcue-shares li.strong').innerText()).toContain('Crystal caves');
    expect(await page.locator('crowdcue-game .own').innerText()).not.toContain('No.'); // a vote has no place
    await screenshots(page, 'game-poll-over');
    expect(browser.problems).toEqual([]);
  });

  it('[GAM46] trivia: the first answer stands, and nothing tells whether it is right before the end', async () => {
    await countdown('trivia');
    await show('live', 'trivia', { ...TRIVIA, share1: 0, share2: 0, right: 0 });
    await pad(3).waitFor();
    await screenshots(page, 'game-trivia-live');
    await page.keyboard.press('2');
    await page.keyboard.press('1');
    await pad(2).click({ force: true });
    await expect.poll(hands).toMatchObject({ taps: [], acts: [{ choice: 1, value: 0 }] });
    expect(await page.locator('crowdcue-game .pad .share, crowdcue-game .pad .fill').count()).toBe(0);
    await screenshots(page, 'game-trivia-answered');
    await me({ score: 877, rank: 2, result: 'won' });
    await show('over', 'trivia', { ...TRIVIA, share1: 10, share2: 54, share3: 25, share4: 11, right: 2, answered: 973, knew: 525, rightAnswer: 'Venus' });
    await page.locator('crowdcue-shares li').first().waitFor();
    expect(await page.locator('crowdcue-shares li.strong').innerText()).toMatch(/Venus\s+Right answer · Your answer/);
    await screenshots(page, 'game-trivia-over');
    expect(browser.problems).toEqual([]);
  });

  it('[GAM47] predict: one tap bets the stake that is set, ten to begin with, and the bet stands', async () => {
    await countdown('predict');
    await show('live', 'predict', { ...BET, bets: 'open' });
    await pad(2).waitFor();
    await screenshots(page, 'game-predict-live');
    await page.getByRole('button', { name: '50', exact: true }).focus();
    await page.keyboard.press('Space');
    await page.keyboard.press('1');
    await page.keyboard.press('2');
    await expect.poll(hands).toMatchObject({ taps: [], acts: [{ choice: 0, value: 50 }] });
    expect(await page.getByRole('button', { name: '50', exact: true }).count()).toBe(0);
    await screenshots(page, 'game-predict-placed');
    await show('live', 'predict', { ...BET, bets: 'closed' }, -1_000);
    await page.getByText('Bets are closed').first().waitFor();
    await screenshots(page, 'game-predict-closed');
    await me({ score: 81, rank: 2, result: 'won' });
    await show('over', 'predict', { ...BET, bets: 'closed', share1: 62, share2: 30, share3: 8, settled: 1, outcome: 'Yes, at once', pool: 12_840, right: 603 });
    await page.locator('crowdcue-shares li').first().waitFor();
    await screenshots(page, 'game-predict-over');
    await browser.enter('en');
    await show('live', 'predict', { ...BET, bets: 'open' });
    await pad(1).click();
    await expect.poll(hands).toMatchObject({ acts: [{ choice: 1, value: 10 }] });
    expect(browser.problems).toEqual([]);
  });

  it.each([
    ['boss', { health: 82.5, weak: 1, hits: 340, enough: 10 }, 3], ['poll', { ...POLL, option1: 'W'.repeat(40), question: 'W'.repeat(120) }, 6],
    ['trivia', { ...TRIVIA, question: 'Which of these four planets has the longest day, counted from one sunrise to the next one, at the equator? Think twice!' }, 4], ['predict', { ...BET, bets: 'open' }, 3],
  ])('[GAM48] %s fits 320 pixels and a corner of a video: every pad is there to tap, none is wider than the page, and what moves by itself is still for who wants that', async (game, values, pads) => {
    await page.emulateMedia({ reducedMotion: 'reduce' });
    for (const height of [568, 420]) {
      await page.setViewportSize({ width: 320, height });
      await show('live', game, values);
      await pad(pads - 1).waitFor();
      for (let choice = 0; choice < pads; choice++) {
        const box = (await pad(choice).boundingBox())!;
        expect(box.x).toBeGreaterThanOrEqual(0);
        expect(box.x + box.width).toBeLessThanOrEqual(320);
        expect(box.height, `${game} ${height} pad ${choice}`).toBeGreaterThanOrEqual(40);
        expect(box.y + box.height, `${game} ${height} pad ${choice}`).toBeLessThanOrEqual(height);
      }
      await page.screenshot({ path: `test-output/screenshots/game-${game}-320x${height}.png` });
    }
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
    const moving = await page.evaluate(`document.querySelector('crowdcue-game').shadowRoot.querySelector('crowdcue-${game}').shadowRoot.getAnimations().filter((a) => a.effect.getComputedTiming().iterations === Infinity).length`);
    expect(moving).toBe(0);
    await page.emulateMedia({ reducedMotion: null });
  });

  it('[GAM49] speaks the language of the page, loaded with the game, and runs Arabic from right to left', async () => {
    await browser.enter('de-AT');
    await show('armed', 'boss', {});
    await page.locator('crowdcue-game .how').getByText('Tippe auf die Schwachstelle').waitFor();
    await browser.enter('ar');
    await show('live', 'poll', { ...POLL, question: 'أين نبني المرحلة التالية؟', option1: 'كهوف البلّور', option2: 'مدينة تحت البحر' });
    await pad(0).waitFor();
    const [badge, name] = [await pad(0).locator('.badge').boundingBox(), await pad(0).locator('.name').boundingBox()];
    expect(badge!.x).toBeGreaterThan(name!.x);
    await page.getByText('انقر للتصويت').waitFor();
    await screenshots(page, 'game-poll-arabic');
    await show('live', 'boss', { health: 82.5, weak: 0, hits: 340, enough: 10 });
    await pad(0).waitFor();
    const [left, right] = [await pad(0).boundingBox(), await pad(2).boundingBox()];
    expect(left!.x).toBeLessThan(right!.x); // left is left
    expect(browser.problems).toEqual([]);
  });
});
