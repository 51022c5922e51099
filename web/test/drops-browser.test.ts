/** A host's drops on the desk, and their public reports, in real Chromium on an origin with real rooms; facts and time are the test's. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readToken, type DropReport, type DropStanding, type EventOverview, type EventView, type JoinAnswer } from '@crowdcue/protocol';
import { pino } from 'pino';
import type { Locator, Page, Route } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../server/src/clock.js';
import { systemRandom } from '../../server/src/identity/index.js';
import { openKeeping } from '../../server/src/keeping.js';
import { CrowdRoomHost } from '../../server/src/rooms/crowd-room-host.js';
import type { CrowdRoomDeps } from '../../server/src/rooms/room-deps.js';
import { LeapingClock } from '../../server/test/support/manual-clock.js';
import { TestOrigin, until } from '../../server/test/support/test-origin.js';
import { chromiumPath, DESKTOP, openChromium, PHONE, SCREENSHOTS, screenshots, settled, sideways, type Chromium } from './browser.js';

type Person = Awaited<ReturnType<Chromium['person']>>;

const SOON = { timeout: 15_000, interval: 50 };
const HOUR_MS = 3_600_000;
const SMALL = { width: 320, height: 640 };
const MARKUP = '<img src=x onerror=alert(1)>';
const CAP = `${MARKUP} Cap`;
const POLICY = '<script>document.title = "owned"</script>\nNo more of them.';
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** Pages that axe sees in the light too; what the others show has the same colours. */
const LOOKED_AT_TWICE: ReadonlySet<string> = new Set(['console-drops', 'report']);
const DESK = ['cc-console', 'cc-desk', 'cc-drops'];
/** A name of this machine that browsers do not take for a secure place. */
const PLAIN_HOST = 'report.test';

const tierOf = (token: string): string => (readToken(token) as { tier?: string }).tier ?? '';

/** What axe-core finds serious or critical: of a page, or of a part of the desk. */
const serious = async (page: Page, inside?: readonly string[]): Promise<unknown> => {
  await settled(page);
  if (!(await page.evaluate("'axe' in window"))) await page.evaluate(AXE);
  return page.evaluate(`axe.run(${inside === undefined ? 'document' : JSON.stringify({ include: [{ fromShadowDom: inside }] })}, { resultTypes: ['violations'] }).then(({ violations }) => violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => [id, nodes.map(({ html }) => html.slice(0, 160))]))`);
};

