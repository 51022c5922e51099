import { spawn } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { startOrigin, tempDir } from '../../server/test/support/test-origin.js';

const COMMAND = fileURLToPath(new URL('../crowdcue.mjs', import.meta.url));

/** The command as people run it: how it ended, and what it wrote. */
const crowdcue = async (args: readonly string[], typed = ''): Promise<{ code: number | null; out: string; err: string }> => {
  const child = spawn(process.execPath, [COMMAND, 'viewer', ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.end(typed);
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), new Promise<number | null>((resolve) => child.once('exit', resolve))]);
  return { code, out, err };
};

describe('crowdcue viewer', () => {
  it('[PPL10] exports what is known of a person, and erases it: after a look at it first, and a second time it says so', async () => {
    const test = await startOrigin();
    await test.event({ id: 'show' });
    const ada = await test.join('show');
    const ask = (path: string, body: unknown) => test.call('POST', `/api/events/show/proofs/${path}`, { bearer: ada.token, body });
    const { body } = await ask('email', { email: 'ada@example.org' });
    await ask('email/confirm', { email: 'ada@example.org', code: body.shown });
    const host = ['--origin', test.url, '--host-session', test.session];

    const known = await crowdcue(['export', 'show', '--email', '-', ...host], 'Ada@Example.org\n');
    expect([known.code, known.err]).toEqual([0, '']);
    expect(JSON.parse(known.out)).toMatchObject({ event: 'show', viewers: [ada.viewer], people: [{ email: 'ada@example.org', proof: 'email' }] });
    const out = join(tempDir(), 'ada.json');
    expect(await crowdcue(['export', 'show', '--viewer', String(ada.viewer), '--out', out, ...host])).toMatchObject({ code: 0, out: expect.stringMatching(/: 1 people, 0 receipts, 0 entries\.\n$/) });
    expect(JSON.parse(readFileSync(out, 'utf8'))).toEqual(JSON.parse(known.out));
    expect(statSync(out).mode & 0o777).toBe(0o600);

    const erase = (...more: string[]) => crowdcue(['erase', 'show', '--viewer', String(ada.viewer), ...host, ...more]);
    expect(await erase()).toMatchObject({ code: 2, out: '1 of the people of show would be erased, for good. Give --yes to do it.\n' });
    expect(await erase('--yes')).toMatchObject({ code: 0, out: 'Erased: nothing tells any more who this was in show.\n' });
    expect(await erase('--yes')).toMatchObject({ code: 0, out: expect.stringContaining('they were erased before, or never proven') });
    const { body: { url } } = await test.call('POST', '/api/host/links', { bearer: test.session, body: {} });
    expect(await crowdcue(['export', 'show', '--twitch', '5150', '--host-link', url as string])).toMatchObject({ code: 0, out: expect.stringContaining('"people": []') });
    for (const [args, code, err] of [
      [['export', 'none', '--viewer', '5', ...host], 1, 'event_unknown'], [['export', 'show', '--email', 'x', ...host], 1, 'proof_bad_address'], [['export', 'show', '--twitch', 'ada', ...host], 1, 'bad_request'],
      [['export', 'show', '--viewer', '5', '--origin', test.url, '--host-session', ada.token], 1, 'host_forbidden'],
      [['export', 'show', ...host], 2, 'name the person by one of'], [['export', 'show', '--viewer', '5', '--email', 'x', ...host], 2, 'one of'], [['export', 'show', '--viewer', '-5', ...host], 2, '--viewer'],
      [['show', ...host], 2, 'say export or erase'], [['erase', 'show', '--viewer', '5', '--yes'], 2, '--host-link'],
    ] as const) {
      const end = await crowdcue(args);
      expect([args, end.code, end.err]).toEqual([args, code, expect.stringContaining(err)]);
      expect(end.err).not.toContain('    at ');
    }
  });
});
