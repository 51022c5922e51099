import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../src/clock.js';
import { startOrigin, tempDir } from './support/test-origin.js';

describe('the ledger over HTTP', () => {
  it('[TRU12] shows a freeze, repairs it by the word of a host of the installation alone, and claims go on', async () => {
    const dataDir = tempDir();
    const first = await startOrigin({}, {}, dataDir);
    const event = await first.event({ id: 'show', drops: [{ id: 'badge', name: 'Badge', kind: 'badge', supply: 5, unlockedBy: 'round-won' }] });
    await first.close();
    // What this folder is said to have delivered, the store does not have.
    const folder = join(dataDir, 'receipts', '0');
    mkdirSync(folder, { recursive: true });
    const receipt = { event: event.id, drop: 'badge', viewer: 7, key: 'key-of-7', at: systemClock.now(), trace: 't', seq: 6, status: 'granted', id: `${event.id}:6`, variant: 'default', serial: 2 };
    writeFileSync(join(folder, 'told-1.jsonl'), `${[{ turn: 1 }, { event: event.id, seq: 6, at: 1, receipt }].map((line) => JSON.stringify(line)).join('\n')}\n`);
    const origin = await startOrigin({}, {}, dataDir);
    await origin.host();
    const get = (path: string) => origin.call('GET', path, { bearer: origin.session });
    const post = (body: unknown, bearer = origin.session) => origin.call('POST', '/api/ledger/reconcile', { body, bearer });
    expect((await get('/api/ledger')).body).toMatchObject({ state: 'frozen', why: 'receipts_differ', lost: 1, receipts: [{ seq: 6, receipt }] });
    expect((await origin.call('GET', '/metrics')).body).toContain('crowdcue_origin_ledger_frozen 1');
    expect(origin.logs.filter(({ msg }) => msg === 'the ledger is frozen: claims wait')).toHaveLength(1);
    const { token } = await origin.join(event.id);
    const claim = await origin.call('POST', `/api/events/${event.id}/claims`, { bearer: token, body: { drop: 'badge', key: 'key-of-claim' } });
    expect(claim).toMatchObject({ status: 503, body: { code: 'ledger_frozen', retryable: true } });

    expect((await post({}, token)).status).toBe(403);
    expect((await origin.call('GET', '/api/ledger')).status).toBe(403);
    const made = await origin.call('POST', '/api/workspaces', { bearer: origin.session, body: { name: 'Other' } });
    const key = new URL(made.body.url as string).hash.slice('#key='.length);
    const { body: other } = await origin.call('POST', '/api/host/session', { body: { key } });
    expect(await post({ repair: true }, other.session as string)).toMatchObject({ status: 403, body: { code: 'role_forbidden' } });
    expect((await post({ repair: 'yes' })).status).toBe(400);
    expect((await post({ receipts: [] })).status).toBe(400);
    expect(await post({ event: 'nowhere' })).toMatchObject({ status: 404, body: { code: 'event_unknown' } });

    expect((await post({})).body).toMatchObject({ state: 'frozen', events: [{ event: event.id, differences: 1, findings: [{ section: 'receipts' }] }] });
    expect((await post({ repair: true })).body).toMatchObject({ state: 'open', lost: 0, repair: { thawed: true, events: [{ restored: 1 }] }, events: [{ differences: 0 }] });
    const again = await origin.call('POST', `/api/events/${event.id}/claims`, { bearer: token, body: { drop: 'badge', key: 'key-of-claim' } });
    expect(again.body).toMatchObject({ code: 'claim_not_unlocked' });
    expect((await origin.call('GET', '/metrics')).body).toContain('crowdcue_origin_ledger_frozen 0');
  });

  it('[TRU12] tells of receipts whose event is gone too', async () => {
    const dataDir = tempDir();
    const folder = join(dataDir, 'receipts', '0');
    mkdirSync(folder, { recursive: true });
    const receipt = { event: 'gone', drop: 'badge', viewer: 7, key: 'key-of-7', at: systemClock.now(), trace: 't', seq: 6, status: 'granted', id: 'gone:6', variant: 'default', serial: 2 };
    writeFileSync(join(folder, 'told-1.jsonl'), `${[{ turn: 1 }, { event: 'gone', seq: 6, at: 1, receipt }].map((line) => JSON.stringify(line)).join('\n')}\n`);
    const origin = await startOrigin({}, {}, dataDir);
    await origin.host();
    const { body } = await origin.call('POST', '/api/ledger/reconcile', { body: {}, bearer: origin.session });
    expect(body).toMatchObject({ state: 'frozen', lost: 1, events: [{ event: 'gone', differences: 1, findings: [{ section: 'receipts', path: 'receipt/6', stands: 'no such event' }] }] });
  });
});