describe.skipIf(chromiumPath === undefined)('drops on the desk and in public', { timeout: 120_000 }, () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'crowdcue-drops-'));
  const clock = new LeapingClock(systemClock);
  let rooms: CrowdRoomDeps;
  let test: TestOrigin;
  let browser: Chromium;
  let host: Person;
  let reader: Person;
  let event: EventView;
  let crowd: JoinAnswer[];

  const start = (): Promise<TestOrigin> => new TestOrigin(dataDir).start({ LOG_LEVEL: 'warn' }, {
    clock,
    makeRooms: (deps, server) => {
      rooms = deps;
      const made = new CrowdRoomHost(deps);
      made.define(server);
      return made;
    },
  });
  const call = (method: string, path: string, body?: unknown, bearer = test.session) => test.call(method, `/api/events/friday${path}`, { bearer, ...(body !== undefined && { body }) });
  const claim = async (viewer: number, drop: string, key = `${drop}-key-of-${viewer}`): Promise<{ id: string; status: string; code?: string; ticket?: number }> => (await call('POST', '/claims', { drop, key }, crowd[viewer]!.token)).body;
  const drop = async (id: string): Promise<DropStanding> => ((await call('GET', '')).body as EventOverview).drops.find((each) => each.id === id)!;
  const report = async (id: string): Promise<DropReport> => (await test.call('GET', `/api/events/friday/reports/${id}`)).body as DropReport;

  /** What shops report has a door of its own: here it is written as that door writes it, while nobody else has the store. */
  const sold = async (ids: readonly string[], refunded: string): Promise<void> => {
    await test.close();
    const keeping = await openKeeping({ config: { dataDir, redisUrl: undefined, originId: undefined }, clock, random: systemRandom, logger: pino({ level: 'silent' }), onFailure: undefined });
    const paid = { event: 'friday', amount: 1_999, currency: 'EUR', trace: 't' };
    const answers = await Promise.all(ids.map((id, index) => keeping.ledger.move({ ...paid, id, type: 'convert', key: `order-000${index}` })));
    answers.push(await keeping.ledger.move({ ...paid, id: refunded, type: 'refund', key: 'refund-0001' }));
    if (answers.some((answer) => !('status' in answer) || answer.status !== 'done')) throw new Error(JSON.stringify(answers));
    await keeping.close();
    const { session } = test;
    test = await start();
    test.session = session;
  };

  beforeAll(async () => {
    test = await start();
    await test.host();
    event = await test.event({
      id: 'friday', name: 'Friday Finale', drops: [
        { id: 'cap', name: CAP, kind: 'link', variants: { red: 3, blue: 3 }, unlockedBy: 'round-won', checkout: 'https://shop.example/{entitlement}', reserveMinutes: 30, restockPolicy: POLICY, refundPolicy: 'Within 14 days.',
          sponsor: 'North & Ice', rules: 'https://ice.example/rules', split: { creator: 8_000, platform: 2_000 }, eligible: { minAge: undefined } },
        { id: 'keys', name: 'Game keys', kind: 'code', unlockedBy: 'round-won' },
        { id: 'prize', name: 'Grand prize', kind: 'host', supply: 2, unlockedBy: 'round-won', allocation: 'fair-window' },
        { id: 'raffle', name: 'Raffle', kind: 'host', supply: 2, unlockedBy: 'round-won', allocation: 'lottery', closesAt: clock.now() + HOUR_MS },
        { id: 'badge', name: 'Badge', kind: 'badge', supply: 40, unlockedBy: 'round-won' },
      ],
    });
    crowd = await Promise.all(Array.from({ length: 8 }, () => test.join('friday')));
    await rooms.facts.facts('friday', [{ room: 'friday', tick: 1_000_000, ordinal: 0, at: 0, trace: 't', type: 'RoundWon', game: 'tug', round: 1, viewers: crowd.slice(0, 7).map(({ viewer }) => viewer) }]);
    const caps = [await claim(0, 'cap'), await claim(1, 'cap'), await claim(2, 'cap')];
    if (caps.some(({ status }) => status !== 'reserved')) throw new Error(JSON.stringify(caps));
    await sold([caps[0]!.id, caps[1]!.id], caps[1]!.id);
    browser = openChromium(chromiumPath!, { args: [`--host-resolver-rules=MAP ${PLAIN_HOST} 127.0.0.1`] });
    [host, reader] = await Promise.all([browser.person(DESKTOP), browser.person(DESKTOP)]);
    await host.page.goto(test.origin.hostLink);
    await host.page.locator('cc-drops [data-test=drop]').first().waitFor();
  });

  afterAll(async () => {
    await browser?.close();
    await test?.close();
    rmSync(dataDir, { recursive: true, force: true });
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
  /** A part at 320 px, looked at by axe, and in both sizes and themes. */
  const shown = async (page: Page, name: string, part: Locator, inside?: readonly string[]): Promise<void> => {
    await page.setViewportSize(SMALL);
    expect(await sideways(page)).toBeLessThanOrEqual(0);
    await part.screenshot({ path: join(SCREENSHOTS, `${name}-320.png`) });
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await serious(page, inside)).toEqual([]);
    await page.emulateMedia({ colorScheme: null });
    await page.setViewportSize(DESKTOP);
    await part.scrollIntoViewIfNeeded();
    await screenshots(page, name);
    if (LOOKED_AT_TWICE.has(name)) expect(await serious(page, inside)).toEqual([]);
  };

  it('[HDR1] the desk shows each variant’s figures, the last minute of claims, refusals by reason, and when a lot is drawn', async () => {
    const cap = await open('Cap');
    const { variants } = await drop('cap');
    expect(Object.values(variants)).toHaveLength(2);
    expect(await figures(cap)).toEqual(Object.entries(variants).map(([name, { supply, left, reserved, granted, converted, refunded }]) => [name, supply, left, reserved, granted, converted, refunded].join(' ')));
    expect(Object.values(variants).reduce((sum, { converted, refunded, reserved }) => [sum[0]! + converted, sum[1]! + refunded, sum[2]! + reserved], [0, 0, 0])).toEqual([2, 1, 1]);
    for (let times = 0; times < 3; times++) expect((await claim(7, 'cap', `nothing-won-${times}`)).code).toBe('claim_not_unlocked');
    expect((await claim(3, 'keys')).code).toBe('claim_sold_out');
    await expect.poll(() => cap.locator('[data-test=refused]').innerText(), SOON).toBe('3 not unlocked');
    expect(await cap.locator('.curves svg').evaluateAll((all) => all.map((each) => each.getAttribute('aria-label')))).toEqual([expect.stringMatching(/Cap a second over the last minute: now \d+, highest [1-3]$/), expect.stringContaining('Left of')]);
    for (let viewer = 0; viewer < 6; viewer++) await claim(viewer, 'prize');
    const prize = await open('Grand prize');
    await expect.poll(() => prize.locator('[data-test=lot]').innerText(), SOON).toMatch(/6 tickets · drawn in 0:[12]\d$/);
    await shown(host.page, 'console-drops', host.page.locator('cc-drops'), DESK);
    expect(await host.page.evaluate(() => [document.title.includes('owned'), document.querySelectorAll('img[src=x]').length])).toEqual([false, 0]);
    expect(host.problems).toEqual([]);
  });

  it('[HDR2] a host closes and reopens with one press, restocks, takes back after a question, and takes the winners along', async () => {
    const badge = await open('Badge');
    await badge.locator('[data-test=toggle]').press('Enter');
    await expect.poll(async () => (await drop('badge')).shut, SOON).toBe(true);
    expect((await claim(0, 'badge')).code).toBe('claim_closed');
    await undo();
    await expect.poll(async () => (await drop('badge')).shut, SOON).toBeUndefined();
    expect((await claim(0, 'badge')).status).toBe('granted');
    await badge.getByText('Restock', { exact: true }).press('Enter');
    for (const [typed, why] of [['', 'A whole number'], ['-3', 'A whole number'], ['1.5', 'A whole number'], ['99999999999', 'bad_request']] as const) {
      await badge.locator('[data-test=restock-add]').fill(typed);
      await badge.locator('[data-test=restock]').click();
      await expect.poll(() => wrong(badge), SOON).toContain(why);
    }
    expect((await drop('badge')).supply).toBe(40);
    await badge.locator('[data-test=restock-add]').fill('2');
    await badge.locator('[name=reason]').first().fill(MARKUP);
    await badge.locator('[data-test=restock]').click();
    await expect.poll(() => figures(badge), SOON).toEqual(['units 42 41 0 1 0 0']);
    await badge.getByText('Take back', { exact: true }).press('Enter');
    await badge.locator('[data-test=take-viewer]').fill('first');
    await badge.locator('[data-test=take-back]').click();
    await expect.poll(() => wrong(badge), SOON).toContain('A viewer’s number');
    await badge.locator('[data-test=take-viewer]').fill(String(crowd[0]!.viewer));
    await badge.locator('[data-test=take-back]').click();
    await refuse();
    expect((await drop('badge')).granted).toBe(1);
    await badge.locator('[data-test=take-back]').click();
    await agree();
    await host.page.getByText('is taken back from viewer').waitFor();
    expect((await drop('badge')).granted).toBe(0);
    await badge.locator('[data-test=take-viewer]').fill(String(crowd[5]!.viewer));
    await badge.locator('[data-test=take-back]').click();
    await agree();
    await expect.poll(() => wrong(badge), SOON).toMatch(/nothing of this drop.*not_found$/);
    const [name, csv] = await downloaded(badge.locator('[data-test=winners]'));
    expect([name, csv.split('\r\n').length]).toEqual(['badge-winners.csv', 3]);
    expect(csv).toContain(`,${crowd[0]!.viewer},`);
    expect(await badge.locator('[data-test=report]').getAttribute('href')).toBe(`${test.url}/report/${event.code}/badge`);
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
    expect([await list.inputValue(), await list.getAttribute('aria-invalid'), (await drop('keys')).supply]).toEqual(['AAA-1\nBBB-2\nAAA-1', 'true', 0]);
    await shown(host.page, 'console-codes', keys, DESK);
    await keys.locator('[data-test=codes-file]').setInputFiles({ name: 'codes.csv', mimeType: 'text/csv', buffer: Buffer.from('code\nAAA-1\nBBB-2\nCCC-3\n') });
    await expect.poll(() => list.inputValue(), SOON).toContain('CCC-3');
    await keys.locator('[data-test=upload]').click();
    await expect.poll(() => figures(keys), SOON).toEqual(['units 3 3 0 0 0 0']);
    expect(await host.page.locator('[data-test=toast]').last().innerText()).toContain('3 codes taken up');
    expect(await list.inputValue()).toBe('');
    expect((await claim(4, 'keys')).status).toBe('granted');
  });

  it('[TIR6] a tier’s link is on the desk; it lets a viewer in, leaves the address, and a dead one keeps nobody from playing', async () => {
    const { page } = host;
    const fold = page.locator('[data-test=fold-tiers]');
    await fold.locator('summary').press('Enter');
    await expect.poll(() => fold.locator('[data-test=no-tiers]').innerText(), SOON).toContain('No drop names a tier');
    await call('POST', '/drops', { id: 'early', name: 'Early cap', kind: 'badge', supply: 5, unlockedBy: 'round-won', opensAt: clock.now() + 2 * HOUR_MS, early: { gold: clock.now() + HOUR_MS } });
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
    await call('POST', '/off');
    await early.page.goto(await link.innerText());
    await early.page.locator('crowdcue-game').waitFor(SOON);
    expect([new URL(early.page.url()).hash.slice(0, 11), await early.page.locator('[data-test=tier]').count()]).toEqual(['#tier=gold.', 0]);
    await call('POST', '/on');
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
    await expect.poll(async () => (await call('GET', '/settlement')).body.closed.length, SOON).toBe(1);
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
    await shown(page, 'console-drop-form', dialog, ['cc-console', 'cc-desk', 'cc-event-dialog']);
    await field('checkout').fill('https://shop.example/{entitlement}');
    await field('closesAt').fill('2031-05-03T20:00');
    await field('countries').fill('de, us');
    await field('minAge').fill('18');
    await dialog.locator('[data-test=list-split] .row').last().locator('input').last().fill('20');
    await field('restockPolicy').fill(POLICY);
    await save();
    await row('Shirt').waitFor();
    const [made] = ((await call('GET', '')).body as EventOverview).drops.filter(({ name }) => name.endsWith('Shirt'));
    expect(await report(made!.id)).toMatchObject({
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
    const invited = await test.call('POST', '/api/workspaces/members', { bearer: test.session, body: { name: 'Co', role: 'co-host' } });
    await reader.page.goto(invited.body.url as string);
    const cap = reader.page.locator('cc-drops [data-test=drop]', { hasText: 'Cap' });
    await cap.locator('summary').first().press('Enter');
    await cap.locator('[data-test=toggle]').waitFor();
    for (const hidden of ['[data-test=winners]', '[data-test=restock]', '[data-test=take-back]']) expect([hidden, await cap.locator(hidden).count()]).toEqual([hidden, 0]);
    expect(await reader.page.locator('[data-test=fold-money]').count()).toBe(0);
  });

  it('[RPT1] anybody reads what there was, who may claim and by which policies; what a host wrote is words', async () => {
    const { page } = reader;
    await page.goto(`${test.url}/report/${event.code.toLowerCase()}/cap?lang=en`);
    expect(await page.locator('h1').innerText()).toBe(CAP);
    const facts = (id: string): Promise<string> => page.locator(`[data-test=${id}]`).innerText();
    expect(await facts('policies')).toContain(POLICY);
    expect(await page.locator('[data-test=policies] a').getAttribute('href')).toBe('https://ice.example/rules');
    expect(await page.locator('[data-test=state]').innerText()).toBe('4 of 6 left.');
    expect(await page.locator('[data-test=variant]').count()).toBe(2);
    expect(await page.locator('[data-test=supply] thead').innerText()).toMatch(/Held\s+Sold\s+Refunded/);
    await page.screenshot({ path: join(SCREENSHOTS, 'report-desktop.png') });
    await shown(page, 'report', page.locator('cc-report'));
    await page.goto(`${test.url}/report/friday/badge?lang=en`);
    expect(await page.locator('[data-test=restock]').innerText()).toContain(`2 more: ${MARKUP}`);
    expect(await page.evaluate(() => [document.title, document.querySelectorAll('img').length])).toEqual(['Badge · Drop report · Crowdcue', 0]);
    await page.goto(`${test.url}/report/friday/%3Cimg%3E`);
    await page.locator('[data-test=unknown]').waitFor();
    expect(reader.problems).toEqual([]);
  });

  it('[RPT2] a lot tells its promise, then its list, then everything; the reader’s browser draws it again and finds each lie', async () => {
    const { page } = reader;
    const tickets: number[] = [];
    for (let viewer = 0; viewer < 6; viewer++) tickets.push((await claim(viewer, 'raffle')).ticket!);
    await page.goto(`${test.url}/report/friday/raffle?lang=en`);
    expect(await page.locator('[data-test=lot-state]').innerText()).toBe('Tickets are being collected.');
    const { lot: promised } = await report('raffle');
    await page.getByText(promised!.commitment).waitFor();
    expect(await page.locator('[data-test=again]').count()).toBe(0);
    clock.leap(HOUR_MS);
    const { lot } = await until(async () => { const told = await report('raffle'); return told.lot?.state === 'settled' && told; }, 'the lot is settled', 15_000);
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
      await page.route(/\/reports\/raffle$/, async (asked) => asked.fulfill({ json: { ...(await report('raffle')), lot: { ...lot, proof: { ...proof, ...lie } } } }));
      await page.reload();
      await page.locator('[data-test=again]').click();
      await page.locator(`[data-test=check-${fault}].wrong`).waitFor();
      await page.unroute(/\/reports\/raffle$/);
    }
    expect(reader.problems).toEqual([]);
  });

  it('[RPT3] the page says where a browser may not hash, and speaks the reader’s language, from right to left too', async () => {
    const { page } = reader;
    await page.goto(`${test.url.replace('127.0.0.1', PLAIN_HOST)}/report/friday/raffle?lang=en`);
    expect(await page.locator('[data-test=no-crypto]').innerText()).toContain('HTTPS');
    expect(await page.locator('[data-test=again]').count()).toBe(0);
    for (const lang of ['de', 'es', 'pt-BR', 'ja', 'ar']) {
      await page.goto(`${test.url}/report/friday/raffle?lang=${lang}`);
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
