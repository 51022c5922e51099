/** Two origins that share a Redis: what one decides about people, commands and events, the other keeps to. */
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { systemClock } from '../src/clock.js';
import { AuditLog } from '../src/events/audit-log.js';
import { CommandKeys, type CommandRecord, type KeptAnswer } from '../src/events/command-keys.js';
import { EventDirectory } from '../src/events/event-directory.js';
import { WorkspaceDesk } from '../src/events/workspace-desk.js';
import { systemRandom } from '../src/identity/index.js';
import type { CrowdRoomDeps } from '../src/rooms/room-deps.js';
import { openRedisRecords } from '../src/store/index.js';
import { LeapingClock } from './support/manual-clock.js';
import { MemoryRooms } from './support/memory-rooms.js';
import { HAS_REDIS, tempClient, tempRedis } from './support/redis-server.js';

const SOON = { timeout: 10_000 };
const ROOM_DEPS = { prepare: async () => undefined, opened: () => undefined } as unknown as CrowdRoomDeps;

describe.skipIf(!HAS_REDIS)('two origins on one Redis', () => {
  const setUp = async () => {
    const server = await tempRedis();
    const clock = new LeapingClock(systemClock);
    const origin = async () => {
      const records = await openRedisRecords(await tempClient(server), ['workspaces', 'members', 'audit', 'commands', 'events']);
      onTestFinished(() => records.close());
      const base = { clock, random: systemRandom };
      const commands = records.table<CommandRecord>('commands');
      return {
        desk: new WorkspaceDesk({ workspaces: records.table('workspaces'), members: records.table('members'), ...base }),
        audit: new AuditLog({ table: records.table('audit'), ...base, failed: (error) => { throw error; } }),
        keys: new CommandKeys(commands, clock), commands,
        events: new EventDirectory({ table: records.table('events'), rooms: new MemoryRooms(ROOM_DEPS), ...base }),
      };
    };
    return { one: await origin(), two: await origin(), origin, clock };
  };

  it('[WSP3] [WSP5] an invitation, a role, a revocation and the log are known at the other', async () => {
    const { one, two } = await setUp();
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
    const { one, two } = await setUp();
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

  it('[WSP16] of many origins that see that a command died with its origin, one runs it', async () => {
    const { one, two, origin, clock } = await setUp();
    const origins = [one, two, await origin(), await origin()];
    await one.commands.put('own|host|k', { command: 'cue', at: clock.now() });
    for (const { commands } of origins) await vi.waitFor(() => expect([...commands.entries()]).toHaveLength(1), SOON);
    clock.leap(60_000);
    let ran = 0;
    const run = async (): Promise<KeptAnswer> => ({ status: 200, headers: {}, body: `run ${++ran}` });
    // The one whose memory has it from itself, as after a restart, among them.
    const all = [...origins.slice(1).map(({ keys }) => keys), new CommandKeys(one.commands, clock)];
    await Promise.allSettled(all.map((keys) => keys.once('own|host|k', 'cue', run)));
    for (const keys of all.slice(0, 3)) await vi.waitFor(async () => expect((await keys.once('own|host|k', 'cue', run)).body).toBe('run 1'), SOON);
    expect(ran).toBe(1);
  });

  it('[WSP17] a member that one origin revokes while the other writes that it joined stays revoked, whichever comes first', async () => {
    const { one, two, origin } = await setUp();
    const invited = [];
    for (let i = 0; i < 20; i++) invited.push(await one.desk.invite('own', `Member ${i}`, 'moderator'));
    await vi.waitFor(() => expect(two.desk.members('own')).toHaveLength(20), SOON);
    // Each origin's writes go one after the other: of the first ten the revocation is written first, of the last ten the joining.
    const joined = invited.toReversed().map(({ subject }) => one.desk.joined(subject));
    const revoked = invited.map(({ member }) => two.desk.revoke('own', member.id));
    await Promise.all([...joined, ...revoked]);
    const three = await origin();
    for (const { desk } of [one, two, three]) await vi.waitFor(() => expect(desk.members('own')).toEqual([]), SOON);
    for (const { subject } of invited) expect([one, two, three].map(({ desk }) => desk.stands(subject))).toEqual([false, false, false]);
  });

  it('[WSP18] the kill switch, an end and a new sponsor that several origins decide at once are all kept', async () => {
    const { one, two, origin } = await setUp();
    await one.events.create({ id: 'show', name: 'Show' }, async () => undefined);
    await vi.waitFor(() => expect(two.events.has('show')).toBe(true), SOON);
    const answers = await Promise.all([
      one.events.change('show', (before) => ({ ...before, off: true })),
      two.events.change('show', (before) => ({ ...before, sponsor: { name: 'Fjord', text: '', url: '', imageUrl: '' } })),
      one.events.change('show', (before) => ({ ...before, endedAt: 5 })),
      two.events.change('show', (before) => ({ ...before, accent: '#000000' })),
    ]);
    expect(answers.map(({ off, sponsor, endedAt, accent }, at) => [off, sponsor?.name, endedAt, accent][at])).toEqual([true, 'Fjord', 5, '#000000']);
    const kept = { off: true, sponsor: { name: 'Fjord' }, endedAt: 5, accent: '#000000' };
    for (const { events } of [one, two, await origin()]) await vi.waitFor(() => expect(events.get('show')).toMatchObject(kept), SOON);
  });
});
