import { CLOSE, decodeBatch, LIMITS } from '@crowdcue/protocol';
import { describe, expect, it } from 'vitest';
import { EventClock } from '../src/clock-sync.js';
import { ConfigError, linkProofText, checkLinkProof, makeLinkProof, readConfig } from '../src/index.js';
import { Metrics } from '../src/metrics.js';
import { Outlet } from '../src/outlet.js';
import { PatchLog } from '../src/patch-log.js';
import { Upstream } from '../src/upstream.js';
import { Viewer } from '../src/viewers.js';

const body = (bytes: number): Uint8Array => new Uint8Array(bytes).fill(1);
const keyframe = (tick: number) => ({ epoch: 1, tick, eventTime: 0, body: body(10) });

describe('the log of patches', () => {
  it('[REL28] stays within a keyframe, the slowest period and the slack', () => {
    const log = new PatchLog();
    log.start(keyframe(0), 0);
    let largest = 0;
    for (let tick = 1; tick <= 2_000; tick++) {
      const now = tick * 50;
      log.append(tick, body(100), now);
      if (tick % 100 === 0) log.offer(keyframe(tick), now);
      largest = Math.max(largest, log.bytes);
      expect(log.reaches(Math.max(0, tick - LIMITS.logSlackMs / 50))).toBe(true);
      expect(log.wish(now)).toBe('nothing');
    }
    expect(largest).toBeLessThanOrEqual(100 * (100 + 2 * (LIMITS.logSlackMs / 50) + 100));
  });

  it('[REL28] asks for a keyframe when none comes, at most once a second, and drops the link when it never does', () => {
    const log = new PatchLog();
    log.start(keyframe(0), 0);
    const wishes: string[] = [];
    for (let tick = 1; tick <= 600; tick++) {
      log.append(tick, body(8_000), tick * 50);
      wishes.push(log.wish(tick * 50));
    }
    expect(wishes.indexOf('keyframe')).toBeLessThan(40);
    expect(wishes.filter((wish) => wish === 'keyframe').length).toBeLessThan(30);
    expect(wishes.at(-1)).toBe('reset');
  });

  it('[REL28] does not ask while the state stands still', () => {
    const log = new PatchLog();
    log.start(keyframe(0), 0);
    for (let tick = 1; tick <= 600; tick++) log.append(tick, new Uint8Array(0), tick * 50);
    expect(log.wish(30_000)).toBe('nothing');
  });
});

describe('batches on their way', () => {
  it('[REL12] keeps within a window past the last acknowledgement', () => {
    const sent: number[] = [];
    let up = false;
    const upstream = new Upstream((bytes) => { if (up) sent.push(decodeBatch(bytes).n); return up; }, () => 0, new Metrics());
    for (let i = 0; i < 10; i++) { upstream.message(1, body(300 * 1024)); upstream.flush(); }
    expect(sent).toEqual([]);
    up = true;
    upstream.greeted(0);
    expect(sent).toEqual([1, 2, 3]); // 900 KiB; a fourth would be past one MiB
    upstream.acknowledge(2);
    expect(sent).toEqual([1, 2, 3, 4, 5]);
    upstream.greeted(3);
    expect(sent.slice(5)).toEqual([4, 5, 6]);
    for (let n = 4; n <= 10; n++) upstream.acknowledge(n);
    expect(sent.slice(5)).toEqual([4, 5, 6, 7, 8, 9, 10]);
    expect(upstream.settled).toBe(true);
    expect(upstream.unackedBytes).toBe(0);
  });

  it('[WIN12] tells delays behind what viewers did, and leaves them out for an origin that would misread them', () => {
    const sent: Uint8Array[] = [];
    const upstream = new Upstream((bytes) => { sent.push(bytes); return true; }, () => 0, new Metrics());
    upstream.greeted(0, 3);
    upstream.leave({ slot: 3, connection: 1, code: 1000 });
    upstream.delay(7, 8_000);
    upstream.flush();
    upstream.delay(7, 2_000);
    expect(upstream.settled).toBe(false);
    upstream.flush();
    expect(sent.map((bytes) => decodeBatch(bytes))).toMatchObject([{ n: 1, leaves: [{ slot: 3 }], delays: [{ slot: 7, delay: 8_000 }] }, { n: 2, delays: [{ slot: 7, delay: 2_000 }] }]);
    upstream.greeted(0, 2); // another origin took over, of the version before
    const [first, second] = sent.slice(2).map((bytes) => decodeBatch(bytes));
    expect([first, second]).toMatchObject([{ n: 1, leaves: [{ slot: 3 }] }, { n: 2, leaves: [] }]);
    expect([first!.delays, second!.delays]).toEqual([undefined, undefined]);
    upstream.greeted(1, 3);
    expect(decodeBatch(sent.at(-1)!)).toMatchObject({ n: 2, delays: [{ slot: 7, delay: 2_000 }] });
  });

  it('[REL12] goes on where an earlier channel of the same run stopped', () => {
    const sent: number[] = [];
    const upstream = new Upstream((bytes) => { sent.push(decodeBatch(bytes).n); return true; }, () => 0, new Metrics());
    upstream.greeted(41);
    upstream.leave({ slot: 0, connection: 1, code: 1000 });
    upstream.flush();
    expect(sent).toEqual([42]);
  });
});

