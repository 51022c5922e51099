/** Real origin, real relay, real sockets; only what their clocks say is chosen: monotonic time stands until the test moves it, wall time jumps. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRelay, type Relay } from '@crowdcue/relay';
import type { EventOverview, JoinAnswer } from '@crowdcue/protocol';
import { pino } from 'pino';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createOrigin, type Origin } from '../../server/src/app.js';
import { readConfig } from '../../server/src/config.js';
import { SwarmViewer } from '../src/swarm/swarm-viewer.js';
import { freePort, HostApi } from '../src/system.js';

const HOUR = 3_600_000;
const SECRET = randomBytes(32).toString('base64url');
/** A round still takes for this long what arrived before its end, ms. */
const GRACE_MS = 300;
/** Steps in which time is moved: below what any part takes for a silence. */
const STEP_MS = 1_000;

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

const until = (holds: () => boolean | Promise<boolean>): Promise<void> =>
  vi.waitFor(async () => { if (!(await holds())) throw new Error('not yet'); }, { timeout: 10_000, interval: 10 });

class Stage {
  /** Monotonic time of this machine, ms; origin and relay see it each from an origin of its own. */
  time = 10_000;
  originWall = Date.now();
  relayWall = Date.now();
  readonly dataDir = mkdtempSync(join(tmpdir(), 'crowdcue-clock-'));
  readonly master = randomBytes(32).toString('base64url');
  origin!: Origin;
  relay!: Relay;
  host!: HostApi;
  #port = 0;
  #session = '';
  #sessions = 0;

