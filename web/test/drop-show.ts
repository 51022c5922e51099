/** A show with drops of every kind for tests of pages: an origin with real rooms, seven winners, caps that were sold and refunded. Facts and time are the test's. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DropReport, DropStanding, EventOverview, EventView, JoinAnswer } from '@crowdcue/protocol';
import type { Locator, Page } from 'playwright-core';
import { Webhook } from 'standardwebhooks';
import { expect } from 'vitest';
import { systemClock } from '../../server/src/clock.js';
import type { CrowdRoomDeps } from '../../server/src/rooms/room-deps.js';
import { LeapingClock } from '../../server/test/support/manual-clock.js';
import { realRooms } from '../../server/test/support/real-rooms.js';
import { TestOrigin, type Answer } from '../../server/test/support/test-origin.js';
import { DESKTOP, SCREENSHOTS, screenshots, serious, sideways } from './browser.js';

export const SOON = { timeout: 15_000, interval: 50 };
export const HOUR_MS = 3_600_000;
export const SMALL = { width: 320, height: 640 };
export const MARKUP = '<img src=x onerror=alert(1)>';
export const CAP = `${MARKUP} Cap`;
export const POLICY = '<script>document.title = "owned"</script>\nNo more of them.';

export class DropShow {
  readonly clock = new LeapingClock(systemClock);
  event!: EventView;
  crowd!: readonly JoinAnswer[];
  readonly #dataDir = mkdtempSync(join(tmpdir(), 'crowdcue-drops-'));
  readonly test = new TestOrigin(this.#dataDir);

  static async start(): Promise<DropShow> {
    const show = new DropShow();
    await show.#begin();
    return show;
  }

  call(method: string, path: string, body?: unknown, bearer = this.test.session): Promise<Answer> {
    return this.test.call(method, `/api/events/friday${path}`, { bearer, ...(body !== undefined && { body }) });
  }

  async claim(viewer: number, drop: string, key = `${drop}-key-of-${viewer}`): Promise<{ id: string; status: string; code?: string; ticket?: number }> {
    return (await this.call('POST', '/claims', { drop, key }, this.crowd[viewer]!.token)).body;
  }

  async drop(id: string): Promise<DropStanding> {
    return ((await this.call('GET', '')).body as EventOverview).drops.find((each) => each.id === id)!;
  }

  async report(id: string): Promise<DropReport> {
    return (await this.test.call('GET', `/api/events/friday/reports/${id}`)).body as DropReport;
  }

  async stop(): Promise<void> {
    await this.test.close();
    rmSync(this.#dataDir, { recursive: true, force: true });
  }

  async #begin(): Promise<void> {
    const { clock, test } = this;
    let rooms!: CrowdRoomDeps;
    await test.start({ LOG_LEVEL: 'warn' }, {
      clock,
      makeRooms: realRooms((deps) => { rooms = deps; }),
    });
    await test.host();
    this.event = await test.event({
      id: 'friday', name: 'Friday Finale', drops: [
        { id: 'cap', name: CAP, kind: 'link', variants: { red: 3, blue: 3 }, unlockedBy: 'round-won', checkout: 'https://shop.example/{entitlement}', reserveMinutes: 30, restockPolicy: POLICY, refundPolicy: 'Within 14 days.',
          sponsor: 'North & Ice', rules: 'https://ice.example/rules', split: { creator: 8_000, platform: 2_000 }, eligible: { minAge: undefined } },
        { id: 'keys', name: 'Game keys', kind: 'code', unlockedBy: 'round-won' },
        { id: 'prize', name: 'Grand prize', kind: 'host', supply: 2, unlockedBy: 'round-won', allocation: 'fair-window' },
        { id: 'raffle', name: 'Raffle', kind: 'host', supply: 2, unlockedBy: 'round-won', allocation: 'lottery', closesAt: clock.now() + HOUR_MS },
        { id: 'badge', name: 'Badge', kind: 'badge', supply: 40, unlockedBy: 'round-won' },
      ],
    });
    this.crowd = await Promise.all(Array.from({ length: 8 }, () => test.join('friday')));
    await rooms.facts.facts('friday', [{ room: 'friday', tick: 1_000_000, ordinal: 0, at: 0, trace: 't', type: 'RoundWon', game: 'tug', round: 1, viewers: this.crowd.slice(0, 7).map(({ viewer }) => viewer) }]);
    const caps = [await this.claim(0, 'cap'), await this.claim(1, 'cap'), await this.claim(2, 'cap')];
    if (caps.some(({ status }) => status !== 'reserved')) throw new Error(JSON.stringify(caps));
    const { secret } = (await this.call('POST', '/commerce/secret', {})).body as { secret: string };
    for (const [type, cap] of [['converted', caps[0]!], ['converted', caps[1]!], ['refunded', caps[1]!]] as const) await this.#sell(secret, type, cap.id);
  }

  /** What the shop says of a cap. */
  async #sell(secret: string, type: 'converted' | 'refunded', entitlement: string): Promise<void> {
    const [id, now, body] = [`${type}-${entitlement}`, new Date(this.clock.now()), JSON.stringify({ type, entitlement, amount: 1_999, currency: 'EUR' })];
    const headers = { 'content-type': 'application/json', 'webhook-id': id, 'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)), 'webhook-signature': new Webhook(secret).sign(id, now, body) };
    const answer = await fetch(`${this.test.url}/api/events/friday/commerce`, { method: 'POST', body, headers });
    if (!answer.ok) throw new Error(await answer.text());
  }
}

/** A part at 320 px, looked at by axe in the dark (`both`: in the light too), and in both sizes and themes. */
export const shown = async (page: Page, name: string, part: Locator, { inside, both = false }: { readonly inside?: readonly string[]; readonly both?: boolean } = {}): Promise<void> => {
  await page.setViewportSize(SMALL);
  expect(await sideways(page)).toBeLessThanOrEqual(0);
  await part.screenshot({ path: join(SCREENSHOTS, `${name}-320.png`) });
  await page.emulateMedia({ colorScheme: 'dark' });
  expect(await serious(page, inside)).toEqual([]);
  await page.emulateMedia({ colorScheme: null });
  await page.setViewportSize(DESKTOP);
  await part.scrollIntoViewIfNeeded();
  await screenshots(page, name);
  if (both) expect(await serious(page, inside)).toEqual([]);
};
