/** A game that is an npm package outside this repository's workspaces: packed, installed elsewhere, named in the configuration, and played. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CrowdcueSystem, type HostApi } from '../../loadtest/src/system.js';
import type { EventOverview } from '@crowdcue/protocol';
import { chromiumPath, openChromium, PHONE, screenshots, sideways, type Chromium } from './browser.js';

const SAMPLE = fileURLToPath(new URL('../../examples/game-odd-one-out', import.meta.url));
const NAME = 'crowdcue-game-odd-one-out';
const SOON = { timeout: 15_000, interval: 50 };

/** As `npm install` of the packed file does it, without a registry. */
const installPacked = (folder: string): void => {
  const [{ filename }] = JSON.parse(execFileSync('npm', ['pack', SAMPLE, '--json', '--pack-destination', folder], { stdio: ['ignore', 'pipe', 'ignore'] }).toString()) as [{ filename: string }];
  const target = join(folder, 'node_modules', NAME);
  mkdirSync(target, { recursive: true });
  execFileSync('tar', ['-xzf', join(folder, filename), '-C', target, '--strip-components=1']);
};

describe.skipIf(chromiumPath === undefined)('a game from a package, in Chromium', { timeout: 60_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'crowdcue-games-'));
  let system: CrowdcueSystem;
  let host: HostApi;
  let browser: Chromium;
  let elsewhere: Server;
  let code = '';

  beforeAll(async () => {
    installPacked(folder);
    system = await CrowdcueSystem.start({ originEnv: () => ({ GAMES: NAME, GAMES_DIR: folder }) });
    host = await system.host();
    ({ code } = await host.post<{ code: string }>('/api/events', { id: 'show', name: 'Show' }));
    browser = openChromium(chromiumPath!);
    // Somebody else's page, as strict as a page with the component can be.
    const page = `<!doctype html><html lang="de"><title>Elsewhere</title><script type="module" src="${system.origin.url}/element.js"></script><crowdcue-game origin="${system.origin.url}" event="${code}"></crowdcue-game>`;
    const policy = `default-src 'none'; script-src ${system.origin.url}; connect-src ${system.origin.url} ws:; base-uri 'none'`;
    elsewhere = createServer((_request, response) => void response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy }).end(page));
    await new Promise<void>((listening) => elsewhere.listen(0, '127.0.0.1', listening));
  });

  afterAll(async () => {
    await browser?.close();
    await system?.stop();
    elsewhere?.closeAllConnections();
    elsewhere?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const complaintsOf = (page: Page): string[] => {
    const found: string[] = [];
    page.on('console', (message) => {
      if (/Content Security Policy|violates/.test(message.text())) found.push(message.text());
    });
    return found;
  };
  const overview = (): Promise<EventOverview> => host.get('/api/events/show');

  it('[EXT4] plays a round on the origin\'s page and on somebody else\'s, by pointer and by key, under the policy of each and in the reader\'s language', async () => {
    const people = await Promise.all([0, 1, 2].map(() => browser.person(PHONE)));
    const policies = people.map(({ page }) => complaintsOf(page));
    const [ann, ben, cem] = people.map(({ page }) => page) as [Page, Page, Page];
    await Promise.all([ann.goto(`${system.origin.url}/join/${code}`), ben.goto(`${system.origin.url}/join/${code}`), cem.goto(`http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/`)]);
    for (const page of [ann, ben, cem]) await page.locator('crowdcue-game [data-stage=idle]').waitFor();
    await host.post('/api/events/show/cue', { game: 'odd-one-out', inMs: 1_500, durationMs: 8_000 });
    const pad = (page: Page, choice: number): Locator => page.locator(`crowdcue-game .pad[data-choice="${choice}"]`);
    await ann.locator('crowdcue-game main').getByText('Choose what the fewest will choose.').waitFor();
    await pad(ann, 0).tap();
    await pad(ben, 2).waitFor();
    await ben.keyboard.press('1'); // the same as Ann
    await pad(cem, 2).tap();
    await pad(cem, 0).tap({ force: true }); // the first choice counts
    await cem.locator('crowdcue-game .pad.mine').getByText('Stern').waitFor();
    await expect.poll(async () => (await overview()).players, SOON).toBe(3);
    expect((await overview()).board).toMatchObject({ sun: 0, star: 0, rarest: '' }); // nobody learns the counts before the end
    await screenshots(ann, 'outside-live');
    await cem.getByRole('heading', { name: 'Stern gewinnt' }).waitFor();
    await ann.getByRole('heading', { name: 'Star wins' }).waitFor();
    await ann.getByText('Sun: 2, Moon: 0, Star: 1', { exact: true }).waitFor();
    expect((await overview()).board).toMatchObject({ sun: 2, moon: 0, star: 1, rarest: 'star' });
    for (const page of [ann, ben, cem]) expect(await sideways(page)).toBe(0);
    expect(people.flatMap(({ problems }) => problems)).toEqual([]);
    expect(policies.flat()).toEqual([]);
  });
});
