/** A whole evening on real processes: 500 simulated viewers over sockets and one in Chromium, whose page is reloaded, frozen and cut off. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EventOverview, EventView, HostViewer, JoinAnswer } from '@crowdcue/protocol';
import type { Page } from 'playwright-core';
import { chromiumPath, openChromium, PHONE, type Chromium } from '../../../web/test/browser.js';
import { TcpProxy } from '../../src/chaos/tcp-proxy.js';
import { Swarm } from '../../src/swarm/swarm.js';
import { CrowdcueSystem, type HostApi } from '../../src/system.js';

const SOON = { timeout: 20_000, interval: 50 };
const VIEWERS = 500;
const WALKERS = 40; // of them say the quest's untimed step
const CUPS = 20;

/** The Saturday before clocks go forward in Berlin, next year: the second week's show is after it. */
const beforeTheChange = (): string => {
  const year = new Date().getUTCFullYear() + 1;
  const sunday = 31 - new Date(Date.UTC(year, 2, 31)).getUTCDay();
  return `${year}-03-${sunday - 1}T20:00`;
};

const ROUNDS = [
  { game: 'trivia', offsetMs: 0, durationMs: 8_000, params: { question: 'Which planet has the longest day?', answer1: 'Mars', answer2: 'Venus', right: 2 } },
  { game: 'tug', offsetMs: 60_000, durationMs: 8_000, params: { goal: 1_000_000 } },
  { game: 'poll', offsetMs: 120_000, durationMs: 8_000, params: { question: 'Once more?', option1: 'Yes', option2: 'No' } },
];

const QUEST = { id: 'tour', title: 'The tour', steps: [
  { id: 'pull', title: 'Play tug', when: { fact: 'RoundPlayed', game: 'tug' } },
  { id: 'three', title: 'Play three rounds', achievement: 'played-three' },
  { id: 'shop', title: 'Look into the shop', untimed: true, visit: { url: 'https://shop.example/' } },
] };

