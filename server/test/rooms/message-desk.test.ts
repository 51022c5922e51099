import { decodeRoomResponse, encodeClientMessage, LIMITS } from '@crowdcue/protocol';
import { unpack } from 'msgpackr';
import { describe, expect, it } from 'vitest';
import type { CaptionDesk } from '../../src/rooms/caption-desk.js';
import type { CrowdCore } from '../../src/rooms/crowd-core.js';
import { MessageDesk } from '../../src/rooms/message-desk.js';

const bench = () => {
  const core = { time: 5_000, viewers: { is: () => false, columns: { viewer: Float64Array.from({ length: 20_000 }, (_, i) => i) }, tiers: [] } };
  const served: { viewer: number; type: string }[] = [];
  const answers: { row: number; status: number; payload: unknown }[] = [];
  const desk = new MessageDesk(
    { request: (_event, viewer, type) => { served.push({ viewer, type }); return Promise.resolve('yes'); } }, 'show', core as unknown as CrowdCore,
    (row, frame) => { const { status, payload } = decodeRoomResponse(frame); answers.push({ row, status, payload: unpack(payload) }); },
    { report: () => undefined } as unknown as CaptionDesk,
  );
  let id = 0;
  const ask = (row: number, type = 'drops') => desk.serve({ row, frame: encodeClientMessage({ kind: 'request', requestId: ++id, type, payload: new Uint8Array(0) }) });
  return { core, served, answers, ask };
};
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('requests of viewers', () => {
  it('[FLD3] a viewer that asks too often is rejected at once, others are served, and so is that one a second later', async () => {
    const { core, served, answers, ask } = bench();
    for (let i = 0; i < 200; i++) ask(7);
    ask(8);
    expect(answers).toHaveLength(200 - LIMITS.viewerRequestsPerSecond);
    expect(answers[0]).toMatchObject({ row: 7, status: 1, payload: { code: 'too_many_requests', retryable: true } });
    await turn();
    await turn();
    expect(served.filter(({ viewer }) => viewer === 7)).toHaveLength(LIMITS.viewerRequestsPerSecond);
    expect(served.filter(({ viewer }) => viewer === 8)).toHaveLength(1);
    core.time += 1_000;
    ask(7);
    await turn();
    expect(served.filter(({ viewer }) => viewer === 7)).toHaveLength(LIMITS.viewerRequestsPerSecond + 1);
  });

  it('[FLD3] a crowd that asks at once is served a few a turn, so that ticks come between; claims go together', async () => {
    const { served, answers, ask } = bench();
    for (let row = 0; row < 100; row++) ask(row);
    expect(served).toEqual([]);
    await turn();
    expect(served.length).toBeGreaterThan(0);
    expect(served.length).toBeLessThanOrEqual(16);
    for (let turns = 0; turns < 20; turns++) await turn();
    expect(served.map(({ viewer }) => viewer)).toEqual(Array.from({ length: 100 }, (_, i) => i));
    expect(answers).toHaveLength(100);
    served.length = 0;
    for (let row = 100; row < 164; row++) ask(row, 'claim');
    await turn();
    expect(served).toHaveLength(64);
  });
});
