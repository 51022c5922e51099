import { Webhook } from 'standardwebhooks';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../src/clock.js';
import { Keys, systemRandom } from '../src/identity/index.js';
import type { Ledger } from '../src/ledger/index.js';
import type { Outbox } from '../src/outbox/index.js';
import type { RecordStore } from '../src/store/index.js';
import { Breaker } from '../src/webhooks/breaker.js';
import { AddressGuard, DeliveryDesk, DeliveryWorker, EndpointDesk, Secrets, toldLedger } from '../src/webhooks/index.js';
import { MESSAGE_TYPES } from '../src/webhooks/messages.js';
import { ask, terms } from './ledger-contract.js';
import { oddServer, Shop, type Call } from './support/shop.js';
import { until } from './support/test-origin.js';

export interface Kept {
  ledger: Ledger;
  outbox: Outbox;
  records: RecordStore;
}

/** `connect`: the same store, as another origin has it. */
export type OpenKept = () => Promise<Kept & { connect(): Promise<Kept> }>;

const EVENT = 'show';
const keys = new Keys(Buffer.alloc(32, 7));
const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

interface Pace {
  waits?: readonly number[];
  timeoutMs?: number;
  threshold?: number;
  mayTell?: () => boolean;
}

/** An origin's part that delivers, on a store of the test's. */
const desksOn = ({ ledger, outbox, records }: Kept, { waits = Array<number>(200).fill(15), timeoutMs = 10_000, threshold = 1_000, mayTell }: Pace = {}, known?: EndpointDesk) => {
  const guard = new AddressGuard({ allowPrivate: ['127.0.0.0/8'] });
  const warnings: string[] = [];
  const tried: string[] = [];
  const endpoints = known ?? new EndpointDesk({
    table: records.table('webhooks'), secrets: new Secrets({ sealer: keys.sealer('webhooks', systemRandom), random: systemRandom }), guard, outbox, clock: systemClock, random: systemRandom,
    eventsOf: () => [EVENT], workspaceOf: () => 'own',
  });
  const worker = new DeliveryWorker({
    endpoints, outbox, guard, timeoutMs, schedule: { wait: (tries) => waits[tries - 1] }, now: () => Date.now(), monotonic: () => performance.now(),
    metrics: { tried: (result) => void tried.push(result), delay: () => undefined }, logger: { info: (_, message) => void warnings.push(message), warn: (_, message) => void warnings.push(message) },
    sourceOf: (event) => `https://example.org/api/events/${event}`, makeBreaker: () => new Breaker({ threshold, firstMs: 20, lastMs: 40 }), mayTell,
  });
  onTestFinished(() => worker.close());
  const deliveries = new DeliveryDesk({ endpoints, outbox, poster: worker.poster, clock: systemClock, random: systemRandom, source: () => 'https://example.org', nudge: (event) => worker.nudge(event), health: (endpoint) => worker.health(endpoint) });
  return { endpoints, worker, deliveries, warnings, tried, ledger: toldLedger(ledger, (event) => worker.nudge(event)) };
};

/** In the order in which each message came first. */
const firsts = (calls: readonly Call[]): Call[] => [...new Map(calls.toReversed().map((call) => [call.id, call])).values()].reverse();

/** Each viewer's own messages came first in the order of their entries. */
const inOrder = (calls: readonly Call[]): boolean => {
  const last = new Map<number, number>();
  return firsts(calls).every(({ id, event }) => {
    const [viewer, seq] = [event.data.viewer as number, Number(id.split(':')[1])];
    const after = seq > (last.get(viewer) ?? 0);
    last.set(viewer, seq);
    return after;
  });
};

