/** A crowd core with relays cranked by hand: tests put actions into builders, step, and look at what the core says back. */
import { defineGame, type GameDefinition } from '@crowdcue/games';
import { BatchBuilder, withDelays, type Action, type BatchDelay, type BatchJoin } from '@crowdcue/protocol';
import { Encoder } from '@colyseus/schema';
import { CrowdCore, type CoreImage, type Step } from '../../src/rooms/crowd-core.js';
import { decodeInputs, encodeInputs, type RoomInput } from '../../src/rooms/inputs.js';
import type { CrowdRoomDeps } from '../../src/rooms/room-deps.js';
import { CrowdState } from '../../src/rooms/state.js';

/** For a room whose numbers nobody reads. */
export const unmetered: CrowdRoomDeps['metrics'] = { tick: () => undefined, room: () => undefined, captionsTaken: () => undefined, captionsShown: () => undefined };

/** Counts values by choice; refuses the value 7; reaching 1,000 is a goal and ends the round. */
export const counter: GameDefinition = defineGame({
  id: 'counter',
  sync: 'live',
  action: { choices: ['a', 'b'], maxValue: 100, perSecond: 20 },
  board: { a: 0, b: 0 },
  columns: { sum: 'u32' },
  params: { goal: { kind: 'number', min: 1, fallback: 1_000_000 } },
  durationMs: 10_000,
  achievements: ['round-won'],
  onRoundStart: (ctx) => { ctx.memory['seed'] = ctx.random(); },
  onActions: (ctx, actions, refuse) => {
    const { sum } = ctx.columns as { sum: Uint32Array };
    const board = [ctx.board.get('a') as number, ctx.board.get('b') as number];
    for (let i = 0; i < actions.length; i++) {
      if (actions.value[i] === 7) {
        refuse(i, 'action_bad_value');
        continue;
      }
      const row = actions.viewer[i]!;
      sum[row]! += actions.value[i]!;
      board[actions.choice[i]!]! += actions.value[i]!;
      ctx.score(row, sum[row]!);
    }
    ctx.board.set('a', board[0]!);
    ctx.board.set('b', board[1]!);
    if (board[0]! + board[1]! >= (ctx.params['goal'] as number)) {
      ctx.crowdGoal('sum', board[0]! + board[1]!);
      ctx.end();
    }
  },
  onRoundEnd: (ctx) => {
    const winner = (ctx.board.get('a') as number) >= (ctx.board.get('b') as number) ? 'a' : 'b';
    const { sum } = ctx.columns as { sum: Uint32Array };
    const winners: number[] = [];
    for (let row = 0; row < ctx.viewers; row++) if (sum[row]! > 0) winners.push(row);
    return { winners, fastest: winners.slice(0, 1), outcome: { winner } };
  },
});

/** The same, in stream time. */
export const streamed: GameDefinition = { ...counter, id: 'streamed', sync: 'stream' };

export class CoreHarness {
  readonly state = new CrowdState();
  readonly encoder = new Encoder(this.state);
  readonly core: CrowdCore;
  readonly journal: { tick: number; time: number; bytes: Uint8Array }[] = [];
  readonly facts: Step['facts'][number][] = [];
  time = 1_000;

  constructor(readonly maxViewers = 1_000, readonly maxDelay?: number) {
    this.core = this.#coreOf(this.state);
  }

  #coreOf(state: CrowdState): CrowdCore {
    const { maxViewers, maxDelay } = this;
    const games = new Map([[counter.id, counter], [streamed.id, streamed]]);
    return new CrowdCore(state, { event: 'show', maxViewers, maxDelay, games, genuine: (join) => join.mac === 'genuine' });
  }

  /** The journal on a fresh core, from its beginning or from an image on. */
  replay(from?: { readonly image: CoreImage; readonly state: unknown; readonly after: number }): { state: CrowdState; core: CrowdCore } {
    const state = new CrowdState();
    if (from !== undefined) state.restore(from.state as never);
    const core = this.#coreOf(state);
    if (from !== undefined) core.load(from.image);
    for (const { tick, time, bytes } of this.journal) {
      if (tick <= (from?.after ?? -1)) continue;
      core.tick = tick - 1;
      core.step(time, decodeInputs(bytes));
    }
    return { state, core };
  }

  /** One tick of 50 ms; what it applied goes through the journal's codec. */
  step(...inputs: RoomInput[]): Step {
    this.time += 50;
    const bytes = encodeInputs(inputs);
    const step = this.core.step(this.time, decodeInputs(bytes));
    if (step.recorded) this.journal.push({ tick: step.tick, time: step.time, bytes });
    this.facts.push(...step.facts);
    return step;
  }

  cue(params: Record<string, number> = {}): void {
    this.step({ kind: 'cue', game: 'counter', params: { goal: 1_000_000, ...params }, startsAt: this.time + 50, durationMs: 10_000 });
    this.step();
  }

  /** Lets the running round run out. */
  finish(): void {
    while (this.core.desk.running) this.step();
  }

  /** What the last tick says to a relay. */
  part(relayId: string) {
    const { out, viewers } = this.core;
    for (const row of out.confirms.take(Infinity)) {
      const at = this.core.attendance.address(row);
      if (at !== undefined) out.part(at.relay).confirms.push({ slot: at.slot, n: viewers.columns.lastN[row]! });
    }
    return out.takePart(this.core.attendance.runOf(relayId)!.index);
  }
}

/** A relay's upstream side. */
export class HandRelay {
  readonly builder = new BatchBuilder();
  n = 0;
  connections = 0;
  readonly #delays: BatchDelay[] = [];

  constructor(readonly relayId: string, readonly incarnation = 1) {}

  up(): RoomInput {
    return { kind: 'relay-up', relayId: this.relayId, incarnation: this.incarnation };
  }

  join(slot: number, viewer: number, about: Partial<BatchJoin> = {}): number {
    const connection = ++this.connections;
    this.builder.join({
      slot, connection, viewer, sessionId: `session-${viewer}-000000`, tier: 'free', name: `Viewer ${viewer}`, mac: 'genuine', direct: true, ...about,
    });
    return connection;
  }

  act(slot: number, action: Partial<Action>, arrival: number, elapsed = -1): void {
    this.builder.action(slot, { n: 1, round: 1, choice: 0, value: 1, ...action }, arrival, elapsed);
  }

  delay(slot: number, delay: number): void {
    this.#delays.push({ slot, delay });
  }

  batch(time: number): RoomInput {
    const bytes = this.builder.encode(++this.n, time);
    return { kind: 'batch', relayId: this.relayId, incarnation: this.incarnation, bytes: this.#delays.length === 0 ? bytes : withDelays(bytes, this.#delays.splice(0)) };
  }
}
