import { CLOSE, encodeRoomData, FRAME } from '@crowdcue/protocol';
import { describe, expect, it } from 'vitest';
import { canonical } from './support/churn.js';
import { stage, until } from './support/harness.js';

describe('the direct door', () => {
  it('[REL1] lets a viewer in with WELCOME, JOIN_ROOM and ROOM_STATE, and patches follow', async () => {
    const { room, direct, origin } = await stage();
    const client = await direct({ sub: 7 });
    await until(() => client.states.length > 0, 'the state is there');
    expect(client.codes.slice(0, 3)).toEqual([FRAME.welcome, FRAME.joinRoom, FRAME.roomState]);
    expect(client.socket.protocol).toBe('crowdcue.v1');
    expect(client.welcome).toMatchObject({ version: 2, relayId: 'r1', sessionId: client.session });
    expect(Math.abs(client.welcome!.eventTime - room.now)).toBeLessThan(1_000);
    expect(client.json).toBe(canonical(room.churn.json()));
    await until(() => room.joins.length === 1, 'the join is in a batch');
    expect(room.joins[0]).toMatchObject({ slot: 0, viewer: 7, sessionId: client.session, tier: 'public', direct: true });
    room.crank();
    room.crank();
    await until(() => client.tick === 2, 'two ticks came');
    expect(client.json).toBe(canonical(room.churn.json()));
    expect(origin.registrations[0]).toMatchObject({ relayId: 'r1', incarnation: 1 });
    client.send(new Uint8Array([FRAME.leaveRoom]));
    await until(() => client.closed, 'closed');
    expect(client.closed!.code).toBe(CLOSE.consented);
    await until(() => room.leaves.length === 1, 'the leave is in a batch');
    expect(room.leaves[0]).toMatchObject({ slot: 0, connection: room.joins[0]!.connection, code: CLOSE.consented });
  });

  it('[REL34] serves the room of an origin of the version before: what that does not know is as if for everybody at once', async () => {
    const { room, direct } = await stage();
    room.version = 1;
    const client = await direct();
    await until(() => room.joins.length === 1 && client.states.length > 0, 'joined');
    room.crank({ shifted: true, privates: [{ slot: 0, key: 1, frame: encodeRoomData('__me', new Uint8Array([1])), timed: true }] });
    room.crank({ shifted: true });
    await until(() => client.tick === 2 && client.codes.includes(FRAME.roomData), 'both ticks came');
    expect(client.json).toBe(canonical(room.churn.json()));
  });

  it('[REL2] writes private frames, confirmations and the patch of a tick in the order patch first, latest private only', async () => {
    const { room, direct } = await stage();
    const client = await direct();
    await until(() => room.joins.length === 1 && client.states.length > 0, 'joined');
    const me = (n: number): Uint8Array => encodeRoomData('__me', new Uint8Array([n]));
    room.crank({ privates: [{ slot: 0, key: 1, frame: me(1), timed: false }], confirms: [{ slot: 0, n: 4 }] }); // not flushed at this tick
    room.crank({ privates: [{ slot: 0, key: 1, frame: me(2), timed: false }] });
    await until(() => client.tick === 2 && client.codes.includes(FRAME.roomData), 'both ticks came');
    expect(client.codes.slice(3)).toEqual([FRAME.roomStatePatch, FRAME.confirm, FRAME.roomData]);
    expect(client.frames.at(-1)).toEqual(me(2));
    expect(client.confirmed).toBe(4);
  });
});
