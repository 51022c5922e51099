/**
 * A room's way of taking in actions, in a process of its own: batches come over a link of uWebSockets.js, as relays send them, and each goes
 * through the room's own `CrowdCore` (decoding, dropping what came before, the checks of round, time and shape) to a game that does nothing
 * but count. What a tick does besides (encode a patch, append to the journal) is not in it. A batch is acknowledged as by a tick frame.
 *
 * Told to, it does with a batch only what a handler of single messages does with each: decodes it, and counts an action whose number is
 * above its viewer's last one.
 */
import { defineGame, type GameDefinition } from '@crowdcue/games';
import { decodeBatch, encodeBatch, LINK, LIMITS, newActionColumns, type BatchJoin } from '@crowdcue/protocol';
import { CrowdCore, CrowdState, type RoomInput } from '@crowdcue/server';
import { Encoder } from '@colyseus/schema';
import uWS from 'uWebSockets.js';
import { answerParent } from './child.js';

const RELAY = { relayId: 'bench', incarnation: 1 };
const JOINS_A_BATCH = 5_000;
const START = 1_000;

let applied = 0;

const counting = defineGame({
  id: 'count', sync: 'live', action: { choices: ['a', 'b'], maxValue: 10, perSecond: 20 }, board: {}, columns: {}, params: {}, durationMs: 90_000,
  achievements: [], onRoundStart: () => {}, onRoundEnd: () => ({ winners: [], outcome: {} }),
  onActions: (_ctx, actions) => void (applied += actions.length),
}) as unknown as GameDefinition;

const state = new CrowdState();
const encoder = new Encoder(state); // schema instances belong to one
const core = new CrowdCore(state, { event: 'bench', maxViewers: 1_000_000, games: new Map([[counting.id, counting]]), genuine: () => true });
let time = START;
let n = 0;

const throughRoom = (inputs: readonly RoomInput[]): void => {
  core.step(time, inputs);
  for (const rows of [core.out.confirms, core.out.standings]) rows.take(Infinity);
  core.out.clear();
};

const columns = newActionColumns(4096);
const lastN = new Uint32Array(LIMITS.linkSlots);

const deduplicated = (inputs: readonly RoomInput[]): void => {
  for (const input of inputs) {
    if (input.kind !== 'batch') continue;
    const { actions } = decodeBatch(input.bytes, columns);
    for (let i = 0; i < actions.length; i++) {
      const slot = actions.slot[i]!;
      if (actions.n[i]! <= lastN[slot]!) continue;
      lastN[slot] = actions.n[i]!;
      applied++;
    }
  }
};

const step = process.env['BENCH_INTAKE'] === 'deduplicate' ? deduplicated : throughRoom;

const batchInput = (bytes: Uint8Array): RoomInput => ({ kind: 'batch', ...RELAY, bytes });

const joinsOf = (from: number, count: number): BatchJoin[] =>
  Array.from({ length: count }, (_, i) => ({
    slot: from + i, connection: from + i + 1, viewer: from + i + 1, sessionId: `session-${from + i}`, tier: 'viewer', name: `Viewer ${from + i}`, mac: '', direct: true,
  }));

/** The crowd is in and the round is live; answers what the next batch must say. */
const prepare = (viewers: number): { firstN: number; time: number } => {
  throughRoom([{ kind: 'relay-up', ...RELAY }]);
  for (let from = 0; from < viewers; from += JOINS_A_BATCH) {
    const joins = joinsOf(from, Math.min(JOINS_A_BATCH, viewers - from));
    throughRoom([batchInput(encodeBatch({ n: ++n, time, joins, actions: newActionColumns(1), messages: [], leaves: [] }))]);
  }
  throughRoom([{ kind: 'cue', game: counting.id, params: {}, startsAt: time + 1, durationMs: 90_000 }]);
  time += 100;
  throughRoom([]);
  if (state.phase !== 'live') throw new Error(`the round is ${state.phase}, not live`);
  encoder.discardChanges();
  return { firstN: n + 1, time };
};

/** What has come since the last tick; each is acknowledged, as by a relay's tick frame. */
let waiting: RoomInput[] = [];
const tick = (link: uWS.WebSocket<unknown>): void => {
  const inputs = waiting;
  waiting = [];
  step(inputs);
  link.send(new Uint8Array([LINK.tick, inputs.length]), true);
};

const app = uWS.App().ws('/*', {
  maxPayloadLength: LIMITS.linkFrameBytes, idleTimeout: 0, compression: uWS.DISABLED,
  message: (link, message) => {
    const bytes = Uint8Array.from(new Uint8Array(message)); // as a room keeps it until its tick
    if (bytes[0] !== LINK.batch) throw new Error('no batch');
    waiting.push(batchInput(bytes));
    if (waiting.length === 1) setImmediate(() => tick(link));
  },
});
app.listen('127.0.0.1', 0, (socket) => {
  if (socket === false) throw new Error('the room cannot listen');
  answerParent(`ws://127.0.0.1:${uWS.us_socket_local_port(socket)}`, { prepare, applied: () => applied });
});
