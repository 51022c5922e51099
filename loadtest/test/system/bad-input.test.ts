import { createHmac } from 'node:crypto';
import { connect, join, type Session } from '@crowdcue/client';
import {
  CLOSE, decodeRefused, encodeAction, encodeRoomData, FRAME, LIMITS, mintToken, readToken, SUBPROTOCOL, type ErrorCode, type EventOverview, type TokenClaims,
} from '@crowdcue/protocol';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { CrowdcueSystem, type HostApi } from '../../src/system.js';

const until = (condition: () => boolean): Promise<void> =>
  vi.waitFor(() => { if (!condition()) throw new Error('not yet'); }, { timeout: 5_000 });

/** A connection that somebody means ill with: what it was told, and how it ended. */
class Offender {
  readonly refused: { n: number; code: ErrorCode }[] = [];
  readonly frames: Uint8Array[] = [];
  closed: { code: number; reason: string } | undefined;

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => {
      const frame = new Uint8Array(data);
      this.frames.push(frame);
      if (frame[0] === FRAME.refused) this.refused.push(decodeRefused(frame));
    });
    socket.on('close', (code, reason) => { this.closed = { code, reason: String(reason) }; });
    socket.on('error', () => undefined); // a close follows
  }

  static async open(relay: string, event: string, token: string, session = 'offender-session-01'): Promise<Offender> {
    const offender = new Offender(new WebSocket(`${relay}/live/${event}`, [SUBPROTOCOL, `token.${token}`, `session.${session}`]));
    await until(() => offender.closed !== undefined || offender.frames.some((frame) => frame[0] === FRAME.roomState));
    return offender;
  }

  async end(): Promise<{ code: number; reason: string }> {
    await until(() => this.closed !== undefined);
    return this.closed!;
  }
}