describe.skipIf(chromiumPath === undefined)('a full show', { timeout: 120_000 }, () => {
  let system: CrowdcueSystem;
  let host: HostApi;
  let proxy: TcpProxy;
  let browser: Chromium;
  let swarm: Swarm;

  beforeAll(async () => {
    proxy = await TcpProxy.start(() => Number(new URL(system.relays[0]!.url).port), () => 1);
    system = await CrowdcueSystem.start({ relayEnv: () => ({ RELAY_PUBLIC_URL: `ws://127.0.0.1:${proxy.port}` }) });
    host = await system.host();
    browser = openChromium(chromiumPath!);
  });
  afterAll(async () => {
    await swarm?.stop();
    await browser?.close();
    await proxy?.close();
    await system?.stop();
  });

  const put = async (path: string, body: unknown): Promise<number> =>
    (await fetch(`${system.origin.url}${path}`, { method: 'PUT', headers: { authorization: `Bearer ${host.session}`, 'content-type': 'application/json' }, body: JSON.stringify(body) })).status;
  const asViewer = async (token: string, path: string, body: unknown): Promise<{ status?: string; code?: string; serial?: number }> =>
    (await fetch(`${system.origin.url}/api/events/show/${path}`, { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body: JSON.stringify(body) })).json() as never;
  const overview = (): Promise<EventOverview> => host.get('/api/events/show');
  const stage = (page: Page): Promise<string | null> => page.locator('crowdcue-game [data-stage]').getAttribute('data-stage');
  const cue = async (page: Page, id: string): Promise<void> => {
    await host.post(`/api/events/show/plan/${id}/cue`, {});
    await expect.poll(() => stage(page), SOON).toBe('live');
  };
  const over = async (round: number): Promise<void> => {
    await expect.poll(async () => { const { round: at, phase } = await overview(); return [at, phase]; }, SOON).toEqual([round, 'over']);
  };

  it('[SHO1] template, 500 viewers by code, three rounds of three games with a reload in each and a tab frozen for five minutes, a quest, a drop, the report; the next week is after a change of clocks', async () => {
    const event = await host.post<EventView>('/api/events', { id: 'show', template: 'weekly', name: 'Friday Finale', zone: 'Europe/Berlin', startsAt: beforeTheChange(), weeks: 2, maxDelay: 1_000, rounds: ROUNDS });
    expect(event.plan!.shows.map(({ local, offsetMinutes }) => [local.slice(11), offsetMinutes])).toEqual([['20:00:00', 60], ['20:00:00', 120]]);
    expect(event.plan!.shows[1]!.at - event.plan!.shows[0]!.at).toBe((7 * 24 - 1) * 3_600_000);
    expect(await put('/api/events/show/quests', { quests: [QUEST] })).toBe(200);
    await host.post('/api/events/show/drops', { id: 'cup', name: 'Cup', kind: 'badge', supply: CUPS, unlockedBy: 'quest-tour' });

    swarm = await Swarm.start({ origin: system.origin.url, event: event.code, viewers: VIEWERS, relays: [system.relays[0]!.url], decodeEvery: 25 });
    expect(swarm.progress()).toMatchObject({ live: VIEWERS, failed: 0 });
    const { page, problems } = await browser.person(PHONE);
    const chrome = await page.context().newCDPSession(page);
    await page.clock.install();
    await page.goto(`${system.origin.url}/join/${event.code.toLowerCase()}`);
    await expect.poll(() => stage(page), SOON).toBe('idle');
    const { token, viewer, name } = await page.evaluate(() => JSON.parse(localStorage.getItem(Object.keys(localStorage).find((key) => key.startsWith('crowdcue.join.'))!)!) as JoinAnswer);
    const walkers = swarm.admission.tokens.slice(0, WALKERS);
    for (const each of [token, ...walkers]) expect((await asViewer(each, 'quests/tour/steps/shop', { key: 'looked-into-it' })).code).toBeUndefined();

    await cue(page, '1-1'); // trivia: an answer, then a reload
    await page.locator('crowdcue-game [data-choice="1"]').tap();
    await page.reload();
    await expect.poll(() => stage(page), SOON).toBe('live');
    await over(1);

    await cue(page, '1-2'); // tug: taps, a reload, and a tab that sleeps through the rest
    await page.locator('crowdcue-game .pad.left').tap();
    await page.reload();
    await page.locator('crowdcue-game .pad.left').tap();
    await chrome.send('Page.setWebLifecycleState', { state: 'frozen' });
    await proxy.cut(); // as the relay does with who says nothing for 80 s
    await over(2);
    expect((await overview()).viewers).toBe(VIEWERS);
    await proxy.mend();
    await chrome.send('Page.setWebLifecycleState', { state: 'active' });
    await page.clock.fastForward('05:00'); // what its clocks show when it wakes; timers that came due fire once
    await expect.poll(() => stage(page), SOON).toBe('over');
    await expect.poll(async () => (await overview()).viewers, SOON).toBe(VIEWERS + 1);

    await cue(page, '1-3'); // poll: a reload, then the vote
    await page.reload();
    await page.locator('crowdcue-game [data-choice="0"]').tap();
    await over(3);

    const claim = page.locator('crowdcue-game').getByRole('article').filter({ hasText: 'Cup' }).getByRole('button', { name: 'Claim' });
    await claim.waitFor();
    await claim.tap();
    await expect.poll(() => page.locator('crowdcue-game .serial').innerText(), SOON).toBe(`No. 1 of ${CUPS}`);
    const { viewers: [me] } = await host.get<{ viewers: HostViewer[] }>(`/api/events/show/viewers?q=${encodeURIComponent(name)}`);
    expect(me).toMatchObject({ viewer, roundsPlayed: 3, online: true });

    const receipts = await Promise.all(walkers.map((each, i) => asViewer(each, 'claims', { drop: 'cup', key: `claimed-by-${i}` })));
    const answers = receipts.map(({ status, code }) => (status === 'granted' ? status : code!));
    expect(answers.filter((answer) => answer === 'granted')).toHaveLength(CUPS - 1); // most have played three rounds
    expect(answers.every((answer) => ['granted', 'claim_sold_out', 'claim_not_unlocked'].includes(answer)), answers.join()).toBe(true);
    expect((await asViewer(swarm.admission.tokens[WALKERS]!, 'claims', { drop: 'cup', key: 'never-looked' })).code).toBe('claim_not_unlocked');

    const report = await swarm.finish();
    expect(report).toMatchObject({ unsettled: 0, confirmedNotApplied: 0, appliedNotConfirmed: 0, mismatches: 0 });
    const { url } = await host.post<{ url: string }>('/api/host/links', {});
    const console = await page.context().newPage();
    await console.goto(url);
    await expect.poll(() => console.locator('cc-rounds tbody tr').count(), SOON).toBe(3);
    await expect.poll(() => console.locator('[data-test=drop]', { hasText: 'Cup' }).innerText(), SOON).toContain(`0 left of ${CUPS}`);
    await expect.poll(() => console.locator('[data-test=planned]').evaluateAll((rows) => rows.map((row) => row.getAttribute('data-state'))), SOON).toEqual(['cued', 'cued', 'cued', 'planned', 'planned', 'planned']);
    expect(problems).toEqual([]);
  });
});