  async start(relayWrong = 0): Promise<this> {
    this.relayWall += relayWrong;
    undo.push(() => rmSync(this.dataDir, { recursive: true, force: true }));
    this.#port = await freePort();
    await this.open();
    undo.push(() => this.origin.close());
    const key = new URL(this.origin.hostLink).hash.replace('#key=', '');
    this.#session = (await this.#post<{ session: string }>('/api/host/session', { key })).session;
    this.host = new HostApi(() => this.origin.url, this.#session);
    await this.host.post('/api/events', { id: 'show', name: 'Show' });
    const clock = { now: () => 5_000 + this.time, wall: () => this.relayWall + this.time, random: () => 0 };
    this.relay = await createRelay({ host: '127.0.0.1', port: 0, originUrl: this.origin.url, relayId: 'r1', secret: SECRET, incarnation: 1, clock });
    undo.push(() => this.relay.close());
    await until(() => this.relay.ready());
    return this;
  }

  async open(): Promise<void> {
    const config = readConfig({ PORT: String(this.#port), NODE_ENV: 'test', DATA_DIR: this.dataDir, MASTER_SECRET: this.master, RELAY_SECRET: SECRET });
    const clock = { now: () => this.originWall + this.time, monotonic: () => this.time };
    this.origin = await createOrigin(config, { clock, logger: pino({ level: 'silent' }) });
  }

  async viewer(): Promise<SwarmViewer> {
    const { token } = await this.#post<JoinAnswer>('/api/join', { event: 'show' });
    const viewer = new SwarmViewer({
      index: 0, event: 'show', relays: [this.relay.url], token, tier: 0, delay: 0, localAddress: undefined, decode: true, stamps: undefined,
      sessionId: `clock-session-${String(++this.#sessions).padStart(4, '0')}`, settled: () => undefined, lost: () => undefined,
    });
    undo.push(() => viewer.stop());
    viewer.dial();
    await until(() => viewer.live);
    return viewer;
  }

  overview(): Promise<EventOverview> {
    return this.host.get('/api/events/show');
  }

  /** Moves time on, and waits until the room has ticked by it and the relay has heard. */
  async pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= STEP_MS) {
      this.time += Math.min(left, STEP_MS);
      const before = await this.#ticks();
      await until(async () => (await this.#ticks()) >= before + 3);
    }
  }

  async #ticks(): Promise<number> {
    const metric = await this.relay.metrics.getSingleMetric('crowdcue_relay_patches_total')!.get();
    return metric.values[0]?.value ?? 0;
  }

  async #post<T>(path: string, body: unknown): Promise<T> {
    const answer = await fetch(this.origin.url + path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
    return await answer.json() as T;
  }
}

describe('a machine’s clock jumps', { timeout: 60_000 }, () => {
  it('[CLK3] in an armed and in a live round: the round opens and ends at its monotonic time, and a reaction is as long as it was', async () => {
    const stage = await new Stage().start();
    const viewer = await stage.viewer();
    const began = stage.time;
    const { startsAt, eventTime } = await stage.host.post<{ startsAt: number }>('/api/events/show/cue', { game: 'quickdraw', inMs: 2_000, durationMs: 8_000 })
      .then(async (cue) => ({ ...cue, eventTime: (await stage.overview()).eventTime }));
    expect(startsAt - eventTime, 'time stands').toBe(2_000);
    stage.originWall += HOUR;
    stage.relayWall -= HOUR;
    await stage.pass(1_999);
    expect([(await stage.overview()).phase, viewer.state?.phase]).toEqual(['armed', 'armed']);
    await stage.pass(1);
    expect([(await stage.overview()).phase, viewer.state?.phase]).toEqual(['live', 'live']);
    stage.originWall -= 3 * HOUR;
    stage.relayWall += 5 * HOUR;
    while (viewer.state!.texts.get('signal') !== 'go') await stage.pass(50);
    await stage.pass(400);
    viewer.act(1, 0, 0);
    await expect.poll(() => viewer.confirmed, { timeout: 5_000 }).toBe(1);
    await stage.pass(began + 2_000 + 8_000 + GRACE_MS - 1 - stage.time);
    expect((await stage.overview()).phase).toBe('live');
    await stage.pass(1);
    const { phase, rounds, eventTime: end } = await stage.overview();
    expect([phase, end - eventTime]).toEqual(['over', 2_000 + 8_000 + GRACE_MS]);
    expect(rounds[0]!.outcome).toMatchObject({ drew: 1, fastestMs: 400 });
    expect([viewer.applied, viewer.connections]).toEqual([1, 1]);
  });

  it('[CLK4] an origin that is started again after its clock went back an hour: event time goes on, its relay comes back, and the round ends', async () => {
    const stage = await new Stage().start();
    const viewer = await stage.viewer();
    await stage.host.post('/api/events/show/cue', { game: 'tug', inMs: 0, durationMs: 20_000 });
    await stage.pass(5_000);
    expect((await stage.overview()).phase).toBe('live');
    viewer.act(1, 0, 1);
    await expect.poll(() => viewer.confirmed, { timeout: 5_000 }).toBe(1);
    const before = (await stage.overview()).eventTime;
    await stage.origin.close();
    stage.originWall -= HOUR;
    await stage.open();
    const { eventTime, phase, actions } = await stage.overview();
    expect(eventTime).toBeGreaterThanOrEqual(before - 100); // the last journalled tick; time stood still since
    expect([phase, actions]).toEqual(['live', 1]);
    await expect.poll(() => stage.relay.metrics.getSingleMetric('crowdcue_relay_links_open')!.get().then(({ values }) => values[0]?.value), { timeout: 10_000 }).toBe(1);
    viewer.act(1, 0, 1);
    await expect.poll(() => viewer.confirmed, { timeout: 5_000 }).toBe(2);
    await stage.pass(14_000);
    expect((await stage.overview()).phase).toBe('live');
    await stage.pass(2_000);
    expect((await stage.overview()).phase).toBe('over');
    expect([viewer.applied, viewer.connections]).toEqual([2, 1]);
  });

  it.each([-HOUR, HOUR])('[CLK5] a relay whose clock is wrong by %i ms serves viewers of a real origin, before and after it is set', async (wrong) => {
    const stage = await new Stage().start(wrong);
    const first = await stage.viewer();
    stage.relayWall -= 2 * wrong;
    const second = await stage.viewer();
    await stage.host.post('/api/events/show/cue', { game: 'tug', inMs: 0, durationMs: 20_000 });
    await stage.pass(500);
    for (const viewer of [first, second]) viewer.act(1, 0, 1);
    await expect.poll(() => first.confirmed + second.confirmed, { timeout: 5_000 }).toBe(2);
    expect([first.failed, second.failed]).toEqual([false, false]);
  });
});
