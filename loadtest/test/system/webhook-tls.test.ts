import { readFileSync } from 'node:fs';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Shop } from '../../../server/test/support/shop.js';
import { makeTlsFiles } from '../../src/bench/lib/tls-files.js';
import { CrowdcueSystem, type HostApi } from '../../src/system.js';

interface Made { readonly webhook: { readonly id: string }; readonly secret: string }
interface Ping { readonly delivered: boolean; readonly status?: number; readonly error?: string }
interface Deliveries { readonly books: readonly { readonly pending: number }[]; readonly lastError?: { readonly error: string } }

/** A failed message is tried again after 5 s, a quarter less by chance, then after 20 s. */
const SOON = { timeout: 40_000, interval: 100 };

describe('webhooks over https', () => {
  const [known, stranger] = [makeTlsFiles(), makeTlsFiles()];
  let system: CrowdcueSystem;
  let host: HostApi;

  beforeAll(async () => {
    system = await CrowdcueSystem.start({ relays: 0, originEnv: () => ({ WEBHOOK_ALLOW_PRIVATE: '127.0.0.0/8', NODE_EXTRA_CA_CERTS: known.certFile }) });
    host = await system.host();
    await host.post('/api/events', { id: 'show', name: 'Show' });
  });
  afterAll(async () => {
    await system?.stop();
    known.remove();
    stranger.remove();
  });

  const shopWith = ({ keyFile, certFile }: typeof known): Promise<Shop> => Shop.start(0, { key: readFileSync(keyFile), cert: readFileSync(certFile) });
  const endpoint = (url: string): Promise<Made> => host.post('/api/webhooks', { url, event: 'show', types: ['app.crowdcue.drop.defined'] });
  const ping = ({ webhook }: Made): Promise<Ping> => host.post(`/api/webhooks/${webhook.id}/ping`, {});
  const define = (id: string): Promise<unknown> => host.post('/api/events/show/drops', { id, name: id, kind: 'badge', supply: 1, unlockedBy: 'round-won' });

  it('[HOK16] reach a receiver whose certificate holds, and send nothing to one whose certificate is for another name or from a stranger, nor in plain text', async () => {
    const [shop, imposter, plain] = [await shopWith(known), await shopWith(stranger), await Shop.start()];
    const good = await endpoint(shop.url('/good', 'localhost'));
    const misnamed = await endpoint(shop.url('/misnamed', 'other.localhost')); // the same machine, and not the name on its certificate
    const strange = await endpoint(imposter.url('/strange', 'localhost'));
    const bare = await endpoint(plain.url('/bare', 'localhost').replace('http:', 'https:'));

    expect(await ping(good)).toMatchObject({ delivered: true, status: 204 });
    for (const [made, why] of [[misnamed, 'ERR_TLS_CERT_ALTNAME_INVALID'], [strange, 'DEPTH_ZERO_SELF_SIGNED_CERT'], [bare, 'EPROTO']] as const) {
      const told = await ping(made);
      expect(told, why).toMatchObject({ delivered: false });
      expect(told.error).toContain(why);
    }

    await define('one');
    await define('two');
    const calls = (path: string) => shop.at(path).filter(({ event }) => event.type === 'app.crowdcue.drop.defined');
    await shop.until(() => calls('/good').length === 2);
    for (const { body, headers } of calls('/good')) expect(() => new Webhook(good.secret).verify(body, headers)).not.toThrow();

    // Connections are kept, and each may be over when the next message comes.
    shop.hangUp();
    await define('three');
    await shop.until(() => calls('/good').length === 3);

    // Nothing was sent where nobody vouched, and nothing is lost: at an address that holds it comes.
    const deliveries = (): Promise<Deliveries> => host.get(`/api/webhooks/${misnamed.webhook.id}/deliveries`);
    await expect.poll(async () => (await deliveries()).books, SOON).toMatchObject([{ pending: 3 }]);
    expect((await deliveries()).lastError?.error).toContain('ERR_TLS_CERT_ALTNAME_INVALID');
    expect([shop.at('/misnamed'), imposter.calls, plain.calls]).toEqual([[], [], []]);
    await host.put(`/api/webhooks/${misnamed.webhook.id}`, { url: shop.url('/misnamed', 'localhost') });
    await expect.poll(() => calls('/misnamed').map(({ event }) => event.data.drop).toSorted(), SOON).toEqual(['one', 'three', 'two']);
  }, 90_000);
});