export function webhooksContract(name: string, open: OpenKept): void {
  const set = async (pace?: Pace) => {
    const kept = await open();
    const desks = desksOn(kept, pace);
    const shop = await Shop.start();
    await desks.ledger.createEvent(EVENT, 'trace-1');
    await desks.ledger.defineDrop(EVENT, terms({ variants: { default: null } }), 't');
    const add = async (url: string, types?: string[]) => (await desks.endpoints.create('own', { url, types })).endpoint.id;
    const grant = async (viewers: number[]) => {
      await desks.ledger.unlock({ event: EVENT, target: { achievement: 'won' }, viewers, trace: 't' });
      await desks.ledger.claim(viewers.map((viewer) => ask(viewer)));
    };
    const revoke = (viewer: number) => desks.ledger.revoke({ event: EVENT, drop: 'badge', viewer, reason: 'said by the host', trace: 't' });
    return { ...desks, kept, shop, add, grant, revoke };
  };

  describe(`webhooks on ${name}`, () => {
    it('[HOK6] a message is a CloudEvent under a signature of Standard Webhooks, with the same id at each try, and nothing of a person', async () => {
      const { endpoints, worker, shop, grant, revoke, ledger } = await set();
      const { endpoint, secret } = await endpoints.create('own', { url: shop.url('/hook') });
      let refusals = 2;
      shop.behave('/hook', (_, response) => void response.writeHead(refusals-- > 0 ? 500 : 200).end());
      worker.start();
      await grant([7]);
      await revoke(7);
      await shop.until(() => shop.calls.length === 4);
      const [first, ...rest] = shop.calls;
      const [entry] = (await ledger.entries(EVENT, 1, 99)).filter(({ type }) => type === 'Granted');
      const id = `show:${entry!.seq}`;
      expect(shop.calls.map((call) => call.id)).toEqual([id, id, id, `show:${entry!.seq + 1}`]);
      expect(first!.event).toEqual({
        specversion: '1.0', id, source: 'https://example.org/api/events/show', type: 'app.crowdcue.drop.granted', time: new Date(entry!.at).toISOString(), subject: id, datacontenttype: 'application/json',
        data: { event: 'show', drop: 'badge', variant: 'default', viewer: 7, serial: 1, trace: 't' },
      });
      expect(rest.at(-1)!.event).toMatchObject({ type: 'app.crowdcue.drop.revoked', data: { viewer: 7 } });
      expect(rest.at(-1)!.body).not.toContain('said by the host');
      expect(first!.headers['content-type']).toBe('application/cloudevents+json; charset=utf-8');
      for (const { body, headers } of shop.calls) expect(new Webhook(secret).verify(body, headers)).toEqual(JSON.parse(body));
      expect(() => new Webhook(secret).verify(first!.body.replace('"viewer":7', '"viewer":8'), first!.headers)).toThrow();
      // While the secret is being replaced both sign; after it the new one alone.
      const rotated = await endpoints.rotate('own', endpoint.id, 60_000);
      await grant([8]);
      await shop.until(() => shop.calls.length === 5);
      const { body, headers } = shop.calls[4]!;
      expect(headers['webhook-signature']!.split(' ')).toHaveLength(2);
      for (const good of [secret, rotated.secret]) expect(new Webhook(good).verify(body, headers)).toBeTruthy();
      const last = await endpoints.rotate('own', endpoint.id, 0);
      await grant([9]);
      await shop.until(() => shop.calls.length === 6);
      expect(new Webhook(last.secret).verify(shop.calls[5]!.body, shop.calls[5]!.headers)).toBeTruthy();
      for (const old of [secret, rotated.secret]) expect(() => new Webhook(old).verify(shop.calls[5]!.body, shop.calls[5]!.headers)).toThrow();
    });

    it('[HOK7] endpoints that are down, slow, half-open, answer 500, redirect or send garbage lose nothing, keep the order of each entitlement, and hold up no other', async () => {
      const { worker, shop, add, grant, revoke, deliveries, tried } = await set({ timeoutMs: 400 });
      const garbage = await oddServer('\u0000\u0001 this is no HTTP\r\n\r\n');
      const half = await oddServer(undefined);
      const later = await Shop.start();
      const { port } = later;
      await later.stop();
      const good = await add(shop.url('/good'));
      const bad = {
        down: await add(`http://127.0.0.1:${port}/down`), garbage: await add(garbage.url), half: await add(half.url), failing: await add(shop.url('/failing')),
        redirecting: await add(shop.url('/redirecting')), slow: await add(shop.url('/slow')), endless: await add(shop.url('/endless')),
      };
      let away = true;
      shop.behave('/failing', (_, response) => void response.writeHead(away ? 500 : 200).end('x'.repeat(100_000)));
      shop.behave('/redirecting', (_, response) => void (away ? response.writeHead(307, { location: shop.url('/trap') }).end() : response.writeHead(200).end()));
      shop.behave('/slow', (_, response) => { if (!away) response.writeHead(200).end(); });
      shop.behave('/endless', (_, response) => {
        response.writeHead(away ? 503 : 200);
        const more = (): void => { if (!response.destroyed) response.write('y'.repeat(65_536), () => setImmediate(more)); };
        more();
      });
      worker.start();
      const viewers = range(12);
      await grant(viewers);
      for (const viewer of viewers.slice(0, 6)) await revoke(viewer);
      await shop.until(() => shop.at('/good').length === 18);
      expect(inOrder(shop.at('/good'))).toBe(true);
      await shop.until(() => ['/failing', '/redirecting', '/slow', '/endless'].every((path) => shop.at(path).length >= 3));
      await until(() => garbage.connections() > 2 && half.connections() > 2, 'tries at what is no HTTP');
      for (const id of Object.values(bad)) expect(await deliveries.books('own', id)).toMatchObject([{ pending: expect.toSatisfy((pending: number) => pending >= 8) as number, dead: 0 }]);
      expect(shop.at('/trap')).toEqual([]);
      away = false;
      const back = await Shop.start(port);
      await shop.until(() => ['/failing', '/redirecting', '/slow', '/endless'].every((path) => new Set(shop.at(path).map(({ id }) => id)).size === 18));
      await back.until(() => new Set(back.at('/down').map(({ id }) => id)).size === 18);
      for (const path of ['/failing', '/redirecting', '/slow', '/endless']) expect([path, inOrder(shop.at(path))]).toEqual([path, true]);
      expect(inOrder(back.at('/down'))).toBe(true);
      for (const id of [good, bad.down, bad.failing, bad.redirecting, bad.slow, bad.endless]) {
        await until(async () => (await deliveries.books('own', id))[0]!.pending === 0, `nothing pending at ${id}`);
      }
      expect(new Set(shop.at('/good').map((call) => call.id)).size).toBe(18);
      expect(new Set(tried)).toEqual(new Set(['delivered', 'failed']));
    });

    it('[HOK8] an endpoint that answers 410 is off, what waited for it is parked, and it gets all of it when it is put on again and the dead letters are replayed', async () => {
      const { worker, shop, add, grant, endpoints, deliveries } = await set();
      shop.behave('/hook', (_, response) => void response.writeHead(410).end());
      const id = await add(shop.url('/hook'));
      worker.start();
      await grant(range(20));
      await until(async () => (await deliveries.books('own', id))[0]!.dead === 20, 'all parked');
      await shop.until(() => shop.calls.length === 8); // all that went together, of which the first answer ended it
      expect(endpoints.view('own', id).state).toBe('gone');
      const { letters } = await deliveries.dead('own', id, undefined, undefined);
      expect(letters[0]).toMatchObject({ event: 'show', type: 'app.crowdcue.drop.granted', viewer: 1, drop: 'badge', error: expect.stringContaining('410') as string });
      const before = shop.calls.length;
      await grant([21]);
      shop.behave('/hook', (_, response) => void response.writeHead(204).end());
      expect(await deliveries.replay('own', id, [letters[0]!.id, letters[0]!.id, 'show:1', 'other:5', 'x'], undefined)).toBe(1);
      expect(await deliveries.discard('own', id, [letters[1]!.id, letters[0]!.id])).toBe(1);
      expect(shop.calls).toHaveLength(before);
      await endpoints.change('own', id, { paused: false });
      await shop.until(() => shop.calls.length === before + 2);
      expect(await deliveries.replay('own', id, undefined, EVENT)).toBe(18);
      await shop.until(() => shop.calls.length === before + 20);
      const got = shop.calls.slice(before).map(({ event }) => event.data.viewer as number);
      expect(got.toSorted((a, b) => a - b)).toEqual(range(21).filter((viewer) => viewer !== 2));
    });

    it('[HOK4] a message is parked after its last try, is told of in the log, and goes again when it is replayed', async () => {
      const { worker, shop, add, grant, deliveries, warnings, tried } = await set({ waits: [5, 5] });
      shop.behave('/hook', ({ event }, response) => void response.writeHead(event.data.viewer === 2 ? 400 : 200).end());
      const id = await add(shop.url('/hook'));
      worker.start();
      await grant([1, 2, 3]);
      await until(async () => (await deliveries.books('own', id))[0]!.dead === 1, 'one parked');
      expect((await deliveries.dead('own', id, EVENT, undefined)).letters).toMatchObject([{ viewer: 2, tries: 3, error: 'HTTP 400' }]);
      expect([warnings, tried.filter((each) => each === 'parked')]).toEqual([['a message was parked'], ['parked']]);
      shop.behave('/hook', (_, response) => void response.writeHead(200).end());
      expect(await deliveries.replay('own', id, undefined, undefined)).toBe(1);
      await shop.until(() => shop.calls.length === 6);
      await until(async () => (await deliveries.books('own', id))[0]!.pending === 0, 'delivered');
    });

    it('[HOK9] after failures in a row only probes go to an endpoint, and everything when one arrives; others go on', async () => {
      const { worker, shop, add, grant, warnings } = await set({ threshold: 3, waits: Array<number>(100).fill(1) });
      let away = true;
      let flying = 0;
      const together: number[] = [];
      shop.behave('/down', (_, response) => {
        if (!away) return void response.writeHead(200).end();
        together.push(++flying);
        setImmediate(() => {
          flying -= 1;
          response.writeHead(503).end();
        });
      });
      await add(shop.url('/down'));
      await add(shop.url('/up'));
      worker.start();
      await grant(range(40));
      await shop.until(() => shop.at('/up').length === 40 && shop.at('/down').length >= 15);
      expect(together.slice(10).every((count) => count === 1)).toBe(true);
      expect([worker.down, warnings.filter((each) => each.includes('is down'))]).toEqual([1, ['an endpoint is down; only probes go until one arrives']]);
      away = false;
      await shop.until(() => new Set(shop.at('/down').map(({ id }) => id)).size === 40);
      await until(() => worker.down === 0, 'the circuit is closed');
    });

    it('[HOK10] two origins deliver each message once while both live, and the other goes on when one dies with tries under way', async () => {
      const { worker, shop, add, grant, kept, deliveries, endpoints } = await set();
      // One process alone can have the embedded store: there a second worker stands for the second origin.
      const other = desksOn(await kept.connect(), {}, kept.records.shared ? undefined : endpoints);
      const id = await add(shop.url('/hook'));
      await until(() => other.endpoints.find(id) !== undefined, 'the other origin knows the endpoint');
      worker.start();
      other.worker.start();
      for (const viewers of [range(30), range(60).slice(30), range(90).slice(60)]) {
        await grant(viewers);
        other.worker.nudge(EVENT);
      }
      await shop.until(() => new Set(shop.calls.map((call) => call.id)).size === 90);
      await until(async () => (await deliveries.books('own', id))[0]!.pending === 0, 'all delivered');
      expect(shop.calls).toHaveLength(90);
      // Now one takes, and never says what became of it.
      const book = { event: EVENT, endpoint: id };
      await endpoints.change('own', id, { paused: true });
      await grant([91, 92]);
      const { messages } = await kept.outbox.take(book, { limit: 9, types: ['Granted'], now: Date.now() - 60_000, leaseMs: 60_000 });
      expect(messages).toHaveLength(2);
      await endpoints.change('own', id, { paused: false });
      await shop.until(() => new Set(shop.calls.map((call) => call.id)).size === 92);
    });

    it('[HOK14] while the ledger is frozen nothing of it is told; once it stands everything is', async () => {
      let stands = false;
      const { worker, shop, add, grant, kept } = await set({ mayTell: () => stands });
      const id = await add(shop.url('/hook'));
      worker.start();
      await grant([1, 2, 3]);
      await kept.ledger.entries(EVENT, 1, 9); // a turn of the store, in which a pump would have taken
      expect([shop.calls, await kept.outbox.status({ event: EVENT, endpoint: id })]).toMatchObject([[], { pending: 0 }]);
      stands = true;
      await shop.until(() => shop.calls.length === 3);
    });

    it('[HOK1] an endpoint is told of the types it wants, from when it was made or from the start, and nothing while it is paused', async () => {
      const { worker, shop, grant, endpoints, add } = await set();
      await grant([1]);
      worker.start();
      await add(shop.url('/new'));
      await endpoints.create('own', { url: shop.url('/all'), types: [...MESSAGE_TYPES], from: 'start' });
      const paused = await add(shop.url('/paused'));
      await endpoints.change('own', paused, { paused: true });
      await grant([2]);
      await shop.until(() => shop.at('/new').length === 1 && shop.at('/all').length === 5);
      expect(firsts(shop.at('/all')).map(({ event }) => event.type as string).toSorted()).toEqual(
        ['app.crowdcue.drop.defined', 'app.crowdcue.drop.granted', 'app.crowdcue.drop.granted', 'app.crowdcue.drop.unlocked', 'app.crowdcue.drop.unlocked']);
      expect([shop.at('/new')[0]!.event.data.viewer, shop.at('/paused')]).toEqual([2, []]);
      await endpoints.change('own', paused, { paused: false });
      await shop.until(() => shop.at('/paused').length === 1);
      await endpoints.remove('own', paused);
      await grant([3]);
      await shop.until(() => shop.at('/new').length === 2);
      expect(shop.at('/paused')).toHaveLength(1);
    });
  });
}
