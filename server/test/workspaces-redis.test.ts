/** Two origins that share a Redis: what one decides about people and commands, the other keeps to. */
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { systemClock } from '../src/clock.js';
import { AuditLog } from '../src/events/audit-log.js';
import { CommandKeys, type KeptAnswer } from '../src/events/command-keys.js';
import { WorkspaceDesk } from '../src/events/workspace-desk.js';
import { systemRandom } from '../src/identity/index.js';
import { openRedisRecords } from '../src/store/index.js';
import { HAS_REDIS, tempClient, tempRedis } from './support/redis-server.js';

const SOON = { timeout: 10_000 };

describe.skipIf(!HAS_REDIS)('two origins on one Redis', () => {
  const setUp = async () => {
    const server = await tempRedis();
    const origin = async () => {
      const records = await openRedisRecords(await tempClient(server), ['workspaces', 'members', 'audit', 'commands']);
      onTestFinished(() => records.close());
      const base = { clock: systemClock, random: systemRandom };
      return {
        desk: new WorkspaceDesk({ workspaces: records.table('workspaces'), members: records.table('members'), ...base }),
        audit: new AuditLog({ table: records.table('audit'), ...base, failed: (error) => { throw error; } }),
        keys: new CommandKeys(records.table('commands'), systemClock),
      };
    };
    return [await origin(), await origin()] as const;
  };

  it('[WSP3] [WSP5] an invitation, a role, a revocation and the log are known at the other', async () => {
    const [one, two] = await setUp();
    const { member, subject } = await one.desk.invite('own', 'Ada', 'moderator');
    await vi.waitFor(() => expect(two.desk.person(subject)).toMatchObject({ name: 'Ada', role: 'moderator' }), SOON);
    await two.desk.change('own', member.id, 'co-host');
    await vi.waitFor(() => expect(one.desk.person(subject).role).toBe('co-host'), SOON);
    await two.desk.revoke('own', member.id);
    await vi.waitFor(() => expect(one.desk.stands(subject)).toBe(false), SOON);
    await one.audit.add({ workspace: 'own', does: 'revoke', outcome: 'done' });
    await vi.waitFor(() => expect(two.audit.list('own', undefined, 9)).toMatchObject([{ does: 'revoke' }]), SOON);
  });

  it('[WSP6] of one command that comes to both at once one runs, and both answer by it', async () => {
    const [one, two] = await setUp();
    let ran = 0;
    let finish = (): void => undefined;
    const finished = new Promise<void>((resolve) => { finish = resolve; });
    const run = async (): Promise<KeptAnswer> => {
      ran++;
      await finished;
      return { status: 200, headers: {}, body: `run ${ran}` };
    };
    const first = Promise.race([one.keys.once('own|host|k', 'cue', run).then((answer) => ({ answer, by: 'one' }) as const), two.keys.once('own|host|k', 'cue', run).then((answer) => ({ answer, by: 'two' }) as const)]);
    await expect(first).rejects.toMatchObject({ code: 'unavailable', retryable: true }); // the one that came second
    finish();
    await vi.waitFor(async () => {
      for (const { keys } of [one, two]) expect((await keys.once('own|host|k', 'cue', run)).body).toBe('run 1');
    }, SOON);
    expect(ran).toBe(1);
    await expect(two.keys.once('own|host|k', 'stop', run)).rejects.toMatchObject({ code: 'command_conflict' });
  });
});
