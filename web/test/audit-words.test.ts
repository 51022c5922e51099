import type { AuditView } from '@crowdcue/protocol';
import { expect, it } from 'vitest';
import { auditText, merged, outcomeOf } from '../src/host/audit-panel.js';

const entry = (id: number, more: Partial<AuditView> = {}): AuditView => ({ id: String(id).padStart(4, '0'), at: id, does: 'cue', outcome: 'done', ...more });

it('[WSP14] says who did what, about whom, and what came of it', () => {
  const who = { id: 'm', name: 'Mo', role: 'moderator' } as const;
  expect(auditText(entry(1, { who, does: 'ban', target: '77' }))).toBe('Mo: ban · 77');
  expect(auditText(entry(1, { detail: 'tug' }))).toBe('Somebody without a session: cue (tug)');
  expect([outcomeOf(entry(1)), outcomeOf(entry(1, { outcome: 'role_forbidden', times: 3 }))]).toEqual(['done', 'refused, role_forbidden × 3']);
});

it('[WSP14] puts the newest page before what was read, without a double', () => {
  const page = (from: number, count: number): AuditView[] => Array.from({ length: count }, (_, i) => entry(from - i));
  const read = page(100, 80);
  expect(merged(page(103, 50), read).map(({ at }) => at)).toEqual(page(103, 83).map(({ at }) => at));
  expect(merged(page(3, 3), [])).toEqual(page(3, 3));
});
