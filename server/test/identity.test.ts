import { type CrowdcueError, readToken, mintToken, type ErrorCode } from '@crowdcue/protocol';
import { describe, expect, it } from 'vitest';
import type { Clock } from '../src/clock.js';
import { HostAccess, Keys, publicName, RelayCredential, randomText, randomViewer, systemRandom, ViewerTokens } from '../src/identity/index.js';
import { ADJECTIVES, ANIMALS } from '../src/identity/words.js';

class ManualClock implements Clock {
  constructor(public time = 1_800_000_000_000) {}
  now(): number {
    return this.time;
  }
  monotonic(): number {
    return this.time;
  }
}

const keys = new Keys(Buffer.alloc(32, 7));
const codeOf = (work: () => unknown): ErrorCode | undefined => {
  try {
    work();
  } catch (error) {
    return (error as { code: ErrorCode }).code;
  }
  return undefined;
};

describe('viewer tokens', () => {
  const clock = new ManualClock();
  const tokens = new ViewerTokens(keys, clock, systemRandom);

  it('[IDN1] takes its own token and says of every other what is wrong', () => {
    const { token, claims } = tokens.issue('show');
    expect(tokens.verify(token, 'show')).toEqual(claims);
    const [head, body, mac] = token.split('.') as [string, string, string];
    const altered = Buffer.from(JSON.stringify({ ...claims, sub: claims.sub + 1 })).toString('base64url');
    const cases: [string | undefined, string, ErrorCode][] = [
      [undefined, 'show', 'token_missing'], ['', 'show', 'token_missing'], ['abc', 'show', 'token_malformed'], ['x'.repeat(5_000), 'show', 'token_malformed'],
      [`${head}.${altered}.${mac}`, 'show', 'token_forged'], [`${head}.${body}.${mac.slice(1)}A`, 'show', 'token_forged'], [`${head}.${body}.`, 'show', 'token_forged'],
      [new ViewerTokens(new Keys(Buffer.alloc(32, 8)), clock, systemRandom).issue('show').token, 'show', 'token_forged'],
      [token, 'other', 'token_other_event'], [new ViewerTokens(keys, clock, systemRandom, -1).issue('show').token, 'show', 'token_expired'],
      [`${Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url')}.${body}.`, 'show', 'token_malformed'],
    ];
    for (const [bad, event, code] of cases) expect(codeOf(() => tokens.verify(bad, event)), `${bad} → ${code}`).toBe(code);
  });

  it('[IDN2] refuses a viewer, tier or name that somebody with the door key made up', () => {
    const { claims } = tokens.issue('show');
    for (const forged of [{ tier: 'vip' }, { sub: claims.sub - 1 }, { name: 'Somebody Else 01' }, { mac: '' }]) {
      const token = mintToken({ ...claims, ...forged }, keys.door('show').hmac);
      expect(codeOf(() => tokens.verify(token, 'show'))).toBe('token_tier_forged');
    }
  });

  it('[IDN3] numbers viewers at random, from 1 to 2^52 - 1', () => {
    const seen = new Set(Array.from({ length: 2_000 }, () => randomViewer(systemRandom)));
    expect(seen.size).toBe(2_000);
    for (const viewer of seen) expect(Number.isSafeInteger(viewer) && viewer >= 1 && viewer < 2 ** 52).toBe(true);
    const zeros = [Buffer.alloc(7), Buffer.alloc(7, 0xff)];
    expect(randomViewer({ bytes: () => zeros.shift()! })).toBe(2 ** 52 - 1);
    expect(randomText(systemRandom, 'AB', 200)).toMatch(/^[AB]{200}$/);
  });

  it('[IDN4] gives a viewer of an event always the same name, from the word list', () => {
    expect(new Set(ADJECTIVES).size).toBeGreaterThanOrEqual(120);
    expect(new Set(ANIMALS).size).toBeGreaterThanOrEqual(120);
    const name = publicName(keys.names, 'show', 42);
    expect(publicName(keys.names, 'show', 42)).toBe(name);
    expect(publicName(keys.names, 'other', 42)).not.toBe(name);
    const { claims } = tokens.issue('show', 42);
    expect(claims.name).toBe(name);
    const [adjective, animal, digits] = name.split(' ') as [string, string, string];
    expect(ADJECTIVES).toContain(adjective);
    expect(ANIMALS).toContain(animal);
    expect(digits).toMatch(/^\d\d$/);
  });

  it('[IDN8] derives a door key of its own for each event', () => {
    expect(keys.door('a').text).not.toBe(keys.door('b').text);
    expect(Buffer.from(keys.door('a').text, 'base64url')).toHaveLength(32);
    expect(new Keys(Buffer.alloc(32, 7)).door('a').text).toBe(keys.door('a').text);
    expect(new Keys(Buffer.alloc(32, 8)).door('a').text).not.toBe(keys.door('a').text);
    expect(readToken(tokens.issue('a').token).evt).toBe('a');
  });
});

