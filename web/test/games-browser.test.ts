/** Games that ask something, from the console's fields to the viewer's pads and back, on the built pages and processes. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, DESKTOP, openChromium, PHONE, screenshots, sideways, type Chromium } from './browser.js';
import { CrowdcueSystem } from '../../loadtest/src/system.js';

type Person = Awaited<ReturnType<Chromium['person']>>;

const SOON = { timeout: 30_000, interval: 50 };

describe.skipIf(chromiumPath === undefined)('games that ask, in Chromium', { timeout: 120_000 }, () => {
  let system: CrowdcueSystem;
  let browser: Chromium;
  let host: Person;
  let viewer: Person;

  beforeAll(async () => {
    system = await CrowdcueSystem.start();
    browser = openChromium(chromiumPath!);
    host = await browser.person(DESKTOP);
    viewer = await browser.person(PHONE);
    await host.page.goto(system.origin.ready.hostLink!);
    await host.page.locator('[data-test=first-event]').click();
    await host.page.locator('input[name=name]').fill('Friday Finale');
    await host.page.locator('[data-test=save]').click();
    const code = (await host.page.locator('[data-test=code]').innerText()).trim();
    await viewer.page.goto(`${system.origin.url}/join/${code}`);
    await viewer.page.locator('crowdcue-game [data-stage=idle]').waitFor();
  });

  afterAll(async () => {
    await browser?.close();
    await system?.stop();
  });

  const fill = async (game: string, texts: Record<string, string>): Promise<void> => {
    await host.page.locator('cc-cue .games label', { hasText: game }).click();
    for (const [name, text] of Object.entries(texts)) await host.page.locator(`cc-cue input[name=${name}]`).fill(text);
    await host.page.getByLabel('Countdown').selectOption('0');
    await host.page.getByLabel('Length').selectOption('10000');
  };
  const phase = (page: Page): Promise<string | null> => page.locator('crowdcue-game [data-stage]').getAttribute('data-stage');
  const cue = (): Promise<void> => host.page.locator('[data-test=cue]').click();
  const pad = (choice: number) => viewer.page.locator(`crowdcue-game [data-choice="${choice}"]`);

  it('[GAM54] has a field for each text of a game, asks for those that it needs before the cue, and names the right answer by what it says', async () => {
    await fill('Trivia', { question: 'Which planet has the longest day?', answer1: 'Mars' });
    await cue();
    expect(await host.page.locator('cc-cue input:invalid').getAttribute('name')).toBe('answer2');
    expect(await phase(viewer.page)).toBe('idle');
    await fill('Trivia', { answer2: 'Venus', answer4: 'Mercury' });
    expect(await host.page.locator('cc-cue select[name=right] option').allInnerTexts()).toEqual(['1: Mars', '2: Venus', '3: Mercury']);
    await host.page.locator('cc-cue select[name=right]').selectOption('2');
    await screenshots(host.page, 'console-trivia');
    for (const size of [PHONE, DESKTOP]) {
      await host.page.setViewportSize(size);
      expect(await sideways(host.page)).toBe(0);
    }
    await cue();
    await pad(1).tap();
    await host.page.evaluate(() => scrollTo(0, 0));
    await screenshots(host.page, 'console-trivia-live');
    await expect.poll(() => phase(viewer.page), SOON).toBe('over');
    expect(await viewer.page.locator('crowdcue-game .headline').innerText()).toBe('Venus');
    expect(await viewer.page.locator('crowdcue-game .own').innerText()).toContain('You won');
    await expect.poll(() => host.page.locator('[data-test=headline]').innerText(), SOON).toBe('Venus');
  });

  it('[GAM55] settles a prediction from the console when bets are closed, and pays at once', async () => {
    await fill('Predict', { question: 'Does Mira beat the ice boss on this try?', outcome1: 'Yes', outcome2: 'No' });
    await expect.poll(() => host.page.locator('[data-test=cue]').isEnabled(), SOON).toBe(true);
    await cue();
    await pad(0).tap();
    await expect.poll(() => host.page.locator('[data-test=settle]').count(), SOON).toBe(2);
    expect(await phase(viewer.page)).toBe('live');
    await host.page.evaluate(() => scrollTo(0, 0));
    await screenshots(host.page, 'console-settle');
    await host.page.locator('[data-test=settle]').first().click();
    await host.page.getByRole('button', { name: 'Settle', exact: true }).click();
    await expect.poll(() => phase(viewer.page), SOON).toBe('over');
    expect(await viewer.page.locator('crowdcue-game .headline').innerText()).toBe('Yes');
    expect(await viewer.page.locator('crowdcue-game .own').innerText()).toContain('+10 points');
    expect([...host.problems, ...viewer.problems]).toEqual([]);
  });
});
