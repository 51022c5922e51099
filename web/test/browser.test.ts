/**
 * The main job in real Chromium, on the built pages and the built processes: a host cues, two viewers play, the winner claims.
 * The steps build on each other, as an evening does.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JoinAnswer, ReceiptView } from '@crowdcue/protocol';
import { chromiumPath, DESKTOP, openChromium, PHONE, screenshots, sideways, type Chromium } from './browser.js';
import { serveBelow } from './prefix-proxy.js';
import { CrowdcueSystem } from '../../loadtest/src/system.js';

type Person = Awaited<ReturnType<Chromium['person']>>;

const SOON = { timeout: 15_000, interval: 50 };
const TAP_MS = 90; // eleven taps a second: fast fingers, and below what tug counts

const stageOf = (page: Page): Promise<string | null> => page.locator('crowdcue-game [data-stage]').getAttribute('data-stage');

/** Taps that the viewer's own pad shows. */
const ownTaps = (page: Page): Promise<number> =>
  page.locator('crowdcue-game .mine crowdcue-number').evaluate((element) => (element as HTMLElement & { value: number }).value);

const tap = async (page: Page, side: 'left' | 'right', times: number): Promise<void> => {
  const pad = page.locator(`crowdcue-game .pad.${side}`);
  for (let i = 0; i < times; i++) {
    await pad.tap();
    await page.waitForTimeout(TAP_MS); // a finger's rhythm, not a wait for something
  }
};

/** What the SDK keeps of the join: the viewer's token and name. */
const joinOf = (page: Page): Promise<JoinAnswer> =>
  page.evaluate(() => {
    const key = Object.keys(localStorage).find((each) => each.startsWith('crowdcue.join.'));
    if (key === undefined) throw new Error('the SDK has kept no join');
    return JSON.parse(localStorage.getItem(key)!) as never;
  });

