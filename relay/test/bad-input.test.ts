import { CLOSE, encodeAction, encodeRoomData, FRAME, LIMITS } from '@crowdcue/protocol';
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { stage, type Stage, until } from './support/harness.js';
import type { StockRoom } from './support/shapes.js';

const SESSION = 'session-of-bad-input';

/** A viewer that behaves, and whether it still gets everything at the end. */
const bystander = async (s: Stage): Promise<() => Promise<void>> => {
  const good = await s.direct();
  await until(() => good.states.length > 0, 'the bystander is in');
  return async () => {
    for (let i = 0; i < 2; i++) s.room.crank();
    if (s.room.churn.tick % 2 === 1) s.room.crank();
    await until(() => good.tick === s.room.churn.tick, 'the bystander is up to date');
    expect(good.closed).toBeUndefined();
  };
};

describe('bad tokens at the direct door', () => {
  const cases: [string, (s: Stage) => { token?: string; event?: string; protocols?: string[] }, number, string][] = [
    ['missing', () => ({ protocols: ['crowdcue.v1', `session.${SESSION}`] }), CLOSE.token_rejected, 'token_missing'],
    ['malformed', () => ({ token: 'nonsense' }), CLOSE.token_rejected, 'token_malformed'],
    ['forged', ({ room }) => ({ token: room.token(1, {}, randomBytes(32)) }), CLOSE.token_rejected, 'token_forged'],
    ['altered', ({ room }) => {
      const [head, claims, mac] = room.token(1).split('.');
      const c = JSON.parse(Buffer.from(claims!, 'base64url').toString());
      return { token: `${head}.${Buffer.from(JSON.stringify({ ...c, tier: 'gold' })).toString('base64url')}.${mac}` };
    }, CLOSE.token_rejected, 'token_forged'],
    ['expired', ({ room }) => ({ token: room.token(1, { exp: 5 }) }), CLOSE.token_expired, 'token_expired'],
    ['of another event', ({ room, origin }) => { origin.room('other'); return { token: room.token(1), event: 'other' }; }, CLOSE.token_rejected, 'token_other_event'],
    ['of an unknown event', ({ room }) => ({ token: room.token(1, { evt: 'nowhere' }), event: 'nowhere' }), CLOSE.event_unknown, 'event_unknown'],
    ['for an event id that is none', ({ room }) => ({ token: room.token(1), event: 'a.b' }), CLOSE.event_unknown, 'event_unknown'],
    ['with a bad session', ({ room }) => ({ protocols: ['crowdcue.v1', `token.${room.token(1)}`, 'session.short'] }), CLOSE.bad_frame, 'frame_malformed'],
  ];
  for (const [what, options, code, error] of cases) {
    it(`[BAD1] a token ${what}: closed with ${code} and ${error}, the room never hears of it`, async () => {
      const s = await stage();
      const client = await s.direct(options(s));
      await until(() => client.closed, 'closed');
      expect(client.closed).toEqual({ code, reason: error });
      expect(client.errors[0]).toContain(error);
      expect(s.room.joins).toEqual([]);
      expect(await s.metric('crowdcue_relay_refused_total', { code: error })).toBe(1);
    });
  }

  it('[BAD1] a version of the subprotocol that is not ours: refused, the room never hears of it', async () => {
    const s = await stage();
    const client = await s.direct({ protocols: ['crowdcue.v9', `token.${s.room.token(1)}`, `session.${SESSION}`] });
    await until(() => client.closed, 'closed'); // a WebSocket client gives up by itself when none of its subprotocols is taken
    expect(await s.metric('crowdcue_relay_refused_total', { code: 'frame_unknown' })).toBe(1);
    expect(s.room.joins).toEqual([]);
  });

  it('[BAD2] asks the origin once about an unknown event that many ask for', async () => {
    const s = await stage();
    const clients = await Promise.all(Array.from({ length: 20 }, () => s.direct({ event: 'nowhere', token: s.room.token(1, { evt: 'nowhere' }) })));
    await until(() => clients.every((c) => c.closed), 'all closed');
    expect(s.origin.lookups).toBe(1);
  });
});

