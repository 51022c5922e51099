import { describe, expect, it } from 'vitest';
import { systemClock } from '../src/clock.js';
import { AuditLog, AUDIT_ENTRIES, type AuditRecord } from '../src/events/audit-log.js';
import { systemRandom } from '../src/identity/index.js';
import { lmdbRecords } from '../src/store/index.js';
import { tempStore } from './store-helper.js';
import { LeapingClock } from './support/manual-clock.js';

describe('the audit log in its table', () => {
  it('[WSP5] is bounded, and knocking does not push the history out', async () => {
    const table = lmdbRecords(await tempStore(undefined, { unsafeNoSync: true })).table<AuditRecord>('audit');
    const kept = (): number => [...table.entries()].length;
    const clock = new LeapingClock(systemClock);
    const log = new AuditLog({ table, clock, random: systemRandom, failed: (error) => { throw error; } });
    await log.add({ workspace: 'own', does: 'first', outcome: 'done' });
    for (let i = 0; i < 3 * AUDIT_ENTRIES; i++) {
      clock.leap(1_000);
      await log.add({ workspace: 'own', does: 'cue', event: 'show', outcome: i % 2 === 0 ? 'host_forbidden' : 'role_forbidden' });
    }
    expect(log.list('own', undefined, 99).map(({ does, times }) => [does, times])).toEqual([['cue', 1_500], ['cue', 1_500], ['first', undefined]]);
    for (let i = 0; i < AUDIT_ENTRIES + 50; i++) await log.add({ workspace: 'own', does: `deed ${i}`, outcome: 'done' });
    expect([kept(), log.list('own', undefined, 9_999).length, log.list('own', undefined, 1)[0]!.does]).toEqual([AUDIT_ENTRIES, AUDIT_ENTRIES, `deed ${AUDIT_ENTRIES + 49}`]);
    const mo = { id: 'mo', name: 'Mo', role: 'moderator' } as const;
    await log.add({ workspace: 'own', who: mo, does: 'hold name', outcome: 'done' });
    const host = { id: 'host', name: 'Host', role: 'host' } as const;
    await log.add({ workspace: 'own', who: host, does: 'cue', outcome: 'done' });
    for (let i = 0; i < 2 * AUDIT_ENTRIES; i++) await log.add({ workspace: 'own', who: mo, does: 'ban', outcome: 'done' }); // a flood that is allowed
    const list = log.list('own', undefined, 9_999);
    expect([kept(), list.length, list.filter(({ who }) => who?.id === 'host').length, list.filter(({ who }) => who === undefined).length]).toEqual([AUDIT_ENTRIES, AUDIT_ENTRIES, 1, 499]);
  });
});