describe.skipIf(chromiumPath === undefined)('host console and viewer page in Chromium', { timeout: 90_000 }, () => {
  let system: CrowdcueSystem;
  let browser: Chromium;
  let host: Person;
  let winner: Person;
  let loser: Person;
  let code = '';
  let receipt: ReceiptView;

  const post = (path: string, token: string, body: unknown): Promise<Response> =>
    fetch(`${system.origin.url}${path}`, { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body: JSON.stringify(body) });
  const left = (): Promise<string> => host.page.locator('[data-test=drop]').first().innerText();

  beforeAll(async () => {
    system = await CrowdcueSystem.start();
    browser = openChromium(chromiumPath!);
    host = await browser.person(DESKTOP);
    winner = await browser.person(PHONE);
    loser = await browser.person(PHONE);
  });

  afterAll(async () => {
    await browser?.close();
    await system?.stop();
  });

  it('[WEB1] opens the console by its link, once, takes the key out of the address and stays signed in over a reload', async () => {
    const { page } = host;
    await page.goto(system.origin.ready.hostLink!);
    await page.locator('[data-test=first-event]').waitFor();
    expect(page.url()).toBe(`${system.origin.url}/host`);
    await screenshots(page, 'console-first');
    await page.reload();
    await page.locator('[data-test=first-event]').waitFor();

    const other = await browser.person(DESKTOP);
    await other.page.goto(system.origin.ready.hostLink!);
    await expect.poll(() => other.page.locator('[data-test=code]').innerText(), SOON).toBe('host_link_used');
    expect(await other.page.locator('h1').innerText()).toContain('does not work any more');
    await screenshots(other.page, 'console-link-used');
    await other.page.goto(`${system.origin.url}/host`);
    await other.page.getByText('one-time host link').waitFor();
    await screenshots(other.page, 'console-signed-out');
    await other.context.close();
  });

  it('[WEB2] creates an event with a drop and shows join code, QR and supply', async () => {
    const { page } = host;
    await page.locator('[data-test=first-event]').click();
    await page.locator('input[name=name]').fill('Friday Finale');
    await page.locator('[data-test=add-drop]').click();
    await page.locator('input[name=drop-name]').fill('Golden Rope');
    await page.locator('input[name=drop-supply]').fill('3');
    await page.locator('select[name=drop-unlock]').selectOption('round-won');
    await screenshots(page, 'console-new-event');
    await page.locator('[data-test=save]').click();
    await expect.poll(left, SOON).toContain('3 left of 3');
    code = (await page.locator('[data-test=code]').innerText()).trim();
    expect(code).toMatch(/^[A-Z]{6}$/);
    await expect.poll(() => page.locator('cc-join-card img').evaluate((img) => (img as HTMLImageElement).naturalWidth), SOON).toBeGreaterThan(0);
    await screenshots(page, 'console-idle');
  });

  it('[WEB3] lets viewers in by the six letters, typed in any case, and counts them on the desk', async () => {
    await winner.page.goto(system.origin.url);
    await screenshots(winner.page, 'landing');
    await winner.page.locator('cc-code-entry input').pressSequentially(code.toLowerCase());
    await winner.page.getByRole('button', { name: 'Join' }).click();
    await loser.page.goto(`${system.origin.url}/join/${code}`);
    for (const { page } of [winner, loser]) await expect.poll(() => stageOf(page), SOON).toBe('idle');
    expect(await winner.page.locator('h1').first().innerText()).toBe('Friday Finale');
    await expect.poll(() => host.page.locator('[data-test=viewers]').innerText(), SOON).toBe('2');
    await screenshots(winner.page, 'viewer-idle');
  });

  it('[WEB4] starts a round for everybody by the key C', async () => {
    const { page } = host;
    await page.getByLabel('Countdown').selectOption('10000');
    await page.getByLabel('Length').selectOption('30000');
    await page.locator('[data-test=phase]').click(); // out of the field: keys mean nothing while somebody types
    await page.keyboard.press('c');
    for (const { page: viewer } of [winner, loser]) await expect.poll(() => stageOf(viewer), SOON).toBe('armed');
    await Promise.all([screenshots(winner.page, 'viewer-armed'), screenshots(page, 'console-armed')]);
    for (const { page: viewer } of [winner, loser]) await expect.poll(() => stageOf(viewer), SOON).toBe('live');
    await expect.poll(() => page.locator('[data-test=phase]').innerText(), SOON).toMatch(/on air/i);
  });

  it('[WEB5] costs a viewer nothing to reload in the middle of a round', async () => {
    const { page } = winner;
    await Promise.all([tap(page, 'left', 12), tap(loser.page, 'right', 8)]);
    const before = await ownTaps(page);
    expect(before).toBe(12);
    await page.reload();
    await expect.poll(() => ownTaps(page), SOON).toBe(before);
    expect(await page.locator('crowdcue-game .pad.right').count()).toBe(0); // still on the left team
    await Promise.all([tap(page, 'left', 10), tap(loser.page, 'right', 5)]);
    await expect.poll(() => ownTaps(page), SOON).toBe(before + 10);
    await Promise.all([screenshots(page, 'viewer-live'), screenshots(host.page, 'console-live')]);
  });

  it('[WEB6] shows the winner what was unlocked, and hands out number 1 of 3', async () => {
    await expect.poll(() => stageOf(winner.page), { timeout: 45_000, interval: 50 }).toBe('over');
    await expect.poll(() => host.page.locator('[data-test=headline]').innerText(), SOON).toBe('Left wins');
    const claim = winner.page.locator('crowdcue-game').getByRole('button', { name: 'Claim' });
    await claim.waitFor();
    await screenshots(winner.page, 'viewer-unlocked');
    await claim.tap();
    await expect.poll(() => winner.page.locator('crowdcue-game .serial').innerText(), SOON).toBe('No. 1 of 3');
    await screenshots(winner.page, 'viewer-granted');
    expect(await stageOf(loser.page)).toBe('over');
    expect(await loser.page.locator('crowdcue-game').getByRole('button', { name: 'Claim' }).count()).toBe(0);
    await screenshots(loser.page, 'viewer-over');
  });

  it('[WEB7] shows the same receipt however often the viewer claims, and takes supply once', async () => {
    const { token, event } = await joinOf(winner.page);
    const drops = (await (await fetch(`${system.origin.url}/api/events/${event.id}/drops`, { headers: { authorization: `Bearer ${token}` } })).json()) as { drops: { id: string; receipt: ReceiptView }[] };
    receipt = drops.drops[0]!.receipt;
    expect(receipt).toMatchObject({ status: 'granted', serial: 1, supply: 3 });
    const again = await post(`/api/events/${event.id}/claims`, token, { drop: drops.drops[0]!.id, key: 'another-key' });
    expect(await again.json()).toEqual(receipt);
    await winner.page.reload();
    await expect.poll(() => stageOf(winner.page), SOON).toBe('over');
    const badge = winner.page.locator('crowdcue-game').getByRole('button', { name: /reward/ });
    if (!(await winner.page.locator('crowdcue-game .serial').isVisible())) await badge.tap();
    await expect.poll(() => winner.page.locator('crowdcue-game .serial').innerText(), SOON).toBe('No. 1 of 3');
    await expect.poll(left, SOON).toContain('2 left of 3');
    expect(await left()).toContain('1 granted');
    await screenshots(host.page, 'console-over');
  });

  it('[WEB8] says when the server does not answer, and goes on by itself when it does', async () => {
    const { page, context } = host;
    await context.setOffline(true);
    await page.locator('[data-test=offline]').waitFor();
    expect(await page.locator('[data-test=cue]').isDisabled()).toBe(true);
    await screenshots(page, 'console-offline');
    await context.setOffline(false);
    await page.locator('[data-test=offline]').waitFor({ state: 'detached' });
    await expect.poll(() => page.locator('[data-test=cue]').isEnabled(), SOON).toBe(true);
  });

  it('[WEB9] bans a viewer after asking, tells that viewer, and takes it back', async () => {
    const { page } = host;
    const { name } = await joinOf(loser.page);
    await page.getByRole('button', { name: `Ban ${name}`, exact: true }).click();
    await screenshots(page, 'console-ban');
    await page.locator('[data-test=yes]').click();
    await loser.page.getByText('The host has removed you from this event.', { exact: true }).waitFor();
    await screenshots(loser.page, 'viewer-banned');
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('button', { name: `Ban ${name}`, exact: true }).waitFor();
    await loser.page.reload();
    await expect.poll(() => stageOf(loser.page), SOON).toBe('over');
  });

  it('[WEB10] receives a code that nobody knows with another try', async () => {
    const { page, context } = await browser.person(PHONE);
    await page.goto(`${system.origin.url}/join/ZZZZZZ`);
    await page.getByText('No show has this code').waitFor();
    await screenshots(page, 'viewer-unknown-code');
    await page.locator('cc-code-entry input').fill(`${system.origin.url}/join/${code}`);
    await page.getByRole('button', { name: 'Join' }).click();
    await expect.poll(() => stageOf(page), SOON).toBe('over');
    await context.close();
  });

  it('[WEB11] works below a path prefix', async () => {
    const proxy = await serveBelow('/shows/crowdcue', system.origin.url);
    const { page, context, problems } = await browser.person(PHONE);
    try {
      await page.goto(`${proxy.url}/join/${code}`);
      await expect.poll(() => stageOf(page), SOON).toBe('over');
      await page.goto(`${proxy.url}/`);
      await page.locator('cc-code-entry input').fill(code);
      await page.getByRole('button', { name: 'Join' }).click();
      await expect.poll(() => stageOf(page), SOON).toBe('over');
      expect(page.url()).toBe(`${proxy.url}/join/${code}`);
      await page.goto(`${proxy.url}/host`);
      await page.getByText('one-time host link').waitFor();
      expect(problems).toEqual([]);
    } finally {
      await context.close();
      await proxy.close();
    }
  });

  it('[WEB21] plays on somebody else’s page by one script tag', async () => {
    const page = `<!doctype html><title>Elsewhere</title><script type="module" src="${system.origin.url}/element.js"></script>
      <crowdcue-game origin="${system.origin.url}" event="${code}" style="display: block; height: 30rem"></crowdcue-game>`;
    const elsewhere = createServer((_request, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end(page));
    await new Promise<void>((listening) => elsewhere.listen(0, '127.0.0.1', listening));
    const { page: visitor, context, problems } = await browser.person(PHONE);
    try {
      await visitor.goto(`http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/`);
      await expect.poll(() => stageOf(visitor), SOON).toBe('over');
      expect(problems.filter((problem) => !problem.includes('favicon'))).toEqual([]);
    } finally {
      await context.close();
      elsewhere.closeAllConnections();
      elsewhere.close();
    }
  });

  it('[CLK26] has the picture flash, asks viewers to tap along, and keeps the packager’s offset', async () => {
    const { page } = host;
    await expect.poll(() => page.locator('[data-test=known]').innerText(), SOON).toContain('No viewer knows yet');
    await page.locator('[data-test=flash]').click();
    await expect.poll(() => page.locator('[data-test=known]').innerText(), SOON).toMatch(/flashes for another \d+ s/);
    await loser.page.locator('crowdcue-game .tap-flash').waitFor();
    await screenshots(loser.page, 'viewer-tap');
    await page.locator('[data-test=packager]').click();
    await page.locator('input[name=offset]').fill('-250');
    await page.locator('input[name=error]').fill('40');
    await screenshots(page, 'console-pictures');
    await page.locator('[data-test=calibrate]').click();
    await expect.poll(() => page.locator('[data-test=packager]').innerText(), SOON).toBe('-250 ± 40 ms');
    await page.locator('[data-test=end-flashes]').click();
    await page.locator('[data-test=flash]').waitFor();
    await loser.page.locator('crowdcue-game .tap-flash').waitFor({ state: 'detached' });
  });

  it('[WEB12] sets no cookie, throws no error and never scrolls sideways', async () => {
    for (const { page, context, problems } of [host, winner, loser]) {
      expect(await context.cookies()).toEqual([]);
      expect(problems).toEqual([]);
      await page.setViewportSize(PHONE);
      expect(await sideways(page)).toBe(0);
    }
  });
});