describe('bad frames', () => {
  const cases: [string, Uint8Array | string, number, string][] = [
    ['text', 'hello', CLOSE.bad_frame, 'frame_text'],
    ['empty', new Uint8Array(0), CLOSE.bad_frame, 'frame_truncated'],
    ['truncated', encodeAction({ n: 1, round: 1, choice: 0, value: 1 }).slice(0, 3), CLOSE.bad_frame, 'frame_truncated'],
    ['with too many bytes', new Uint8Array([...encodeAction({ n: 1, round: 1, choice: 0, value: 1 }), 0]), CLOSE.bad_frame, 'frame_malformed'],
    ['of an unknown code', new Uint8Array([0x7f, 1, 2]), CLOSE.bad_frame, 'frame_unknown'],
    ['of a code that only the relay sends', new Uint8Array([FRAME.roomState, 1, 2]), CLOSE.bad_frame, 'frame_unknown'],
    ['with a tier that is none', new Uint8Array([FRAME.tier, 9]), CLOSE.bad_frame, 'frame_malformed'],
    ['with a time that is none', new Uint8Array([FRAME.clock, 0, 0, 0, 0, 0, 0, 0xf0, 0x7f]), CLOSE.bad_frame, 'frame_malformed'],
    ['with a message type that is none', new Uint8Array([FRAME.roomData, 0xc1]), CLOSE.bad_frame, 'frame_malformed'],
    ['with a message type cut off', new Uint8Array([FRAME.roomRequest, 1, 0xa9, 65]), CLOSE.bad_frame, 'frame_truncated'],
    ['over the limit', encodeRoomData('big', randomBytes(LIMITS.viewerFrameBytes)), CLOSE.oversize, 'frame_oversize'],
  ];
  for (const [what, frame, code, error] of cases) {
    it(`[BAD3] a frame ${what}: closed with ${code} and ${error}; others do not notice`, async () => {
      const s = await stage();
      const unharmed = await bystander(s);
      const client = await s.direct();
      await until(() => client.states.length > 0, 'in');
      client.send(frame);
      await until(() => client.closed, 'closed');
      expect(client.closed).toEqual({ code, reason: error });
      expect(client.errors[0]).toContain(error);
      expect(s.room.messages).toEqual([]);
      expect(s.room.actions).toEqual([]);
      await unharmed();
    });
  }

  it('[BAD4] a frame far over the limit ends the connection; others do not notice', async () => {
    const s = await stage();
    const unharmed = await bystander(s);
    const client = await s.direct();
    await until(() => client.states.length > 0, 'in');
    client.send(randomBytes(1 << 20));
    await until(() => client.closed, 'closed');
    await unharmed();
  });

  it('[BAD5] actions over the rate are refused one by one and not forwarded', async () => {
    const s = await stage();
    const client = await s.direct();
    await until(() => client.states.length > 0, 'in');
    for (let n = 1; n <= 100; n++) client.act(n);
    await until(() => client.refused.length + s.room.actions.length === 100, 'all are answered or forwarded');
    expect(new Set(client.refused.map((r) => r.code))).toEqual(new Set(['action_rate']));
    const burst = 2 * LIMITS.viewerActionsPerSecond;
    expect(s.room.actions.length).toBeGreaterThanOrEqual(burst);
    expect(s.room.actions.length).toBeLessThan(burst + 10);
    expect(client.closed).toBeUndefined();
  });

  it('[BAD6] a flood is closed with its code; others do not notice', async () => {
    const s = await stage();
    const unharmed = await bystander(s);
    const client = await s.direct();
    await until(() => client.states.length > 0, 'in');
    for (let n = 1; n <= 1_000; n++) client.act(n);
    await until(() => client.closed, 'closed');
    expect(client.closed).toEqual({ code: CLOSE.flood, reason: 'flood' });
    await unharmed();
  });

  it('[BAD7] a stock client cannot use codes of the direct door', async () => {
    const { Client } = await import('@colyseus/sdk');
    const s = await stage();
    const joined = (await new Client(s.relay.url).joinById('show', { token: s.room.token(1) })) as unknown as StockRoom;
    await until(() => s.room.joins.length === 1, 'in');
    const left = new Promise((resolve) => joined.onLeave(resolve));
    joined.connection.send(encodeAction({ n: 1, round: 1, choice: 0, value: 1 }));
    expect(await left).toBe(CLOSE.bad_frame);
    await until(() => s.room.leaves.length === 1, 'the leave is in a batch');
    expect(s.room.actions).toEqual([]);
  });
});

describe('HTTP', () => {
  it('[BAD8] answers unknown addresses and methods with a JSON error', async () => {
    const { relay } = await stage();
    const base = relay.url.replace('ws', 'http');
    for (const [path, method, status, code] of [['/nope', 'GET', 404, 'not_found'], ['/a/b/c/d', 'GET', 404, 'not_found'], ['/health', 'POST', 405, 'method_not_allowed'], ['/matchmake/join/crowd', 'GET', 405, 'method_not_allowed']] as const) {
      const response = await fetch(base + path, { method });
      expect(response.status, path).toBe(status);
      expect(await response.json()).toMatchObject({ code, retryable: false });
    }
  });
});
