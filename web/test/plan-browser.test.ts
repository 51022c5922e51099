/** Templates, plan and rehearsal on the host's desk, in real Chromium on built pages and processes. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EventOverview } from '@crowdcue/protocol';
import { chromiumPath, DESKTOP, openChromium, SCREENSHOTS, screenshots, serious, sideways, type Chromium } from './browser.js';
import { CrowdcueSystem, type HostApi } from '../../loadtest/src/system.js';

const SOON = { timeout: 15_000, interval: 50 };

describe.skipIf(chromiumPath === undefined)('the plan on the desk', { timeout: 90_000 }, () => {
  let system: CrowdcueSystem;
  let browser: Chromium;
  let api: HostApi;
  let host: Awaited<ReturnType<Chromium['person']>>;
  beforeAll(async () => {
    system = await CrowdcueSystem.start();
    browser = openChromium(chromiumPath!);
    host = await browser.person(DESKTOP);
    api = await system.host();
    await host.page.goto((await api.post<{ url: string }>('/api/host/links', {})).url);
  });
  afterAll(async () => {
    await browser?.close();
    await system?.stop();
  });

  const states = (): Promise<(string | null)[]> => host.page.locator('[data-test=planned]').evaluateAll((rows) => rows.map((row) => row.getAttribute('data-state')));

  it('[PLN7] a host makes an event from a template, is told of a time that does not exist, and cues, skips and takes back by keyboard', async () => {
    const { page } = host;
    await page.locator('[data-test=first-event]').click();
    await page.locator('select[name=template]').selectOption('weekly');
    await page.locator('input[name=name]').fill('Friday Finale');
    await page.locator('input[name=zone]').fill('Europe/Berlin');
    const year = new Date().getUTCFullYear() + 1;
    const march = new Date(Date.UTC(year, 2, 31)); // clocks go forward on the last Sunday
    const sunday = `${year}-03-${31 - march.getUTCDay()}`;
    await page.locator('input[name=starts-at]').fill(`${sunday}T02:30`);
    await page.locator('[data-test=save]').click();
    await expect.poll(() => page.locator('cc-event-dialog [role=alert]').innerText(), SOON).toContain(`${sunday}T03:00`);
    await screenshots(page, 'console-template');
    await page.locator('input[name=starts-at]').fill(`${sunday}T20:00`);
    await page.locator('input[name=weeks]').fill('2');
    await page.locator('[data-test=save]').click();
    await expect.poll(states, SOON).toEqual(Array.from({ length: 6 }, () => 'planned'));
    expect(await page.locator('[data-test=next-cue]').innerText()).toMatch(/^Next: Trivia Sun \d+ Mar 20:05 in \d+ days?$/i);
    await page.getByRole('button', { name: /^Skip: Trivia/i }).first().focus();
    await page.keyboard.press('Enter');
    await expect.poll(states, SOON).toEqual(['skipped', ...Array.from({ length: 5 }, () => 'planned')]);
    await page.getByRole('button', { name: /^Cue now: Tug/i }).first().focus();
    await page.keyboard.press('Enter');
    await expect.poll(async () => (await states())[1], SOON).toBe('cued');
    await page.getByRole('button', { name: /^Undo: Tug/i }).first().focus();
    await page.keyboard.press('Enter');
    await expect.poll(async () => (await states())[1], SOON).toBe('skipped');
    await expect.poll(() => page.locator('[data-test=phase]').innerText(), SOON).toMatch(/standby/i);
    await page.getByRole('checkbox', { name: /cue themselves/ }).check();
    await screenshots(page, 'console-plan');
    await page.setViewportSize({ width: 320, height: 800 });
    expect(await sideways(page)).toBeLessThanOrEqual(0);
    await page.locator('cc-plan').scrollIntoViewIfNeeded();
    await page.screenshot({ path: `${SCREENSHOTS}console-plan-320.png` });
    await page.setViewportSize(DESKTOP);
    expect(host.problems).toEqual([]);
  });

  it('[PLN12] a host changes, moves and removes planned rounds by keyboard, and takes a removal back', async () => {
    const { page } = host;
    await page.locator('[data-test=change-plan]').press('Enter');
    await page.getByRole('button', { name: /^Later: /i }).nth(3).press('Enter'); // the first of the second show
    const second = (): Promise<string[]> => page.locator('[data-test=planned] .name').allInnerTexts().then((all) => all.slice(3, 6));
    await expect.poll(async () => (await second())[1], SOON).toBe('Trivia');
    await expect.poll(() => page.evaluate(`document.querySelector('cc-console').shadowRoot.querySelector('cc-desk').shadowRoot.querySelector('cc-plan').shadowRoot.activeElement?.closest('li')?.dataset.cue`), SOON).toBe('2-2');
    await page.getByRole('button', { name: /^Edit: Trivia/i }).last().press('Enter');
    const editor = page.locator('cc-plan-editor');
    // The right answer is picked by what the answers say, as where a round is cued.
    await editor.locator('input[name=answer1]').fill('Ice');
    await editor.locator('input[name=answer2]').fill('Fire');
    expect(await editor.locator('select[name=right] option').allInnerTexts()).toEqual(['1: Ice', '2: Fire', '3: The rooster']);
    await editor.locator('select[name=plan-game]').selectOption('poll');
    await editor.locator('input[name=question]').fill('Where to next?');
    await editor.locator('input[name=option1]').fill('North');
    await editor.locator('input[name=option2]').fill('South');
    await editor.locator('select[name=plan-length]').selectOption('45000');
    await screenshots(page, 'console-plan-edit', page.locator('cc-plan'));
    await page.setViewportSize({ width: 320, height: 800 });
    expect(await sideways(page)).toBeLessThanOrEqual(0);
    expect(await serious(page, ['cc-console', 'cc-desk', 'cc-plan'])).toEqual([]);
    await page.setViewportSize(DESKTOP);
    // What the origin refuses stays open as it was typed, with the focus where it can be sent again.
    await page.route(/\/plan\/2-2$/, (route) => route.fulfill({ status: 409, contentType: 'application/json', body: JSON.stringify({ code: 'plan_overlap', error: 'Rounds overlap.', retryable: false }) }), { times: 1 });
    await editor.locator('[data-test=save-round]').press('Enter');
    await page.locator('[data-test=toast]').filter({ hasText: 'plan_overlap' }).waitFor(SOON);
    expect([await editor.locator('input[name=question]').inputValue(), await editor.locator('[data-test=save-round]').evaluate((button) => (button.getRootNode() as ShadowRoot).activeElement === button)]).toEqual(['Where to next?', true]);
    await editor.locator('[data-test=save-round]').press('Enter');
    await expect.poll(async () => (await second())[1], SOON).toBe('Poll');
    expect(await editor.count()).toBe(0);
    const { events } = await api.get<{ events: { plan: { cues: { id: string; params: object; durationMs: number }[] } }[] }>('/api/events');
    expect(events[0]!.plan.cues.find(({ id }) => id === '2-2')).toMatchObject({ durationMs: 45_000, params: { question: 'Where to next?', option1: 'North', option2: 'South' } });
    await page.getByRole('button', { name: /^Remove: Poll/i }).last().press('Enter');
    await expect.poll(() => page.locator('[data-test=planned]').count(), SOON).toBe(5);
    await page.locator('[data-test=toast]').filter({ hasText: 'Poll' }).getByRole('button', { name: 'Undo' }).press('Enter');
    await expect.poll(async () => (await second())[1], SOON).toBe('Poll');
    await page.locator('[data-test=change-plan]').press('Enter');
    await screenshots(page, 'console-plan-panel', page.locator('cc-plan'));
    expect(await serious(page, ['cc-console', 'cc-desk', 'cc-plan'])).toEqual([]);
    expect(host.problems).toEqual([]);
  });

  it('[RHS4] the desk prepares a rehearsal, shows the command with a fresh link, and goes there and back', async () => {
    const { page } = host;
    await page.locator('cc-rehearsal summary').click();
    await page.locator('[data-test=rehearse]').click();
    const command = await page.locator('[data-test=command]').innerText();
    const [, id, link] = /^npm run crowdcue -- rehearse (\S+) --host-link '(\S+)' --viewers 500$/.exec(command)!;
    await screenshots(page, 'console-rehearsal', page.locator('cc-rehearsal'));
    expect(await serious(page, ['cc-console', 'cc-desk', 'cc-rehearsal'])).toEqual([]);
    const key = new URL(link!).hash.replace('#key=', '');
    const traded = (await (await fetch(`${system.origin.url}/api/host/session`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ key }) })).json()) as { session: string };
    const overview = (await (await fetch(`${system.origin.url}/api/events/${id}-rehearsal`, { headers: { authorization: `Bearer ${traded.session}` } })).json()) as EventOverview;
    expect(overview.event.rehearsalOf).toBe(id);
    expect(overview.drops.map(({ name }) => name).sort()).toEqual(expect.arrayContaining([expect.stringContaining('Winner')]));
    await page.locator('[data-test=watch]').click();
    await page.locator('[data-test=back]').click();
    await page.locator('[data-test=start-run]').waitFor();
    expect(await page.locator('[data-test=planned]').count()).toBe(6);
    expect(host.problems).toEqual([]);
  });
});
