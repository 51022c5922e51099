/** The SDK's part of proofs, against an origin. */
import { describe, expect, it } from 'vitest';
import { startOrigin, type TestOrigin } from '../../server/test/support/test-origin.js';
import { TwitchId } from '../../server/test/support/twitch-id.js';
import { Access } from '../src/access.js';
import { Claims } from '../src/claims.js';
import { systemClock } from '../src/clock.js';
import { askForCode, confirmCode, confirmSignIn, receiptsOf, resumeAs, signInWithTwitch } from '../src/proofs.js';
import { backoff } from '../src/reconnect-policy.js';
import type { SessionParts } from '../src/session-events.js';

/** What of a session asks over HTTP, for a viewer who just joined. */
const asking = async (test: TestOrigin, token?: string): Promise<Claims & { viewer: number }> => {
  const joined = await test.join('show', token);
  const access = new Access({ origin: test.url, event: 'show', token: joined.token, relays: ['ws://127.0.0.1:9'], clock: systemClock });
  const kept = new Map<string, string>();
  const storage = { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => void kept.set(key, value), removeItem: (key: string) => void kept.delete(key) };
  return Object.assign(new Claims({ access, storage, clock: systemClock, policy: backoff({ attempts: 1 }) } as unknown as SessionParts), { viewer: joined.viewer });
};

describe('proofs by the SDK', () => {
  it('[PRF10] ask, confirm, claim; on another device receipts, and going on as who has them', async () => {
    const test = await startOrigin();
    await test.event({ id: 'show', drops: [{ id: 'rope', name: 'Rope', kind: 'badge', supply: 2, unlockedBy: 'round-won', proof: 'any' }] });
    const [phone, laptop] = [await asking(test), await asking(test)];
    await test.won('show', [phone.viewer, laptop.viewer]);
    expect(await phone.claim('rope')).toMatchObject({ status: 'refused', reason: 'claim_proof_needed' });
    await expect(askForCode(phone, 'ada')).rejects.toMatchObject({ code: 'proof_bad_address' });
    await expect(confirmCode(phone, 'ada@example.org', '123456')).rejects.toMatchObject({ code: 'proof_code_over', retryable: false });
    const proveIt = async (session: Claims): Promise<unknown> => {
      const { shown, until } = await askForCode(session, 'ada@example.org', 'de');
      expect(until).toBeGreaterThan(Date.now());
      return confirmCode(session, 'ada@example.org', shown!);
    };
    expect(await proveIt(phone)).toEqual({ proof: 'email', first: phone.viewer });
    expect(await phone.claim('rope')).toMatchObject({ status: 'granted', serial: 1 });
    await expect(resumeAs(laptop)).rejects.toMatchObject({ code: 'proof_missing' });
    expect(await receiptsOf(laptop)).toEqual([]);
    expect(await proveIt(laptop)).toEqual({ proof: 'email', first: phone.viewer });
    expect(await laptop.claim('rope')).toMatchObject({ status: 'refused', reason: 'claim_subject_taken' });
    expect(await receiptsOf(laptop)).toMatchObject([{ viewer: phone.viewer, drop: 'rope', serial: 1, standing: 'active' }]);
    const { token, viewer } = await resumeAs(laptop, phone.viewer);
    expect(viewer).toBe(phone.viewer);
    expect(await (await asking(test, token)).drops()).toMatchObject([{ id: 'rope', state: 'granted', proof: 'any' }]);
  });

  it('[PRF20] a way to Twitch, and the digits that its last page shows; where nobody can sign in, that is told', async () => {
    const twitch = await TwitchId.start();
    try {
      const test = await startOrigin(twitch.env);
      await test.event({ id: 'show', drops: [{ id: 'rope', name: 'Rope', kind: 'badge', supply: 2, unlockedBy: 'round-won', proof: 'twitch' }] });
      const viewer = await asking(test);
      await test.won('show', [viewer.viewer]);
      await expect(confirmSignIn(viewer, '123456')).rejects.toMatchObject({ code: 'proof_code_over', retryable: false });
      const { url, until } = await signInWithTwitch(viewer);
      expect(until).toBeGreaterThan(Date.now());
      const { searchParams } = new URL((await fetch(url, { redirect: 'manual' })).headers.get('location')!);
      const { body } = await test.call('POST', '/api/proofs/twitch', { body: { code: searchParams.get('code'), state: searchParams.get('state') } });
      await expect(confirmSignIn(viewer, body.digits === '000000' ? '111111' : '000000')).rejects.toMatchObject({ code: 'proof_code_wrong' });
      expect(await confirmSignIn(viewer, body.digits)).toEqual({ proof: 'twitch', first: viewer.viewer });
      expect(await viewer.claim('rope')).toMatchObject({ status: 'granted', serial: 1 });
    } finally {
      await twitch.stop();
    }
    const without = await startOrigin();
    await without.event({ id: 'show' });
    await expect(signInWithTwitch(await asking(without))).rejects.toMatchObject({ code: 'twitch_off' });
  });
});
