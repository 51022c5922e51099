/** Public reports of drops, in real Chromium: what anybody reads, and the draw that the reader's browser draws again. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../server/test/support/test-origin.js';
import { chromiumPath, DESKTOP, openChromium, PHONE, SCREENSHOTS, sideways, type Chromium } from './browser.js';
import { CAP, DropShow, HOUR_MS, MARKUP, POLICY, shown, SMALL, SOON } from './drop-show.js';

/** A name of this machine that browsers do not take for a secure place. */
const PLAIN_HOST = 'report.test';

describe.skipIf(chromiumPath === undefined)('drops in public', { timeout: 120_000 }, () => {
  let show: DropShow;
  let browser: Chromium;
  let reader: Awaited<ReturnType<Chromium['person']>>;

  beforeAll(async () => {
    show = await DropShow.start();
    await show.call('POST', '/drops/badge/restock', { add: 2, reason: MARKUP });
    browser = openChromium(chromiumPath!, { args: [`--host-resolver-rules=MAP ${PLAIN_HOST} 127.0.0.1`] });
    reader = await browser.person(DESKTOP);
  });

  afterAll(async () => {
    await browser?.close();
    await show?.stop();
  });

  it('[RPT1] anybody reads what there was, who may claim and by which policies; what a host wrote is words', async () => {
    const { page } = reader;
    await page.goto(`${show.test.url}/report/${show.event.code.toLowerCase()}/cap?lang=en`);
    expect(await page.locator('h1').innerText()).toBe(CAP);
    const facts = (id: string): Promise<string> => page.locator(`[data-test=${id}]`).innerText();
    expect(await facts('policies')).toContain(POLICY);
    expect(await page.locator('[data-test=policies] a').getAttribute('href')).toBe('https://ice.example/rules');
    expect(await page.locator('[data-test=state]').innerText()).toBe('4 of 6 left.');
    expect(await page.locator('[data-test=variant]').count()).toBe(2);
    expect(await page.locator('[data-test=supply] thead').innerText()).toMatch(/Held\s+Sold\s+Refunded/);
    await page.screenshot({ path: join(SCREENSHOTS, 'report-desktop.png') });
    await shown(page, 'report', page.locator('cc-report'), { both: true });
    await page.goto(`${show.test.url}/report/friday/badge?lang=en`);
    expect(await page.locator('[data-test=restock]').innerText()).toContain(`2 more: ${MARKUP}`);
    expect(await page.evaluate(() => [document.title, document.querySelectorAll('img').length])).toEqual(['Badge · Drop report · Crowdcue', 0]);
    await page.goto(`${show.test.url}/report/friday/%3Cimg%3E`);
    await page.locator('[data-test=unknown]').waitFor();
    expect(reader.problems).toEqual([]);
  });

  it('[RPT2] a lot tells its promise, then its list, then everything; the reader’s browser draws it again and finds each lie', async () => {
    const { page } = reader;
    const tickets: number[] = [];
    for (let viewer = 0; viewer < 6; viewer++) tickets.push((await show.claim(viewer, 'raffle')).ticket!);
    await page.goto(`${show.test.url}/report/friday/raffle?lang=en`);
    expect(await page.locator('[data-test=lot-state]').innerText()).toBe('Tickets are being collected.');
    const { lot: promised } = await show.report('raffle');
    await page.getByText(promised!.commitment).waitFor();
    expect(await page.locator('[data-test=again]').count()).toBe(0);
    show.clock.leap(HOUR_MS);
    const { lot } = await until(async () => { const told = await show.report('raffle'); return told.lot?.state === 'settled' && told; }, 'the lot is settled', 15_000);
    const proof = lot!.proof!;
    await page.reload();
    await page.locator('[data-test=again]').click();
    await expect.poll(() => page.locator('[data-test=verdict] .verdict').innerText(), SOON).toBe('Drawn again here, with 6 tickets: everything is as published.');
    const mine = async (typed: string): Promise<string> => {
      await page.locator('[data-test=ticket]').fill(typed);
      return page.locator('[data-test=ticket-is]').innerText();
    };
    const [winner] = proof.winners;
    const loser = tickets.find((ticket) => !proof.winners.includes(ticket))!;
    expect([await mine(`friday:${winner}`), await mine(String(loser)), await mine('1'), await mine(MARKUP)]).toEqual([
      `Ticket ${winner} won a unit. Place 1 of 6 in the draw.`, expect.stringMatching(new RegExp(`^Ticket ${loser} did not win\\. Place [3-6] of 6`)), 'Ticket 1 is not in the list.', expect.stringContaining('is not in the list.'),
    ]);
    await shown(page, 'report-lot', page.locator('cc-draw'));
    await page.emulateMedia({ media: 'print' });
    await page.screenshot({ path: join(SCREENSHOTS, 'report-print.png'), fullPage: true });
    expect(await page.locator('[data-test=again]').isVisible()).toBe(false);
    await page.emulateMedia({ media: null });
    const lies = { commitment: { seed: 'another' }, list: { tickets: proof.tickets.slice(1) }, winners: { winners: [loser, ...proof.winners.slice(1)] } };
    for (const [fault, lie] of Object.entries(lies)) {
      await page.route(/\/reports\/raffle$/, async (asked) => asked.fulfill({ json: { ...(await show.report('raffle')), lot: { ...lot, proof: { ...proof, ...lie } } } }));
      await page.reload();
      await page.locator('[data-test=again]').click();
      await page.locator(`[data-test=check-${fault}].wrong`).waitFor();
      await page.unroute(/\/reports\/raffle$/);
    }
    expect(reader.problems).toEqual([]);
  });

  it('[RPT3] the page says where a browser may not hash, and speaks the reader’s language, from right to left too', async () => {
    const { page } = reader;
    await page.goto(`${show.test.url.replace('127.0.0.1', PLAIN_HOST)}/report/friday/raffle?lang=en`);
    expect(await page.locator('[data-test=no-crypto]').innerText()).toContain('HTTPS');
    expect(await page.locator('[data-test=again]').count()).toBe(0);
    for (const lang of ['de', 'es', 'pt-BR', 'ja', 'ar']) {
      await page.goto(`${show.test.url}/report/friday/raffle?lang=${lang}`);
      await page.locator('[data-test=again]').click();
      await page.locator('[data-test=verdict] .verdict.right').waitFor();
      expect(await page.evaluate(() => [document.documentElement.lang, document.documentElement.dir])).toEqual([lang, lang === 'ar' ? 'rtl' : 'ltr']);
    }
    await page.setViewportSize(SMALL);
    expect(await sideways(page)).toBeLessThanOrEqual(0);
    await page.setViewportSize(PHONE);
    await page.screenshot({ path: join(SCREENSHOTS, 'report-ar-phone.png'), fullPage: true });
    await page.setViewportSize(DESKTOP);
    expect(reader.problems).toEqual([]);
  });
});