describe('event time', () => {
  it('[REL20] trusts the exchange with the smallest round trip, and never goes back', () => {
    let now = 1_000;
    const clock = new EventClock(() => now);
    clock.reset(50_000);
    expect(clock.eventNow()).toBe(50_000);
    now = 1_100;
    clock.exchange(1_000, 50_060, 50_060); // 100 ms there and back; half is 50
    expect(clock.eventNow()).toBe(50_110);
    now = 1_110;
    clock.exchange(1_109, 50_119, 50_119);
    const at = clock.eventNow();
    expect(at).toBeCloseTo(50_119.5, 1);
    clock.reset(10_000);
    expect(clock.eventNow()).toBe(at);
  });
});

describe('the proof of a link', () => {
  it('[REL30] is good for one relay, run and room, for a minute', () => {
    const link = { relayId: 'r1', incarnation: 7, roomId: 'room' };
    expect(linkProofText({ ...link, exp: 60 })).toBe('crowdcue-link-1|r1|7|room|60');
    const proof = makeLinkProof('secret', { ...link, exp: 60 });
    expect(proof).toMatch(/^[A-Za-z0-9_-]{43}\.60$/);
    expect(checkLinkProof('secret', proof, link, 59)).toBe(true);
    expect(checkLinkProof('secret', proof, link, 60)).toBe(false);
    expect(checkLinkProof('other', proof, link, 59)).toBe(false);
    expect(checkLinkProof('secret', proof, { ...link, incarnation: 8 }, 59)).toBe(false);
    expect(checkLinkProof('secret', proof, { ...link, roomId: 'room2' }, 59)).toBe(false);
    for (const bad of ['', '.', 'x.60', `${proof}0`, proof.replace('.60', '.61'), proof.slice(1)]) expect(checkLinkProof('secret', bad, link, 59)).toBe(false);
  });
});

