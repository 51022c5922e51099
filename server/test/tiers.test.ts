import { type JoinAnswer, readToken } from '@crowdcue/protocol';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../src/clock.js';
import { LeapingClock } from './support/manual-clock.js';
import { startOrigin, type Answer } from './support/test-origin.js';

const HOUR = 3_600_000;
const rope = (more: object = {}) => ({ id: 'rope', name: 'Rope', kind: 'badge', supply: 5, unlockedBy: 'round-won', ...more });

/** An event whose drop opens in two hours, and for gold in one. */
const set = async (drop?: object) => {
  const clock = new LeapingClock(systemClock);
  const now = clock.now();
  const test = await startOrigin({}, { clock });
  await test.event({ id: 'show', drops: [rope(drop ?? { opensAt: now + 2 * HOUR, early: { gold: now + HOUR } })] });
  const links = async (bearer: string | undefined = test.session): Promise<Answer> => test.call('GET', '/api/events/show/tiers', { bearer });
  const keyOf = async (tier: string): Promise<string> => ((await links()).body.tiers as { tier: string; key: string }[]).find((link) => link.tier === tier)!.key;
  const join = (body: object, bearer?: string): Promise<Answer> => test.call('POST', '/api/join', { body: { event: 'show', ...body }, ...(bearer !== undefined && { bearer }) });
  const claim = async (token: string): Promise<string> => {
    const { body } = await test.call('POST', '/api/events/show/claims', { bearer: token, body: { drop: 'rope', key: `key-${token.slice(-12)}` } });
    return body.code ?? body.status;
  };
  return { test, clock, links, keyOf, join, claim };
};
const tierIn = (token: string): string => (readToken(token) as { tier?: string }).tier!;

describe('tiers over HTTP', () => {
  it('[TIR1] a link lets a viewer claim in the early window, whoever comes without it waits; both may once it is open to all', async () => {
    const { test, clock, keyOf, join, claim } = await set();
    const gold = (await join({ tierKey: await keyOf('gold') })).body as JoinAnswer;
    const plain = (await join({})).body as JoinAnswer;
    expect([tierIn(gold.token), tierIn(plain.token)]).toEqual(['gold', 'viewer']);
    await test.won('show', [gold.viewer, plain.viewer]);
    expect(await claim(gold.token)).toBe('claim_not_open');
    clock.leap(HOUR + 1_000);
    expect([await claim(plain.token), await claim(gold.token)]).toEqual(['claim_not_open', 'granted']);
    clock.leap(HOUR);
    const again = (await join({}, plain.token)).body as JoinAnswer;
    expect(await claim(again.token)).toBe('granted');
  });

  it('[TIR1] what is for some tiers goes to them alone', async () => {
    const { test, keyOf, join, claim } = await set({ eligible: { tiers: ['gold', 'silver'] } });
    const [plain, silver] = [(await join({})).body as JoinAnswer, (await join({ tierKey: await keyOf('silver') })).body as JoinAnswer];
    await test.won('show', [plain.viewer, silver.viewer]);
    expect([await claim(plain.token), await claim(silver.token)]).toEqual(['claim_tier', 'granted']);
  });

  it('[TIR2] a viewer who opens a link stays the same and keeps the tier, also when the token is renewed without it', async () => {
    const { keyOf, join } = await set();
    const first = (await join({})).body as JoinAnswer;
    const raised = (await join({ tierKey: await keyOf('gold') }, first.token)).body as JoinAnswer;
    const renewed = (await join({}, raised.token)).body as JoinAnswer;
    expect([raised.viewer, renewed.viewer]).toEqual([first.viewer, first.viewer]);
    expect([raised, renewed].map(({ token }) => tierIn(token))).toEqual(['gold', 'gold']);
  });

  it('[TIR3] lists what the drops name, one link each and the same at every look; nobody but the host sees them, and none is of a tier that only the origin or Twitch gives', async () => {
    const { test, links } = await set({ eligible: { tiers: ['gold', 'moderator', 'viewer', 'guest', 'silver'] } });
    const { tiers } = (await links()).body as { tiers: { tier: string; url: string; key: string }[] };
    expect(tiers.map(({ tier }) => tier)).toEqual(['gold', 'silver']);
    const url = new URL(tiers[0]!.url);
    expect([url.pathname.slice(0, 6), url.search, url.hash]).toEqual(['/join/', '', `#tier=${tiers[0]!.key}`]);
    expect((await links()).body.tiers).toEqual(tiers);
    await test.event({ id: 'bare' });
    expect((await test.call('GET', '/api/events/bare/tiers', { bearer: test.session })).body).toEqual({ tiers: [] });
    for (const bearer of [undefined, (await test.join('show')).token]) {
      expect((await test.call('GET', '/api/events/show/tiers', { bearer })).body.code).toBe('host_forbidden');
      expect((await test.call('DELETE', '/api/events/show/tiers/gold', { bearer })).body.code).toBe('host_forbidden');
    }
  });

  it('[TIR4] a link that is taken back lets nobody in, after a restart neither; the next one does, and who came in by it stays', async () => {
    const { test, keyOf, join } = await set();
    const old = await keyOf('gold');
    const inside = (await join({ tierKey: old })).body as JoinAnswer;
    const replace = (tier: string) => test.call('DELETE', `/api/events/show/tiers/${tier}`, { bearer: test.session });
    const next = (await replace('gold')).body as { tier: string; key: string };
    expect(next.tier).toBe('gold');
    expect(next.key).not.toBe(old);
    expect((await join({ tierKey: old })).body.code).toBe('key_forbidden');
    expect(tierIn((await join({ tierKey: next.key })).body.token)).toBe('gold');
    expect(tierIn((await join({}, inside.token)).body.token)).toBe('gold');
    for (const unknown of ['silver', 'viewer', 'moderator', 'overlay.1', '%22']) expect((await replace(unknown)).body, unknown).toMatchObject({ code: 'tier_unknown', retryable: false });
    const later = await test.restart();
    expect((await later.call('POST', '/api/join', { body: { event: 'show', tierKey: old } })).body.code).toBe('key_forbidden');
    expect((await later.call('POST', '/api/join', { body: { event: 'show', tierKey: next.key } })).status).toBe(200);
  });

  it('[TIR5] a key that is forged, of another tier, event or use, or out of shape, is refused, and nobody comes in by it', async () => {
    const { test, keyOf, join } = await set({ eligible: { tiers: ['gold', 'silver'] } });
    await test.event({ id: 'other', drops: [rope({ eligible: { tiers: ['gold'] } })] });
    const key = await keyOf('gold');
    const elsewhere = (await test.call('GET', '/api/events/other/tiers', { bearer: test.session })).body.tiers[0].key as string;
    const { overlayUrl } = (await test.call('GET', '/api/events/show/keys', { bearer: test.session })).body as { overlayUrl: string };
    const mac = key.slice('gold.'.length);
    const forged = `${key.slice(0, -1)}${key.endsWith('A') ? 'B' : 'A'}`;
    for (const tierKey of [forged, elsewhere, `silver.${mac}`, `moderator.${mac}`, `gold.${new URL(overlayUrl).hash.slice('#key='.length)}`, key.replace('t1.1', 't1.2'), mac, 'gold.', 'gold', '', '.', 'x'.repeat(200)]) {
      expect((await join({ tierKey })).body.code, tierKey).toBe('key_forbidden');
    }
    for (const tierKey of [7, null, ['gold'], 'x'.repeat(201)]) expect((await join({ tierKey })).body.code).toBe('bad_request');
  });
});
