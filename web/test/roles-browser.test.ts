/** Roles, held names and the kill switch, as a host, a moderator and a viewer see them, on the built pages and processes. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, DESKTOP, openChromium, PHONE, screenshots, serious, sideways, type Chromium } from './browser.js';
import { CrowdcueSystem } from '../../loadtest/src/system.js';

type Person = Awaited<ReturnType<Chromium['person']>>;

const SOON = { timeout: 15_000, interval: 50 };
const SMALL = { width: 320, height: 640 };

describe.skipIf(chromiumPath === undefined)('the host’s team in Chromium', { timeout: 90_000 }, () => {
  let system: CrowdcueSystem;
  let browser: Chromium;
  let host: Person;
  let moderator: Person;
  let viewer: Person;
  let code = '';

  beforeAll(async () => {
    system = await CrowdcueSystem.start();
    browser = openChromium(chromiumPath!);
    [host, moderator, viewer] = await Promise.all([browser.person(DESKTOP), browser.person(DESKTOP), browser.person(PHONE)]);
    await host.page.goto(system.origin.ready.hostLink!);
    await host.page.locator('[data-test=first-event]').click();
    await host.page.locator('input[name=name]').fill('Friday Finale');
    await host.page.locator('[data-test=save]').click();
    code = (await host.page.locator('[data-test=code]').innerText()).trim();
    await viewer.page.goto(`${system.origin.url}/join/${code}`);
    await viewer.page.locator('crowdcue-game [data-stage=idle]').waitFor();
  });

  afterAll(async () => {
    await browser?.close();
    await system?.stop();
  });

  it('[WSP11] a host invites by a link; a moderator is offered names to look after, and nothing else', async () => {
    await host.page.locator('cc-team input').fill('Mo');
    await host.page.locator('[data-test=role]').selectOption('moderator');
    await host.page.locator('[data-test=invite]').click();
    expect(await host.page.locator('[data-test=invitation]').isVisible()).toBe(false); // the desk may be on stream
    const link = (await host.page.locator('[data-test=invitation]').textContent())!;
    await host.page.locator('cc-team').scrollIntoViewIfNeeded();
    await screenshots(host.page, 'console-team');
    await moderator.page.goto(link);
    await moderator.page.locator('[data-test=hold]').waitFor();
    expect(await moderator.page.locator('[data-test=me]').innerText()).toBe('Mo · Moderator');
    for (const hidden of ['cc-cue', '[data-test=new-event]', '[data-test=off-air]', 'cc-team', 'cc-audit', 'cc-stream-card', 'cc-pictures', 'cc-rehearsal']) expect([hidden, await moderator.page.locator(hidden).count()]).toEqual([hidden, 0]);
    await moderator.page.keyboard.press('c');
    await moderator.page.locator('[data-test=hold]').press('Enter');
    await moderator.page.locator('[data-test=approve]').waitFor();
    await screenshots(moderator.page, 'console-moderator');
    await host.page.locator('[data-test=approve]').click();
    await moderator.page.locator('[data-test=hold]').waitFor();
    for (const { page } of [host, moderator]) {
      await page.setViewportSize(SMALL);
      expect(await sideways(page)).toBe(0);
      expect(await serious(page)).toEqual([]);
      await page.setViewportSize(DESKTOP);
    }
  });

  it('[WSP12] the kill switch asks; viewers see that the show is back soon, nobody new comes in, and one press undoes it', async () => {
    const { page } = host;
    await page.locator('[data-test=off-air]').click();
    await page.keyboard.press('Escape');
    expect(await viewer.page.locator('crowdcue-game [data-stage]').getAttribute('data-stage')).toBe('idle');
    await page.locator('[data-test=off-air]').click();
    await page.locator('[data-test=yes]').click();
    await page.locator('[data-test=off-banner]').waitFor();
    await viewer.page.locator('crowdcue-game [data-stage=off]').waitFor();
    expect(await viewer.page.locator('crowdcue-game [data-stage=off] h2').innerText()).toBe('Back soon');
    await Promise.all([screenshots(page, 'console-off-air'), screenshots(viewer.page, 'viewer-off-air')]);
    expect(await page.locator('[data-test=cue]').isDisabled()).toBe(true);
    expect(await moderator.page.locator('[data-test=on-air]').count()).toBe(0);
    await page.setViewportSize(SMALL);
    expect(await sideways(page)).toBe(0);
    await page.setViewportSize(DESKTOP);
    const joined = await fetch(`${system.origin.url}/api/join`, { method: 'POST', body: JSON.stringify({ event: code }) });
    expect([joined.status, ((await joined.json()) as { code: string }).code]).toEqual([503, 'event_off']);
    await page.locator('[data-test=on-air]').click();
    await viewer.page.locator('crowdcue-game [data-stage=idle]').waitFor();
  });

  it('[WSP13] the log tells what was done, and who is revoked is out at once', async () => {
    const { page } = host;
    await page.locator('[data-test=audit]').click();
    await expect.poll(() => page.locator('[data-test=deed]').allInnerTexts().then((deeds) => deeds.map((deed) => deed.split('\n')[0]!.replace(/ · \d{6,}$/, ''))), SOON)
      .toEqual(['Host: put on air', 'Host: take off air', 'Host: approve name', 'Mo: hold name', 'Host: invite (Mo · moderator)', 'Host: create event (Friday Finale)']);
    await page.locator('cc-audit').scrollIntoViewIfNeeded();
    await screenshots(page, 'console-audit');
    await page.locator('[data-test=revoke]').click();
    await page.locator('[data-test=yes]').click();
    await expect.poll(() => moderator.page.locator('h1').first().innerText(), SOON).toBe('Your host session is over');
    await expect.poll(() => page.locator('[data-test=member]').count(), SOON).toBe(0);
    expect([...host.problems, ...moderator.problems, ...viewer.problems]).toEqual([]);
  });
});
