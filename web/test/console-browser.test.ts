/** The host's seat during a show: names that wait, fallback, the plan by hand, a rehearsal, on the built pages and processes, with a viewer on a phone. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, DESKTOP, openChromium, PHONE, screenshots, sideways, type Chromium } from './browser.js';
import { CrowdcueSystem } from '../../loadtest/src/system.js';

type Person = Awaited<ReturnType<Chromium['person']>>;

const SOON = { timeout: 15_000, interval: 50 };
const SMALL = { width: 320, height: 640 };
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe-core finds serious or critical. */
const serious = async (page: Page): Promise<unknown> => {
  await page.evaluate(AXE);
  return page.evaluate(`axe.run({ resultTypes: ['violations'] }).then(({ violations }) => violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => [id, nodes.map(({ html }) => html.slice(0, 160))]))`);
};

/** Nothing is wider than a small phone, nothing serious stands in the way. */
const isSound = async (page: Page): Promise<void> => {
  await page.setViewportSize(SMALL);
  expect(await sideways(page)).toBeLessThanOrEqual(0);
  expect(await serious(page)).toEqual([]);
  await page.setViewportSize(DESKTOP);
};

describe.skipIf(chromiumPath === undefined)('the host’s seat in Chromium', { timeout: 90_000 }, () => {
  let system: CrowdcueSystem;
  let browser: Chromium;
  let host: Person;
  let viewer: Person;
  let code = '';

  beforeAll(async () => {
    system = await CrowdcueSystem.start();
    browser = openChromium(chromiumPath!);
    [host, viewer] = await Promise.all([browser.person(DESKTOP), browser.person(PHONE)]);
    await host.page.goto(system.origin.ready.hostLink!);
    await host.page.locator('[data-test=first-event]').click();
    await host.page.locator('input[name=name]').fill('Friday Finale');
    await host.page.locator('[data-test=save]').click();
    code = (await host.page.locator('[data-test=code]').innerText()).trim();
  });

  afterAll(async () => {
    await browser?.close();
    await system?.stop();
  });

  it('[NAM7] [NAM8] a viewer asks for a name once the host allows it; the host decides by keyboard and in bulk, and takes it back', async () => {
    const { page } = host;
    const game = viewer.page.locator('crowdcue-game');
    await page.locator('input[name=free-names]').check();
    await viewer.page.goto(`${system.origin.url}/join/${code}`);
    await game.locator('[data-stage=idle]').waitFor();
    const given = await game.locator('footer .name .name').innerText();
    await game.locator('footer button.name').click();
    await game.locator('crowdcue-name input').fill('<b>Ada</b>');
    await game.locator('crowdcue-name .ask').click();
    await game.getByText('This cannot be a name here').waitFor();
    await game.locator('crowdcue-name input').fill('Ada Lovelace');
    await game.locator('crowdcue-name .ask').click();
    await game.getByText('“Ada Lovelace” waits for the host.').waitFor();
    await screenshots(viewer.page, 'viewer-name');
    expect(await serious(viewer.page)).toEqual([]);
    // More who ask, over the API: what the page shows is the queue.
    const asked = await Promise.all(['Grace Hopper', 'さくら', 'محمد', 'Alan T.'].map(async (name) => {
      const { token, relays } = (await (await fetch(`${system.origin.url}/api/join`, { method: 'POST', body: JSON.stringify({ event: code }) })).json()) as { token: string; relays: string[] };
      expect(relays).toHaveLength(1);
      const event = JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as { evt: string };
      return (await fetch(`${system.origin.url}/api/events/${event.evt}/name`, { method: 'POST', headers: { authorization: `Bearer ${token}` }, body: JSON.stringify({ name }) })).status;
    }));
    expect(asked).toEqual([200, 200, 200, 200]);
    await expect.poll(() => page.locator('[data-test=asked-name]').count(), SOON).toBe(5);
    await page.locator('cc-names').scrollIntoViewIfNeeded();
    await page.locator('[data-test=asked-name] input').nth(2).check();
    await screenshots(page, 'console-names');
    await isSound(page);
    await page.locator('[data-test=asked-name] input').nth(2).uncheck();
    await page.locator('[data-test=asked-name] input').first().focus();
    await page.keyboard.press('a');
    await expect.poll(() => game.locator('footer .name .name').textContent(), SOON).toBe('Ada Lovelace');
    await game.getByText('You are Ada Lovelace.').waitFor({ state: 'detached', timeout: 1 }).catch(() => undefined);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Space');
    await expect.poll(() => page.locator('[data-test=asked-name] input:checked').count(), SOON).toBe(1);
    await page.locator('input[name=all-names]').check();
    await page.locator('[data-test=decline-names]').click();
    await expect.poll(() => page.locator('[data-test=asked-name]').count(), SOON).toBe(0);
    await page.locator('[data-test=toast]').filter({ hasText: '4 names are declined' }).waitFor();
    await page.locator('[data-test=toast]').filter({ hasText: 'Ada Lovelace is approved' }).getByRole('button', { name: 'Undo' }).click();
    await expect.poll(() => game.locator('footer .name .name').textContent(), SOON).toBe(given);
    await page.locator('input[name=free-names]').uncheck();
    await page.locator('[data-test=yes]').click();
    await expect.poll(() => page.locator('[data-test=decided]').count(), SOON).toBe(0);
    expect([...host.problems, ...viewer.problems]).toEqual([]);
  });
});