describe('configuration', () => {
  const good = { ORIGIN_URL: 'http://127.0.0.1:2567/', RELAY_ID: 'r1', RELAY_SECRET: 'a secret of thirty-two characters' };
  it('[REL31] fills in what may be left out', () => {
    expect(readConfig(good, 1_256)).toEqual({
      host: '127.0.0.1', port: 2570, originUrl: 'http://127.0.0.1:2567', auth: 'event', relayId: 'r1', secret: 'a secret of thirty-two characters', publicUrl: undefined, tls: undefined, region: '', costClass: 5, writeBudget: 0.85,
      logLevel: 'info', workers: 1, maxViewers: 980, maxConnections: 1_000, trustedProxies: [],
    });
    expect(readConfig({ ...good, PUBLIC_URL: 'https://live.example/relay/' }, 1_256).publicUrl).toBe('wss://live.example/relay');
    expect(readConfig({ ...good, PUBLIC_URL: 'https://a.example', RELAY_PUBLIC_URL: 'wss://b.example' }, 1_256).publicUrl).toBe('wss://b.example');
    expect(readConfig({ ...good, PORT: '0' }, 1_256).port).toBe(0);
    expect(readConfig({ ...good, ORIGIN_URL: 'http://a/, https://b/x/' }, 1_256).originUrl).toBe('http://a,https://b/x');
    expect(readConfig({ ...good, REGION: 'eu-west', COST_CLASS: '0', WRITE_BUDGET: '1' }, 1_256)).toMatchObject({ region: 'eu-west', costClass: 0, writeBudget: 1 });
    expect(readConfig({ ...good, TRUSTED_PROXIES: '10.0.0.0/8, ::1' }, 1_256).trustedProxies).toEqual(['10.0.0.0/8', '::1']);
    expect(readConfig({ ...good, MAX_VIEWERS: '5000', WORKERS: '4' }, 1_256)).toMatchObject({ maxViewers: 5_000, workers: 4 });
    expect(() => readConfig({ ...good, RELAY_ID: 'r'.repeat(62), WORKERS: '2' }, 1_256)).toThrow(/^RELAY_ID must have 61 letters/);
    expect(readConfig({ ...good, ORIGIN_URL: '', UPSTREAM_URL: 'http://any.example/', AUTH: 'forward' }, 1_256)).toMatchObject({ originUrl: 'http://any.example', auth: 'forward' });
    expect(readConfig({ ...good, UPSTREAM_URL: 'http://any.example' }, 1_256)).toMatchObject({ originUrl: 'http://any.example', auth: 'event' });
  });

  for (const [name, value] of [
    ['PORT', 'x'], ['PORT', '70000'], ['PORT', '-1'], ['ORIGIN_URL', ''], ['ORIGIN_URL', 'ftp://x'], ['ORIGIN_URL', 'nothing'], ['RELAY_ID', ''],
    ['RELAY_ID', 'a b'], ['RELAY_ID', '-a'], ['RELAY_SECRET', ''], ['RELAY_SECRET', 'short'], ['PUBLIC_URL', 'x'], ['RELAY_PUBLIC_URL', 'mailto:x'], ['LOG_LEVEL', 'loud'],
    ['ORIGIN_URL', 'http://a,'], ['ORIGIN_URL', 'http://a,ws://b'], ['REGION', 'EU West'], ['COST_CLASS', '10'], ['COST_CLASS', '-1'], ['WRITE_BUDGET', '0'], ['WRITE_BUDGET', '1.2'], ['WRITE_BUDGET', 'much'],
    ['WORKERS', '0'], ['WORKERS', '1.5'], ['MAX_VIEWERS', '0'], ['MAX_VIEWERS', 'all'], ['MAX_CONNECTIONS', '-1'], ['TRUSTED_PROXIES', 'localhost'], ['TRUSTED_PROXIES', '10.0.0.0/33'],
    ['AUTH', 'maybe'], ['AUTH', 'none'], ['UPSTREAM_URL', 'nothing'],
  ] as const) {
    it(`[REL31] names the variable when ${name} is ${JSON.stringify(value)}`, () => {
      expect(() => readConfig({ ...good, [name]: value }, 1_256)).toThrow(ConfigError);
      expect(() => readConfig({ ...good, [name]: value }, 1_256)).toThrow(new RegExp(`^${name} [^\n]*$`));
    });
  }
});

describe('close codes', () => {
  it('[REL9] are told to a stock client as the one that it retries on, whenever they are worth another try', () => {
    for (const [name, code] of Object.entries(CLOSE)) {
      for (const door of ['direct', 'stock'] as const) {
        let ended = 0;
        const viewer = new Viewer({ door } as never, 0);
        viewer.socket = { getBufferedAmount: () => 0, end: (told: number) => { ended = told; }, subscribe: () => true, unsubscribe: () => true } as never;
        new Outlet({ publish: () => true } as never, new Metrics()).close(viewer, code);
        const retried = code >= 4200 || code === CLOSE.server_shutdown || code === CLOSE.try_reconnect;
        expect(ended, `${door} ${name}`).toBe(door === 'stock' && retried ? CLOSE.try_reconnect : code);
      }
    }
  });
});
