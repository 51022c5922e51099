import { CrowdcueError } from '@crowdcue/protocol';
import { describe, expect, it } from 'vitest';
import { CommandKeys, type CommandRecord, type KeptAnswer } from '../src/events/command-keys.js';
import { lmdbRecords, type RecordTable, type Store } from '../src/store/index.js';
import { handClock, tempStore } from './store-helper.js';

const MINUTE = 60_000;

const setUp = async () => {
  const store = await tempStore();
  const clock = handClock();
  const table = tableOf(store);
  let ran = 0;
  const run = async (): Promise<KeptAnswer> => ({ status: 200, headers: {}, body: `run ${++ran}` });
  return { store, clock, table, keys: new CommandKeys(table, clock), run };
};

const tableOf = (store: Store): RecordTable<CommandRecord> => lmdbRecords(store).table<CommandRecord>('commands');

describe('keys of commands whose store fails', () => {
  it('[WSP15] what is done stays done: a repeat gets the answer that could not be kept', async () => {
    const { store, clock, keys, run } = await setUp();
    const answer = await keys.once('k', 'cue', async () => {
      const done = await run();
      await store.close();
      return done;
    });
    expect(answer.body).toBe('run 1');
    clock.time += 10 * MINUTE;
    expect(await keys.once('k', 'cue', run)).toEqual(answer);
    await expect(keys.once('k', 'stop', run)).rejects.toMatchObject({ code: 'command_conflict' });
  });

  it('[WSP15] a refusal is what it was also when its key cannot be given back, which opens again after a minute', async () => {
    const { clock, table, run } = await setUp();
    let away = true;
    const keys = new CommandKeys({ ...table, remove: (key) => (away ? Promise.reject(new Error('away')) : table.remove(key)) }, clock);
    const refuse = (): Promise<KeptAnswer> => Promise.reject(new CrowdcueError('round_none'));
    await expect(keys.once('k', 'stop', refuse)).rejects.toMatchObject({ code: 'round_none' });
    away = false;
    await expect(keys.once('k', 'stop', run)).rejects.toMatchObject({ code: 'unavailable', retryable: true });
    clock.time += MINUTE;
    expect((await keys.once('k', 'stop', run)).body).toBe('run 1');
  });
});

describe('a command whose origin died', () => {
  it('[WSP16] runs again after a minute, not before, and another command under its key not at all', async () => {
    const { clock, table, run } = await setUp();
    await table.put('k', { command: 'cue', at: clock.time });
    const keys = new CommandKeys(table, clock); // after the restart
    clock.time += MINUTE - 1;
    await expect(keys.once('k', 'cue', run)).rejects.toMatchObject({ code: 'unavailable', retryable: true });
    clock.time += 1;
    await expect(keys.once('k', 'stop', run)).rejects.toMatchObject({ code: 'command_conflict' });
    expect((await keys.once('k', 'cue', run)).body).toBe('run 1');
    expect([...table.entries()]).toEqual([['k', { command: 'cue', at: clock.time, answer: { status: 200, headers: {}, body: 'run 1' } }]]);
  });

  it('[WSP16] of all who see that, one runs it', async () => {
    const { clock, table, run } = await setUp();
    await table.put('k', { command: 'cue', at: clock.time });
    const all = Array.from({ length: 20 }, () => new CommandKeys(table, clock));
    clock.time += MINUTE;
    const settled = await Promise.allSettled(all.map((keys) => keys.once('k', 'cue', run)));
    expect(settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value.body] : []))).toEqual(['run 1']);
    for (const each of settled) if (each.status === 'rejected') expect(each.reason).toMatchObject({ code: 'unavailable', retryable: true });
  });
});