describe('hosts', () => {
  const setUp = () => {
    const clock = new ManualClock();
    let version = 1;
    const kept = { get: () => version, raise: async () => void (version += 1) };
    const links = new Set<string>();
    const used = { use: async (link: string) => !links.has(link) && links.add(link).has(link) };
    const make = () => new HostAccess({ keys, clock, random: systemRandom, publicUrl: () => 'https://play.example/x', linkTtlS: 900, version: kept, used });
    return { clock, access: make(), make };
  };
  const keyOf = (url: string): string => url.slice(url.indexOf('#key=') + 5);

  const trading = (access: HostAccess, key: string): Promise<unknown> => access.trade(key).then(() => 'traded', (error: CrowdcueError) => error.code);

  it('[IDN5] trades a link once, at whichever origin, and not when it is too old or altered', async () => {
    const { access, clock, make } = setUp();
    const link = access.createLink();
    expect(link.url).toMatch(/^https:\/\/play\.example\/x\/host#key=[\w.-]{20,100}$/);
    const key = keyOf(link.url);
    const later = key.split('.').map((part, i) => (i === 2 ? String(Number(part) + 1) : part)).join('.');
    for (const bad of ['made up', '', later, `${key}x`, key.replace('l1', 'h1')]) expect(await trading(access, bad)).toBe('host_link_used');
    expect((await Promise.all([trading(access, key), trading(make(), key)])).sort()).toEqual(['host_link_used', 'traded']);
    expect(await trading(make(), key)).toBe('host_link_used');
    const late = access.createLink();
    clock.time += 900_000;
    expect(await trading(access, keyOf(late.url))).toBe('host_link_used');
  });

  it('[IDN6] keeps a session over a restart, until it is over, altered or signed out', async () => {
    const { access, clock, make } = setUp();
    const link = keyOf(access.createLink().url);
    expect(codeOf(() => access.check(link))).toBe('host_forbidden'); // a link is no session
    const { session, expiresAt } = await access.trade(link);
    const restarted = make();
    expect(codeOf(() => restarted.check(session))).toBeUndefined();
    const parts = session.split('.');
    const longer = [...parts.slice(0, 2), String(Number(parts[2]) + 1), ...parts.slice(3)].join('.');
    for (const bad of [undefined, '', 'h1', longer, `${session}x`, session.slice(0, -1)]) expect(codeOf(() => restarted.check(bad))).toBe('host_forbidden');
    clock.time = expiresAt;
    expect(codeOf(() => restarted.check(session))).toBe('host_forbidden');
    clock.time -= 1_000;
    const open = keyOf(restarted.createLink().url);
    await restarted.signOutAll();
    expect(codeOf(() => restarted.check(session))).toBe('host_forbidden');
    expect(await trading(restarted, open)).toBe('host_link_used');
  });
});

describe('relays', () => {
  const clock = new ManualClock();
  const credential = new RelayCredential('s'.repeat(40), clock);
  const now = clock.now() / 1000;

  it('[IDN7] takes the credential and nothing else', () => {
    expect(codeOf(() => credential.check('s'.repeat(40)))).toBeUndefined();
    for (const bad of [undefined, '', 's'.repeat(39), 's'.repeat(41), 't'.repeat(40)]) expect(codeOf(() => credential.check(bad))).toBe('relay_forbidden');
  });

  it('[IDN7] takes a proof for its relay, run, room and time alone', () => {
    const proof = credential.linkProof('relay-1', 3, 'show', now + 60);
    const knock = { relayId: 'relay-1', incarnation: 3, proof };
    expect(credential.verifyLinkProof(knock, 'show')).toBe(true);
    expect(credential.verifyLinkProof(knock, 'other')).toBe(false);
    expect(credential.verifyLinkProof({ ...knock, relayId: 'relay-2' }, 'show')).toBe(false);
    expect(credential.verifyLinkProof({ ...knock, incarnation: 4 }, 'show')).toBe(false);
    expect(credential.verifyLinkProof({ ...knock, proof: `${proof.split('.')[0]}.${now + 61}` }, 'show')).toBe(false);
    for (const bad of ['', '.', 'x.1', proof.replace('.', '')]) expect(credential.verifyLinkProof({ ...knock, proof: bad }, 'show')).toBe(false);
    expect(credential.verifyLinkProof({ ...knock, proof: credential.linkProof('relay-1', 3, 'show', now) }, 'show')).toBe(false);
    expect(credential.verifyLinkProof({ ...knock, proof: credential.linkProof('relay-1', 3, 'show', now + 121) }, 'show')).toBe(false);
    const stranger = new RelayCredential('x'.repeat(40), clock);
    expect(credential.verifyLinkProof({ ...knock, proof: stranger.linkProof('relay-1', 3, 'show', now + 60) }, 'show')).toBe(false);
  });
});