describe('bad input at a running system', { timeout: 60_000 }, () => {
  let system: CrowdcueSystem;
  let host: HostApi;
  let bystander: Session;
  let bystanderToken: string;
  const troubles: unknown[] = [];
  let relay: string;
  const mine = async (event = 'target') => (await join({ origin: system.origin.url, event })).token;

  beforeAll(async () => {
    system = await CrowdcueSystem.start();
    host = await system.host();
    relay = system.relays[0]!.url;
    await host.post('/api/events', { id: 'target', name: 'Target', maxViewers: 3, drops: [
      { id: 'open', name: 'Open', kind: 'badge', supply: 1, unlockedBy: 'played-three' },
      { id: 'closed', name: 'Closed', kind: 'badge', supply: 1, unlockedBy: 'round-won', closesAt: Date.now() + 1 },
    ] });
    await host.post('/api/events', { id: 'other', name: 'Other' });
    bystanderToken = await mine();
    bystander = await connect({ origin: system.origin.url, event: 'target', token: bystanderToken });
    for (const event of ['reconnecting', 'closed', 'error', 'hold'] as const) bystander.on(event, (what) => troubles.push([event, what]));
  });
  afterAll(async () => {
    bystander.leave();
    await system.stop();
  });

  it('[SYS1] tells whoever comes with a bad token what is wrong with it, and makes nobody a viewer', async () => {
    const good = await mine();
    const claims = readToken(good);
    // What a stolen relay could do: it has the door key, and lacks the key of the inner MAC.
    const answer = await fetch(`${system.origin.url}/api/relays/events/target`, { headers: { authorization: `Bearer ${system.secrets.relay}` } });
    const doorKey = Buffer.from((await answer.json() as { doorKey: string }).doorKey, 'base64url');
    const door = (text: string) => createHmac('sha256', doorKey).update(text).digest('base64url');
    const signed = (change: Partial<TokenClaims>) => mintToken({ ...claims, ...change }, door);
    expect(signed({}), 'the test signs as the origin does').toBe(good);
    const cases: [string, string, ErrorCode, number][] = [
      ['garbage', 'not.a.token', 'token_malformed', CLOSE.token_rejected],
      ['altered', `${good.slice(0, -4)}AAAA`, 'token_forged', CLOSE.token_rejected],
      ['forged', mintToken(claims, () => 'A'.repeat(43)), 'token_forged', CLOSE.token_rejected],
      ['expired', signed({ exp: 1 }), 'token_expired', CLOSE.token_expired],
      ['another event’s', await mine('other'), 'token_other_event', CLOSE.token_rejected],
      ['a made-up tier', signed({ tier: 'vip' }), 'token_tier_forged', CLOSE.token_rejected],
      ['another viewer', signed({ sub: 12_345 }), 'token_tier_forged', CLOSE.token_rejected],
    ];
    for (const [name, token, reason, code] of cases) {
      const offender = await Offender.open(relay, 'target', token);
      expect(await offender.end(), name).toEqual({ code, reason });
    }
    expect((await host.get<EventOverview>('/api/events/target')).viewers).toBe(1);
  });

  it('[SYS2] closes a frame that is truncated, oversize, of unknown code or text, with its code', async () => {
    const cases: [string, Uint8Array | string, ErrorCode, number][] = [
      ['truncated', encodeAction({ n: 1, round: 1, choice: 0, value: 1 }).subarray(0, 3), 'frame_truncated', CLOSE.bad_frame],
      ['oversize', encodeRoomData('x', new Uint8Array(LIMITS.viewerFrameBytes)), 'frame_oversize', CLOSE.oversize],
      ['unknown', new Uint8Array([0x3f, 1, 2]), 'frame_unknown', CLOSE.bad_frame],
      ['text', 'hello', 'frame_text', CLOSE.bad_frame],
    ];
    for (const [name, frame, reason, code] of cases) {
      const offender = await Offender.open(relay, 'target', await mine());
      offender.socket.send(frame);
      expect(await offender.end(), name).toEqual({ code, reason });
    }
  });

  it('[SYS3] refuses an action outside a round, not the game’s, twice, out of order or too often, each with its code, and ends a flood', async () => {
    const offender = await Offender.open(relay, 'target', await mine());
    const act = (n: number, change: { round?: number; choice?: number; value?: number } = {}) =>
      offender.socket.send(encodeAction({ n, round: 1, choice: 0, value: 1, ...change }));
    const answered = async (n: number, code: ErrorCode) => {
      await expect.poll(() => offender.refused.find((each) => each.n === n)?.code, { timeout: 5_000 }).toBe(code);
    };
    act(1);
    await answered(1, 'round_none');
    await host.post('/api/events/target/cue', { game: 'tug', inMs: 0, durationMs: 60_000 });
    await expect.poll(() => bystander.state!.phase).toBe('live');
    act(10, { choice: 77 });
    act(11, { value: 4_000_000 });
    act(12, { round: 9 });
    act(13);
    act(13);
    act(12);
    await answered(10, 'action_bad_choice');
    await answered(11, 'action_bad_value');
    await expect.poll(() => offender.refused.filter((each) => each.n === 12).map(({ code }) => code)).toEqual(expect.arrayContaining(['round_none', 'action_out_of_order']));
    await answered(13, 'action_out_of_order');
    for (let n = 100; n < 160; n++) act(n);
    await expect.poll(() => offender.refused.some(({ code }) => code === 'action_rate')).toBe(true);
    for (let n = 1_000; n < 2_000; n++) act(n);
    expect(await offender.end()).toEqual({ code: CLOSE.flood, reason: 'flood' });
    const action = bystander.act({ choice: 1, value: 1 });
    await action.settled;
    expect(action.status).toBe('confirmed');
    await host.post('/api/events/target/stop', {});
  });

  it('[SYS4] refuses a claim without unlock, after close, for nothing known, and two at once give one receipt', async () => {
    await expect.poll(async () => (await bystander.drops()).length).toBe(2);
    expect(await bystander.claim('open')).toMatchObject({ status: 'refused', reason: 'claim_not_unlocked' });
    await host.post('/api/events/target/cue', { game: 'tug', inMs: 0, durationMs: 60_000 });
    await expect.poll(() => [bystander.state!.phase, bystander.state!.round]).toEqual(['live', 2]);
    await bystander.act({ choice: 0, value: 5 }).settled;
    await host.post('/api/events/target/stop', {});
    await expect.poll(async () => (await bystander.drops()).find(({ id }) => id === 'closed')?.state, { timeout: 5_000 }).toBe('unlocked');
    expect(await bystander.claim('closed')).toMatchObject({ status: 'refused', reason: 'claim_closed' });
    expect(await bystander.claim('nothing').catch((error: unknown) => error)).toMatchObject({ reason: 'claim_unknown_drop' });
    await host.post('/api/events/target/drops', { id: 'one', name: 'One', kind: 'badge', supply: 1, unlockedBy: 'round-won' });
    const token = await mine();
    const claim = (key: string, bearer = bystanderToken) => fetch(`${system.origin.url}/api/events/target/claims`, {
      method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${bearer}` }, body: JSON.stringify({ drop: 'one', key }),
    }).then(async (answer) => ({ status: answer.status, body: await answer.json() as { serial?: number; code?: string; id?: string } }));
    expect((await claim('stranger-key-01', token)).body.code).toBe('claim_not_unlocked');
    const [first, second] = await Promise.all([claim('key-number-one'), claim('key-number-two')]);
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(second.body).toEqual(first.body);
    expect(first.body.serial).toBe(1);
  });

  it('[SYS5] tells whoever wants an unknown event so, and keeps whoever wants a full one in line until there is a place', async () => {
    const token = await mine();
    expect(await (await Offender.open(relay, 'nowhere', token)).end()).toEqual({ code: CLOSE.event_unknown, reason: 'event_unknown' });
    const two = [await connect({ origin: system.origin.url, event: 'target' }), await connect({ origin: system.origin.url, event: 'target' })];
    await expect.poll(() => bystander.state!.viewers).toBe(3);
    const places: number[] = [];
    const late = connect({ origin: system.origin.url, event: 'target', onQueue: ({ place }) => places.push(place) });
    await Promise.race([late, vi.waitFor(() => expect(places).toEqual([1]), { timeout: 5_000 })]);
    const shown = await Promise.race([late, Promise.resolve(undefined)]); // the first one too many sees the room until it says no
    if (shown !== undefined) await vi.waitFor(() => expect(shown.status).toBe('queued'), { timeout: 5_000 });
    expect(bystander.state!.viewers).toBe(3);
    two[0]!.leave();
    const session = await late;
    await vi.waitFor(() => expect(session.status).toBe('live'), { timeout: 5_000 });
    await expect.poll(() => bystander.state!.viewers).toBe(3);
    session.leave();
    two[1]!.leave();
  });

  it('[SYS6] lets in no link without its credential, and answers malformed and oversize bodies with codes', async () => {
    const post = async (path: string, body: string) => {
      const answer = await fetch(system.origin.url + path, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
      return [answer.status, (await answer.json() as { code: string }).code];
    };
    const link = await post('/matchmake/joinById/target', JSON.stringify({ crowdcueLink: { relayId: 'mine', incarnation: 1, proof: 'none' } }));
    expect(link).toEqual([403, 'relay_forbidden']);
    for (const path of ['/api/join', '/api/events', '/api/host/session', '/api/events/target/claims', '/api/relays']) {
      expect(await post(path, '{"half":'), path).toEqual(path === '/api/join' || path === '/api/host/session' ? [400, 'bad_json'] : [expect.any(Number), expect.stringMatching(/^(bad_json|host_forbidden|token_missing|relay_forbidden)$/)]);
      expect((await post(path, JSON.stringify({ x: 'x'.repeat(70_000) })))[0], path).toBeGreaterThanOrEqual(400);
    }
    expect(await post('/api/join', JSON.stringify({ event: 'x'.repeat(70_000) }))).toEqual([413, 'body_too_large']);
  });

  it('[SYS7] nobody else noticed any of it, and both processes stayed up', async () => {
    expect(troubles).toEqual([]);
    for (const url of [system.origin.url, relay.replace('ws', 'http')]) expect((await fetch(`${url}/health`)).status).toBe(200);
    expect(bystander.status).toBe('live');
  });
});
