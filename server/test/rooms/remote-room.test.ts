import { CrowdcueError } from '@crowdcue/protocol';
import { expect, it } from 'vitest';
import { answerRequest, RemoteRoom, type CallRoom } from '../../src/rooms/remote-room.js';
import { MemoryRoom } from '../support/memory-rooms.js';

/** As it is carried: nothing but JSON survives. */
const wire = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

const setUp = () => {
  const room = new MemoryRoom({ id: 'show', maxViewers: 10, createdAt: 0 });
  const logged: unknown[] = [];
  const call: CallRoom = async (_event, request) => wire(await answerRequest(room, wire(request), (error) => logged.push(error)));
  return { room, logged, remote: new RemoteRoom('show', call) };
};

it('[ORG7] asks a room of another process as if it were here', async () => {
  const { room, remote } = setUp();
  room.list.push({ viewer: 5, name: 'Calm Otter', online: true, banned: false, score: 0, roundsPlayed: 0 });
  expect(await remote.cue({ game: 'tug', params: { goal: 3 }, inMs: 0 })).toEqual({ round: 1, startsAt: 1_000, endsAt: 31_000 });
  expect(room.cues).toEqual([{ game: 'tug', params: { goal: 3 }, inMs: 0 }]);
  expect(await remote.overview()).toEqual(await room.overview());
  expect(await remote.viewers('Otter', 5)).toEqual(room.list);
  expect(await remote.ban(5, true)).toBeUndefined();
  expect(room.bans.get(5)).toBe(true);
  expect(await remote.stop()).toBeUndefined();
  expect([await remote.flash(true), await remote.flash(false)]).toEqual([{ from: 2_000, until: 42_000 }, undefined]);
  expect(await remote.packager({ offset: -120, error: 40 })).toBeUndefined();
  expect([room.flashes, room.packagers]).toEqual([[true, false], [{ offset: -120, error: 40 }]]);
});

it('[ORG7] hands on a refusal with its code and its words', async () => {
  const { room, remote } = setUp();
  await expect(remote.stop()).rejects.toMatchObject({ code: 'round_none', message: new CrowdcueError('round_none').message });
  room.cue = () => Promise.reject(new CrowdcueError('bad_request', 'inMs must be 0 to 60000.'));
  const refused = await remote.cue({ game: 'tug', inMs: -1 }).catch((error: unknown) => error);
  expect(refused).toEqual(new CrowdcueError('bad_request', 'inMs must be 0 to 60000.'));
});

it('[ORG7] hides what fails on our side, and logs it where it failed', async () => {
  const { logged, remote } = setUp();
  await expect(remote.cue({ game: 'boom' })).rejects.toMatchObject({ code: 'internal', message: new CrowdcueError('internal').message });
  expect(logged).toEqual([new Error('a bug of ours')]);
});

it('[ORG7] is unavailable, to be asked again, while nobody answers', async () => {
  const remote = new RemoteRoom('show', () => Promise.reject(new Error('ipc_timeout')));
  await expect(remote.overview()).rejects.toMatchObject({ code: 'unavailable', retryable: true });
});
