/** The caption region of the element, in Chromium: that it shows text and nothing else, how it is set, and what a screen reader meets. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, screenshots } from '../../web/test/browser.js';
import { ElementPage } from './element-chromium.js';

interface Hands { listening: Record<string, number>; emit(type: string, value?: unknown): void; change(part: object): void }
declare const window: { session: Hands; pwned?: boolean };
declare const document: { documentElement: { scrollWidth: number } };

const MARKUP = '<img src=x onerror="window.pwned=true"><b>bold</b> &amp; {{x}}';

describe.skipIf(chromiumPath === undefined)('captions in Chromium', { timeout: 90_000 }, () => {
  let browser: ElementPage;
  let page: Page;

  beforeAll(async () => {
    browser = await ElementPage.start(chromiumPath!, { width: 390, height: 844, card: { name: 'Friday Finale', accent: '' } });
    ({ page } = browser);
  });
  afterAll(() => browser?.close());

  /** Lines of the room; the SDK's clockwork is tested apart, here a cue is told by hand. */
  const posted = (langs: string[]): Promise<void> => page.evaluate((all) => window.session.emit('message __captions', all.map((lang) => ({ id: lang, lang, from: 0, to: 0, text: '' }))), langs);
  const cue = (text: string, lang = 'en', ms = 60_000, ago = 0): Promise<void> => page.evaluate((c) => {
    const now = performance.now();
    window.session.emit('caption', { id: c.text, lang: c.lang, from: now - c.ago, to: now + c.ms, text: c.text, lateMs: c.ago });
  }, { text, lang, ms, ago });
  const region = () => page.getByRole('region', { name: 'Captions' });
  const lines = () => region().locator('p');

  /** A viewer who reads captions since an earlier visit. */
  const reading = async (): Promise<void> => {
    await browser.load();
    await page.evaluate("localStorage.setItem('crowdcue.captions', 'en 1')");
    await browser.enter('en');
    await region().waitFor({ state: 'attached' });
  };

  it('[CAP15] costs nothing until the first caption, then offers languages and sizes by pointer and by key, and remembers them', async () => {
    await browser.enter('en');
    expect(await page.locator('crowdcue-captions').count()).toBe(0);
    await posted(['en', 'de', 'tlh']);
    const button = page.getByRole('button', { name: 'Captions' });
    await button.waitFor();
    await cue('Not yet chosen');
    expect(await lines().count()).toBe(0);
    await button.click();
    expect(await page.getByRole('combobox', { name: 'Language of captions' }).locator('option').allInnerTexts()).toEqual(['Off', 'German', 'English', 'tlh']);
    await page.getByRole('combobox').selectOption('en');
    await page.getByRole('button', { name: 'Large' }).click();
    await screenshots(page, 'captions-menu');
    await page.keyboard.press('Escape');
    expect(await button.evaluate((each) => (each.getRootNode() as ShadowRoot).activeElement === each)).toBe(true);
    await cue('Der falsche Text', 'de');
    await cue('And they pull, harder than before!');
    await lines().first().waitFor();
    expect(await lines().allInnerTexts()).toEqual(['And they pull, harder than before!']);
    await screenshots(page, 'captions-idle');
    await browser.enter('en');
    await region().waitFor({ state: 'attached' }); // before any caption
    await cue('Still in English');
    await expect.poll(() => lines().allInnerTexts()).toEqual(['Still in English']);
    expect(await region().getAttribute('data-size')).toBe('2');
    expect(browser.problems).toEqual([]);
  });

  it('[CAP16] markup in a caption stays text, a screen reader is not talked over, and each line says its language', async () => {
    await reading();
    await cue(MARKUP);
    await lines().first().waitFor();
    expect(await lines().first().textContent()).toBe(MARKUP);
    expect(await lines().first().locator('*').count()).toBe(0);
    expect(await page.evaluate(() => window.pwned)).toBeUndefined();
    expect(await region().getAttribute('aria-live')).toBe('off');
    expect(await lines().first().getAttribute('lang')).toBe('en');
    expect(browser.problems).toEqual([]);
  });

  it('[CAP17] a line goes when its time is over, two stand at once at most, the later two whatever came last, and the round beside them still fits 320 pixels', async () => {
    await reading();
    await page.setViewportSize({ width: 320, height: 568 });
    await page.evaluate(() => window.session.change({ phase: 'live', round: 1, game: 'tug', startsAt: performance.now(), endsAt: performance.now() + 60_000 }));
    await page.locator('crowdcue-game .pad.left').waitFor();
    await cue('short', 'en', 300);
    await lines().first().waitFor();
    await expect.poll(() => lines().count(), { timeout: 5_000 }).toBe(0);
    for (const text of ['one', 'two', 'W'.repeat(160)]) await cue(text);
    await expect.poll(() => lines().count()).toBe(2);
    const top = (await region().boundingBox())!.y;
    for (const side of ['left', 'right']) {
      const box = (await page.locator(`crowdcue-game .pad.${side}`).boundingBox())!;
      expect(box.height).toBeGreaterThanOrEqual(44);
      expect(box.y + box.height).toBeLessThanOrEqual(top);
    }
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
    await page.screenshot({ path: 'test-output/screenshots/captions-320x568.png' });
    await cue('newer');
    await cue('what stood before', 'en', 60_000, 30_000);
    await cue('newest');
    await expect.poll(() => lines().evaluateAll((all) => all.map((line) => (line as unknown as { textContent: string }).textContent))).toEqual(['newer', 'newest']);
    await page.setViewportSize({ width: 390, height: 844 });
    expect(browser.problems).toEqual([]);
  });

  it('[CAP20] captions that are turned off read nothing more, and read again when they are turned on', async () => {
    await reading();
    const listening = (): Promise<number | undefined> => page.evaluate(() => window.session.listening['caption']);
    await expect.poll(listening).toBe(1);
    await posted(['en', 'de']);
    await cue('Now you read me');
    await lines().first().waitFor();
    await page.getByRole('button', { name: 'Captions' }).click();
    const choice = page.getByRole('combobox', { name: 'Language of captions' });
    await choice.selectOption('');
    await expect.poll(listening).toBeUndefined();
    expect(await lines().count()).toBe(0);
    await choice.selectOption('de');
    await expect.poll(listening).toBe(1);
    await choice.selectOption('en');
    await cue('And again');
    await expect.poll(() => lines().allInnerTexts()).toEqual(['And again']);
    expect(await listening()).toBe(1);
    expect(browser.problems).toEqual([]);
  });
});
