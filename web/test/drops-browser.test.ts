/** A host's drops on the desk, in real Chromium. */
import { readToken, type EventOverview, type JoinAnswer } from '@crowdcue/protocol';
import type { Locator, Route } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, DESKTOP, openChromium, PHONE, settled, type Chromium } from './browser.js';
import { DropShow, HOUR_MS, MARKUP, POLICY, shown, SOON } from './drop-show.js';

type Person = Awaited<ReturnType<Chromium['person']>>;

const DESK = { inside: ['cc-console', 'cc-desk', 'cc-drops'] };

const tierOf = (token: string): string => (readToken(token) as { tier?: string }).tier ?? '';

describe.skipIf(chromiumPath === undefined)('drops on the desk', { timeout: 120_000 }, () => {
  let show: DropShow;
  let browser: Chromium;
  let host: Person;

  beforeAll(async () => {
    show = await DropShow.start();
    browser = openChromium(chromiumPath!);
    host = await browser.person(DESKTOP);
    await host.page.goto((await show.test.call('POST', '/api/host/links', { bearer: show.test.session, body: {} })).body.url as string);
    await host.page.locator('cc-drops [data-test=drop]').first().waitFor();
  });

  afterAll(async () => {
    await browser?.close();
    await show?.stop();
  });

  const row = (name: string): Locator => host.page.locator('cc-drops [data-test=drop]', { hasText: name });
  /** Opens a row as a keyboard does. */
  const open = async (name: string): Promise<Locator> => {
    const at = row(name);
    await at.locator('summary').first().press('Enter');
    await at.locator('[data-test=figures]').waitFor();
    return at;
  };
  const wrong = (within: Locator): Promise<string> => within.locator('[data-test=wrong]').innerText();
  const undo = (): Promise<void> => host.page.getByRole('button', { name: 'Undo' }).last().press('Enter');
  const yes = (): Locator => host.page.locator('[data-test=yes]');
  /** The desk asks: no, and yes. */
  const refuse = async (): Promise<void> => {
    await yes().waitFor();
    await host.page.keyboard.press('Escape');
    await yes().waitFor({ state: 'hidden' });
  };
  const agree = async (): Promise<void> => {
    await yes().click();
    await yes().waitFor({ state: 'hidden' });
  };
  const figures = (within: Locator): Promise<string[]> => within.locator('[data-test=variant]').evaluateAll((rows) => rows.map((each) => [...each.querySelectorAll('th, td')].slice(0, 7).map((cell) => cell.textContent!.trim()).join(' ')));
  /** Name and text of the file that a press gives. */
  const downloaded = async (button: Locator): Promise<[name: string, text: string]> => {
    const { page } = host;
    await page.evaluate(() => {
      const make = URL.createObjectURL.bind(URL);
      URL.createObjectURL = (blob: Blob) => {
        Object.assign(window, { made: blob.text() });
        return make(blob);
      };
    });
    const [file] = await Promise.all([page.waitForEvent('download'), button.click()]);
    return [file.suggestedFilename(), await page.evaluate(() => (window as unknown as { made: Promise<string> }).made)];
  };

  it('[HDR1] the desk shows each variant’s figures, the last minute of claims, refusals by reason, and when a lot is drawn', async () => {
    const cap = await open('Cap');
    const { variants } = await show.drop('cap');
    expect(Object.values(variants)).toHaveLength(2);
    expect(await figures(cap)).toEqual(Object.entries(variants).map(([name, { supply, left, reserved, granted, converted, refunded }]) => [name, supply, left, reserved, granted, converted, refunded].join(' ')));
    expect(Object.values(variants).reduce((sum, { converted, refunded, reserved }) => [sum[0]! + converted, sum[1]! + refunded, sum[2]! + reserved], [0, 0, 0])).toEqual([2, 1, 1]);
    for (let times = 0; times < 3; times++) expect((await show.claim(7, 'cap', `nothing-won-${times}`)).code).toBe('claim_not_unlocked');
    expect((await show.claim(3, 'keys')).code).toBe('claim_sold_out');
    await expect.poll(() => cap.locator('[data-test=refused]').innerText(), SOON).toBe('3 not unlocked');
    expect(await cap.locator('.curves svg').evaluateAll((all) => all.map((each) => each.getAttribute('aria-label')))).toEqual([expect.stringMatching(/Cap a second over the last minute: now \d+, highest [1-3]$/), expect.stringContaining('Left of')]);
    for (let viewer = 0; viewer < 6; viewer++) await show.claim(viewer, 'prize');
    const prize = await open('Grand prize');
    await expect.poll(() => prize.locator('[data-test=lot]').innerText(), SOON).toMatch(/6 tickets · drawn in 0:[12]\d$/);
    await shown(host.page, 'console-drops', host.page.locator('cc-drops'), { ...DESK, both: true });
    expect(await host.page.evaluate(() => [document.title.includes('owned'), document.querySelectorAll('img[src=x]').length])).toEqual([false, 0]);
    expect(host.problems).toEqual([]);
  });

  it('[HDR2] a host closes and reopens with one press, restocks, takes back after a question, and takes the winners along', async () => {
    const badge = await open('Badge');
    await badge.locator('[data-test=toggle]').press('Enter');
    await expect.poll(async () => (await show.drop('badge')).shut, SOON).toBe(true);
    expect((await show.claim(0, 'badge')).code).toBe('claim_closed');
    await undo();
    await expect.poll(async () => (await show.drop('badge')).shut, SOON).toBeUndefined();
    expect((await show.claim(0, 'badge')).status).toBe('granted');
    await badge.getByText('Restock', { exact: true }).press('Enter');
    for (const [typed, why] of [['', 'A whole number'], ['-3', 'A whole number'], ['1.5', 'A whole number'], ['99999999999', 'bad_request']] as const) {
      await badge.locator('[data-test=restock-add]').fill(typed);
      await badge.locator('[data-test=restock]').click();
      await expect.poll(() => wrong(badge), SOON).toContain(why);
    }
    expect((await show.drop('badge')).supply).toBe(40);
    await badge.locator('[data-test=restock-add]').fill('2');
    await badge.locator('[name=reason]').first().fill(MARKUP);
    await badge.locator('[data-test=restock]').click();
    await expect.poll(() => figures(badge), SOON).toEqual(['units 42 41 0 1 0 0']);
    await badge.getByText('Take back', { exact: true }).press('Enter');
    await badge.locator('[data-test=take-viewer]').fill('first');
    await badge.locator('[data-test=take-back]').click();
    await expect.poll(() => wrong(badge), SOON).toContain('A viewer’s number');
    await badge.locator('[data-test=take-viewer]').fill(String(show.crowd[0]!.viewer));
    await badge.locator('[data-test=take-back]').click();
    await refuse();
    expect((await show.drop('badge')).granted).toBe(1);
    await badge.locator('[data-test=take-back]').click();
    await agree();
    await host.page.getByText('is taken back from viewer').waitFor();
    expect((await show.drop('badge')).granted).toBe(0);
    await badge.locator('[data-test=take-viewer]').fill(String(show.crowd[5]!.viewer));
    await badge.locator('[data-test=take-back]').click();
    await agree();
    await expect.poll(() => wrong(badge), SOON).toMatch(/nothing of this drop.*not_found$/);
    const [name, csv] = await downloaded(badge.locator('[data-test=winners]'));
    expect([name, csv.split('\r\n').length]).toEqual(['badge-winners.csv', 3]);
    expect(csv).toContain(`,${show.crowd[0]!.viewer},`);
    expect(await badge.locator('[data-test=report]').getAttribute('href')).toBe(`${show.test.url}/report/${show.event.code}/badge`);
    await shown(host.page, 'console-drop-actions', badge, DESK);
    expect(host.problems).toEqual([]);
  });

  it('[HDR3] codes are pasted or come from a file; a list with a fault is refused by its line and stays to be mended', async () => {
    const keys = row('Game keys');
    await keys.locator('summary').first().press('Enter');
    const list = keys.locator('[data-test=codes]');
    await list.fill('AAA-1\nBBB-2\nAAA-1');
    await keys.locator('[data-test=upload]').click();
    await expect.poll(() => wrong(keys), SOON).toMatch(/line.*codes_repeated$/s);
    expect([await list.inputValue(), await list.getAttribute('aria-invalid'), (await show.drop('keys')).supply]).toEqual(['AAA-1\nBBB-2\nAAA-1', 'true', 0]);
    await shown(host.page, 'console-codes', keys, DESK);
    await keys.locator('[data-test=codes-file]').setInputFiles({ name: 'codes.csv', mimeType: 'text/csv', buffer: Buffer.from('code\nAAA-1\nBBB-2\nCCC-3\n') });
    await expect.poll(() => list.inputValue(), SOON).toContain('CCC-3');
    await keys.locator('[data-test=upload]').click();
    await expect.poll(() => figures(keys), SOON).toEqual(['units 3 3 0 0 0 0']);
    expect(await host.page.locator('[data-test=toast]').last().innerText()).toContain('3 codes taken up');
    expect(await list.inputValue()).toBe('');
    expect((await show.claim(4, 'keys')).status).toBe('granted');
  });

  it('[TIR6] a tier’s link is on the desk; it lets a viewer in, leaves the address, and a dead one keeps nobody from playing', async () => {
    const { page } = host;
    const fold = page.locator('[data-test=fold-tiers]');
    await fold.locator('summary').press('Enter');
    await expect.poll(() => fold.locator('[data-test=no-tiers]').innerText(), SOON).toContain('No drop names a tier');
    await show.call('POST', '/drops', { id: 'early', name: 'Early cap', kind: 'badge', supply: 5, unlockedBy: 'round-won', opensAt: show.clock.now() + 2 * HOUR_MS, early: { gold: show.clock.now() + HOUR_MS } });
    await fold.getByRole('button', { name: 'Refresh' }).click();
    const link = fold.locator('[data-test=tier] [data-test=snippet]');
    await expect.poll(() => link.innerText(), SOON).toContain('#tier=gold.t1.1.');
    await shown(page, 'console-tiers', fold, DESK);
    const old = await link.innerText();
    await fold.locator('[data-test=replace-tier]').click();
    await refuse();
    expect(await link.innerText()).toBe(old);
    await fold.locator('[data-test=replace-tier]').click();
    await agree();
    await expect.poll(() => link.innerText(), SOON).toContain('#tier=gold.t1.2.');
    const viewer = await browser.person(PHONE);
    const opened = async (url: string): Promise<[said: string, tier: string, hash: string]> => {
      await viewer.page.goto('about:blank');
      await viewer.page.goto(url);
      const said = viewer.page.locator('[data-test=tier]');
      await said.waitFor(SOON);
      const kept = await viewer.page.evaluate(() => Object.entries(localStorage).find(([name]) => name.startsWith('crowdcue.join.'))?.[1]);
      return [(await said.innerText()).split('\n')[0]!.trim(), kept === undefined ? 'none' : tierOf((JSON.parse(kept) as JoinAnswer).token), new URL(viewer.page.url()).hash];
    };
    expect(await opened(old)).toEqual([expect.stringContaining('You play like everybody.'), expect.stringMatching(/^(none|viewer)$/), '']);
    expect(await opened(await link.innerText())).toEqual([expect.stringContaining('You are in as “gold”.'), 'gold', '']);
    await shown(viewer.page, 'viewer-tier', viewer.page.locator('[data-test=tier]'));
    await viewer.page.getByRole('button', { name: 'Close' }).click();
    expect(await viewer.page.locator('[data-test=tier]').count()).toBe(0);
    await viewer.context.close();
    // Who comes while the show is off the air keeps the key in the address until it counts.
    const early = await browser.person(PHONE);
    await show.call('POST', '/off');
    await early.page.goto(await link.innerText());
    await early.page.locator('crowdcue-game').waitFor(SOON);
    expect([new URL(early.page.url()).hash.slice(0, 11), await early.page.locator('[data-test=tier]').count()]).toEqual(['#tier=gold.', 0]);
    await show.call('POST', '/on');
    await early.page.reload();
    await expect.poll(() => early.page.locator('[data-test=tier]').innerText(), SOON).toContain('You are in as “gold”.');
    await early.context.close();
  });

  it('[HDR4] the statement says who is owed what, in the currency; closing it asks, and the next begins after it', async () => {
    const { page } = host;
    const money = page.locator('[data-test=fold-money]');
    await money.locator('summary').press('Enter');
    const accounts = (): Promise<string[]> => money.locator('[data-test=account]').evaluateAll((rows) => rows.map((each) => [...each.children].map((cell) => cell.textContent!.trim()).join(' ')));
    await expect.poll(accounts, SOON).toEqual(['creator €0.00 €31.98 -€15.99 €15.99', 'platform €0.00 €8.00 -€4.00 €4.00', 'Shop holds €0.00 €39.98 -€19.99 €19.99']);
    await shown(page, 'console-settlement', money, DESK);
    const [name, json] = await downloaded(money.locator('[data-test=statement-json]'));
    expect([name, (JSON.parse(json) as { rows: unknown[] }).rows.length]).toEqual(['friday-statement.json', 3]);
    const [, csv] = await downloaded(money.locator('[data-test=statement-csv]'));
    expect(csv.split('\r\n')[0]).toBe('seq,at,type,entitlement,drop,variant,account,currency,minor_units');
    await money.locator('[data-test=close-statement]').click();
    await refuse();
    expect((await accounts()).length).toBe(3);
    await money.locator('[data-test=close-statement]').click();
    await agree();
    await expect.poll(async () => (await show.call('GET', '/settlement')).body.closed.length, SOON).toBe(1);
    await expect.poll(() => money.locator('[data-test=closed]').innerText(), SOON).toContain('Statement 1 was closed');
    await money.locator('[data-test=close-statement]').click();
    await agree();
    await expect.poll(() => wrong(money), SOON).toMatch(/settlement_empty$/);
    // What is asked for while an answer is on its way is what is shown, also once that answer comes.
    const held = new Promise<Route>((resolve) => void page.route(/\/settlement$/, resolve, { times: 1 }));
    await money.getByRole('button', { name: 'Refresh' }).click();
    const late = await held;
    await money.locator('[data-test=all]').check();
    await expect.poll(async () => (await accounts()).length, SOON).toBe(3);
    const came = page.waitForResponse(/\/settlement$/);
    await late.continue();
    await (await came).finished();
    await settled(page);
    expect((await accounts()).length).toBe(3);
    expect(host.problems).toEqual([]);
  });

  it('[HDR5] a drop is defined in full; what is refused stands beside its field, also in what was folded away', async () => {
    const { page } = host;
    await page.getByRole('button', { name: 'Add drop' }).click();
    const dialog = page.locator('cc-event-dialog dialog');
    expect(await dialog.locator('input, select, textarea').count()).toBe(3); // name, supply, unlock
    const field = (name: string): Locator => dialog.locator(`[name=drop-${name}]`);
    const save = (): Promise<void> => dialog.locator('[data-test=save]').click();
    await field('name').fill(`${MARKUP} Shirt`);
    await dialog.locator('[data-test=more]').press('Enter');
    await field('kind').selectOption('link');
    await field('checkout').fill('javascript:alert(1)');
    await field('opensAt').fill('2031-05-02T20:00');
    await field('closesAt').fill('2031-05-01T20:00');
    await field('countries').fill('de, usa');
    await field('minAge').fill('900');
    for (const [list, name, value] of [['variants', 'red', '30'], ['variants', 'red', '10'], ['split', 'creator', '80'], ['split', 'platform', '10']] as const) {
      await dialog.locator(`[data-test=add-${list}]`).press('Enter');
      const inputs = dialog.locator(`[data-test=list-${list}] .row`).last().locator('input');
      await inputs.first().fill(name);
      await inputs.last().fill(value);
    }
    await save();
    await expect.poll(() => dialog.locator('[data-test=wrong]').allInnerTexts(), SOON).toEqual([expect.stringContaining('red stands there twice')]);
    await dialog.locator('[data-test=list-variants] .row').last().locator('input').first().fill('blue');
    await dialog.locator('[data-test=more]').press('Enter'); // folded: it opens for what is wrong in it
    await save();
    const faults = (): Promise<string[]> => dialog.locator('[data-test=wrong]').evaluateAll((all) => all.map((each) => `${each.id.replace('wrong-', '')}: ${each.textContent!.trim()}`));
    await expect.poll(async () => (await faults()).map((fault) => fault.split(':')[0]), SOON).toEqual(['checkout', 'closesAt', 'eligible.countries', 'eligible.minAge', 'split']);
    expect((await faults()).every((fault) => fault.endsWith('drop_bad_request'))).toBe(true);
    await shown(page, 'console-drop-form', dialog, { inside: ['cc-console', 'cc-desk', 'cc-event-dialog'] });
    await field('checkout').fill('https://shop.example/{entitlement}');
    await field('closesAt').fill('2031-05-03T20:00');
    await field('countries').fill('de, us');
    await field('minAge').fill('18');
    await dialog.locator('[data-test=list-split] .row').last().locator('input').last().fill('20');
    await field('restockPolicy').fill(POLICY);
    await save();
    await row('Shirt').waitFor();
    const [made] = ((await show.call('GET', '')).body as EventOverview).drops.filter(({ name }) => name.endsWith('Shirt'));
    expect(await show.report(made!.id)).toMatchObject({
      name: `${MARKUP} Shirt`, kind: 'link', opensAt: new Date('2031-05-02T20:00').getTime(), eligible: { countries: ['DE', 'US'], minAge: 18 }, variants: { red: { supply: 30 }, blue: { supply: 10 } }, restock: { policy: POLICY },
    });
    expect(host.problems).toEqual([]);
  });

  it('[HDR6] of two new drops the one that is wrong is pointed at; a co-host may open and close, and nothing more', async () => {
    const { page } = host;
    await page.locator('[data-test=new-event]').click();
    const dialog = page.locator('cc-event-dialog dialog');
    await dialog.locator('input[name=name]').fill('Saturday');
    for (let index = 0; index < 2; index++) {
      await dialog.locator('[data-test=add-drop]').click();
      await dialog.locator('[name=drop-name]').last().fill(`Drop ${index}`);
    }
    const second = dialog.locator('.drop').last();
    await second.locator('[data-test=more]').press('Enter');
    await second.locator('[name=drop-allocation]').selectOption('lottery');
    await dialog.locator('[data-test=save]').click();
    await expect.poll(() => wrong(second), SOON).toMatch(/lottery is drawn when it closes.*drop_bad_request$/);
    expect(await dialog.locator('[data-test=wrong]').count()).toBe(1);
    await page.keyboard.press('Escape');
    const invited = await show.test.call('POST', '/api/workspaces/members', { bearer: show.test.session, body: { name: 'Co', role: 'co-host' } });
    const coHost = await browser.person(DESKTOP);
    await coHost.page.goto(invited.body.url as string);
    const cap = coHost.page.locator('cc-drops [data-test=drop]', { hasText: 'Cap' });
    await cap.locator('summary').first().press('Enter');
    await cap.locator('[data-test=toggle]').waitFor();
    for (const hidden of ['[data-test=winners]', '[data-test=restock]', '[data-test=take-back]']) expect([hidden, await cap.locator(hidden).count()]).toEqual([hidden, 0]);
    expect(await coHost.page.locator('[data-test=fold-money]').count()).toBe(0);
    await coHost.context.close();
  });
});
