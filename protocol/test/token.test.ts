import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { innerMacText, LIMITS, mintToken, readToken, verifyToken, type Hmac, type TokenClaims } from '@crowdcue/protocol';
import { claims } from './support/arbitraries.js';
import { codeOf } from './support/bytes-of.js';

const hmacOf = (key: string): Hmac => (text) => createHmac('sha256', key).update(text).digest('base64url');
const door = hmacOf('door key of this event');
const equal = (a: string, b: string) => a === b;
const NOW = 1_770_000_000;
const CLAIMS: TokenClaims = { evt: 'show-1', sub: 2 ** 52 - 1, tier: 'fan', name: 'Calm Otter 7', iat: NOW, exp: NOW + 60, mac: 'bWFj' };
const verify = (token: string | undefined, event = 'show-1', now = NOW) => verifyToken(token, door, event, now, equal);
/** A token of any payload under the true door key. */
const signed = (payload: string, header = '{"alg":"HS256","typ":"JWT"}') => {
  const head = `${Buffer.from(header).toString('base64url')}.${Buffer.from(payload).toString('base64url')}`;
  return `${head}.${door(head)}`;
};

describe('tokens', () => {
  it('[PRO14] a minted token is read and verified to its claims', () => fc.assert(fc.property(claims, (c) => {
    const token = mintToken(c, door);
    expect(readToken(token)).toEqual(c);
    expect(verifyToken(token, door, c.evt, c.exp - 1, equal)).toEqual(c);
    expect(codeOf(() => verifyToken(token, door, c.evt, c.exp, equal))).toBe('token_expired');
  })));

  it('[PRO14] golden token', () => {
    expect(mintToken(CLAIMS, door)).toBe(
      'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJldnQiOiJzaG93LTEiLCJzdWIiOjQ1MDM1OTk2MjczNzA0OTUsInRpZXIiOiJmYW4iLCJuYW1lIjoiQ2FsbSBPdHRlciA3IiwiaWF0Ijo'
      + 'xNzcwMDAwMDAwLCJleHAiOjE3NzAwMDAwNjAsIm1hYyI6ImJXRmoifQ.pErWrpRBGDJZEeIs4ySDQyjiolHPivhCqxZr4OEHz74');
    expect(innerMacText(CLAIMS)).toBe('["crowdcue-inner-1","show-1",4503599627370495,"fan","Calm Otter 7"]');
  });

  it('[PRO14] each fault has its code', () => {
    const token = mintToken(CLAIMS, door);
    expect(codeOf(() => verify(undefined))).toBe('token_missing');
    expect(codeOf(() => verify(''))).toBe('token_missing');
    expect(codeOf(() => verify(token, 'show-2'))).toBe('token_other_event');
    expect(codeOf(() => verify(token, 'show-1', NOW + 60))).toBe('token_expired');
    expect(codeOf(() => verify(mintToken(CLAIMS, hmacOf('another key'))))).toBe('token_forged');
    expect(codeOf(() => verify(token.slice(0, token.lastIndexOf('.') + 1)))).toBe('token_forged');
    expect(codeOf(() => verify('x'.repeat(LIMITS.tokenBytes + 1)))).toBe('token_malformed');
    expect(codeOf(() => verify(token.split('.').slice(0, 2).join('.')))).toBe('token_malformed');
    expect(codeOf(() => verify(`${token}.more`))).toBe('token_malformed');
  });

  it('[PRO14] an altered token is never accepted, wherever a character changes', () => {
    const token = mintToken(CLAIMS, door);
    for (let at = 0; at < token.length; at++) {
      const altered = `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`;
      expect(codeOf(() => verify(altered)), `character ${at}`).toMatch(/^token_(malformed|forged|other_event)$/);
    }
  });

  it('[PRO14] another algorithm, none, or claims of a wrong type are malformed though signed by the door key', () => {
    const good = JSON.stringify(CLAIMS);
    expect(verify(signed(good))).toEqual(CLAIMS);
    for (const header of ['{"alg":"none"}', '{"alg":"HS512","typ":"JWT"}', '{"typ":"JWT","alg":"HS256"}']) {
      expect(codeOf(() => verify(signed(good, header))), header).toBe('token_malformed');
    }
    const wrong: readonly object[] = [
      { sub: 0 }, { sub: -1 }, { sub: 1.5 }, { sub: '7' }, { sub: 2 ** 53 }, { evt: 1 }, { tier: null }, { name: [] }, { mac: 5 }, { exp: 'never' }, { iat: null },
      { exp: null },
    ];
    for (const change of wrong) {
      expect(codeOf(() => verify(signed(JSON.stringify({ ...CLAIMS, ...change })))), JSON.stringify(change)).toBe('token_malformed');
    }
    for (const payload of ['', 'null', '7', '"x"', '[]', '{}', '{', '{"exp":1e999}']) expect(codeOf(() => verify(signed(payload))), payload).toBe('token_malformed');
  });

  it('[PRO15] the inner MAC tells every two identities apart', () => {
    const who = fc.record({ evt: fc.string({ unit: fc.constantFrom('a', '"', ',', '\\') }), sub: fc.nat(30), tier: fc.string({ unit: fc.constantFrom('a', '"', ',', '1') }), name: fc.string({ unit: fc.constantFrom('a', '"', ']') }) });
    fc.assert(fc.property(who, who, (a, b) => {
      const same = a.evt === b.evt && a.sub === b.sub && a.tier === b.tier && a.name === b.name;
      expect(innerMacText(a) === innerMacText(b)).toBe(same);
    }));
    expect(innerMacText({ evt: 'a', sub: 1, tier: '"b"', name: '' })).not.toBe(innerMacText({ evt: 'a', sub: 1, tier: '', name: '"b"' }));
  });
});
