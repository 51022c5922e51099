/** How long the built component takes until it answers a tap, on a slow processor: on a page of another origin, against real processes. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CrowdcueSystem } from '../../loadtest/src/system.js';
import { chromiumPath, openChromium, PHONE, type Chromium } from '../../web/test/browser.js';

const BAR_MS = 1_000;
/** At least three runs, more where the machine has too much else to do for one of them to tell. */
const RUNS = 10;

/** In the page: taps the first pad the moment that it stands there, and says when that was answered, ms from the page's start. */
const TAP = `(() => {
  const view = () => document.querySelector('crowdcue-game')?.shadowRoot?.querySelector('crowdcue-tug')?.shadowRoot;
  const each = (look) => requestAnimationFrame(() => look() || each(look));
  each(() => {
    const pad = view()?.querySelector('.pad');
    if (!pad) return false;
    pad.dispatchEvent(new PointerEvent('pointerdown', { button: 0, bubbles: true, composed: true }));
    each(() => {
      if (!view().querySelector('.mine')) return false;
      globalThis.answered = performance.now();
      return true;
    });
    return true;
  });
})()`;

describe.skipIf(chromiumPath === undefined)('the first tap, in Chromium', { timeout: 120_000 }, () => {
  let system: CrowdcueSystem;
  let browser: Chromium;

  beforeAll(async () => {
    system = await CrowdcueSystem.start();
    browser = openChromium(chromiumPath!);
  });

  afterAll(async () => {
    await browser?.close();
    await system?.stop();
  });

  it('[EMB16] is answered within a second of the page\'s start on a processor slowed to a quarter, with nothing in the cache', async () => {
    const api = await system.host();
    await api.post('/api/events', { name: 'Show', id: 'show' });
    await api.post('/api/events/show/cue', { game: 'tug', inMs: 0, durationMs: 90_000 });
    const site = createServer((_request, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end(`<!doctype html><title>Elsewhere</title>
      <script type="module" src="${system.origin.url}/element.js"></script><crowdcue-game origin="${system.origin.url}" event="show"></crowdcue-game>`));
    await new Promise<void>((listening) => site.listen(0, '127.0.0.1', listening));
    const { page, context } = await browser.person(PHONE);
    const chrome = await context.newCDPSession(page);
    await chrome.send('Emulation.setCPUThrottlingRate', { rate: 4 });
    await chrome.send('Network.enable');
    await chrome.send('Performance.enable', { timeDomain: 'threadTicks' });
    const processor = async (): Promise<number> => 1_000 * (await chrome.send('Performance.getMetrics')).metrics.find(({ name }) => name === 'ThreadTime')!.value;
    /** How many times longer than its work alone the page takes now, because the machine has other things to do. */
    const crowding = async (): Promise<number> => {
      const before = await processor();
      const worked = await page.evaluate(() => {
        const begin = performance.now();
        let sum = 0;
        for (let i = 0; i < 2e7; i++) sum += i % 7;
        return performance.now() - begin + (sum < 0 ? 1 : 0);
      });
      return Math.max(1, worked / (await processor() - before));
    };
    await page.addInitScript(TAP);
    await chrome.send('Network.setCacheDisabled', { cacheDisabled: true });
    const clock: number[] = [];
    const alone: number[] = [];
    for (let run = 0; run < RUNS && !(run >= 3 && Math.min(...alone) <= BAR_MS); run++) {
      const before = await crowding();
      await page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`);
      const answered = await page.waitForFunction(() => (globalThis as { answered?: number }).answered).then((handle) => handle.jsonValue()) as number;
      clock.push(Math.round(answered));
      alone.push(Math.round(answered / Math.min(before, await crowding())));
    }
    console.log(`first tap answered, CPU slowed 4 times, nothing in the cache: ${clock.join(', ')} ms from the page's start, ${alone.join(', ')} ms without what else this machine does`);
    site.closeAllConnections();
    site.close();
    expect(Math.min(...alone)).toBeLessThanOrEqual(BAR_MS);
  });
});
