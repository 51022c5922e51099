/**
 * Decides which actions count: known connection, not seen before, of the running round, in time, within what the game takes. What passes
 * is handed to the game once a tick, in columns. This is the room's hottest loop: it allocates nothing per action.
 */
import type { GameActions, RefusalCode } from '@crowdcue/games';
import { decodeClientMessage, encodeError, type ActionColumns, type ClientMessage, type ErrorCode } from '@crowdcue/protocol';
import { Unpackr } from 'msgpackr';
import type { Outbound } from './outbound.js';
import type { RelayRun } from './relay-runs.js';
import type { RoundDesk } from './round-desk.js';
import { FLAG, type ViewerTable } from './viewer-table.js';

/** Actions that passed in this tick; the last three columns say whom a game's refusal goes to. */
class Passed implements GameActions {
  length = 0;
  viewer = new Uint32Array(4096);
  choice = new Uint8Array(4096);
  value = new Uint32Array(4096);
  at = new Float64Array(4096);
  elapsed = new Float64Array(4096);
  n = new Uint32Array(4096);

  reserve(more: number): void {
    const need = this.length + more;
    if (need <= this.viewer.length) return;
    const capacity = Math.max(need, this.viewer.length * 2);
    for (const name of ['viewer', 'choice', 'value', 'at', 'elapsed', 'n'] as const) {
      const grown = new (this[name].constructor as new (length: number) => Float64Array)(capacity);
      grown.set(this[name]);
      (this as Record<string, unknown>)[name] = grown;
    }
  }
}

const unpackr = new Unpackr({ useRecords: false });
/** Type of the message by which a stock client acts: `{ choice, value?, round? }`. */
const ACT = 'act';

export class ActionGate {
  readonly #passed = new Passed();
  #applied = 0;

  constructor(readonly viewers: ViewerTable, readonly out: Outbound, readonly desk: RoundDesk) {}

  /** Actions applied since the last call. */
  takeApplied(): number {
    const applied = this.#applied;
    this.#applied = 0;
    return applied;
  }

  take(run: RelayRun, time: number, actions: ActionColumns): void {
    const passed = this.#passed;
    passed.reserve(actions.length);
    const { lastN } = this.viewers.columns;
    const { confirms } = this.out;
    const window = this.desk.round?.window;
    for (let i = 0; i < actions.length; i++) {
      const slot = actions.slot[i]!;
      const n = actions.n[i]!;
      const row = run.rowAt(slot);
      if (row < 0 || this.viewers.is(row, FLAG.spectator)) {
        this.out.refuse(run.index, slot, n, 'action_spectator');
        continue;
      }
      confirms.add(row);
      if (n <= lastN[row]!) continue; // settled before: only its confirmation was lost
      if (n === lastN[row]! + 1) lastN[row] = n;
      else this.viewers.settle(row, n);
      const at = time - actions.age[i]!;
      let refusal = this.desk.refusal(actions.round[i]!, actions.choice[i]!, actions.value[i]!, at);
      let elapsed = actions.elapsed[i]! - 1;
      if (window !== undefined && refusal === undefined) {
        elapsed = window.elapsedOf(row, at, elapsed);
        if (window.isOver(row, at, elapsed)) refusal = 'round_over';
        else if (window.isUnscored(row)) {
          this.#unscored(row);
          continue;
        }
      }
      if (refusal !== undefined) {
        this.viewers.refuse(row, n, refusal);
        this.out.refuse(run.index, slot, n, refusal);
        continue;
      }
      this.#pass(row, n, actions.choice[i]!, actions.value[i]!, at, elapsed);
    }
  }

  /** A stock client's action, which comes as a message; `false` when the message is something else. */
  message(run: RelayRun, row: number, time: number, frame: Uint8Array): boolean {
    const message = readMessage(frame);
    if (message === undefined) {
      this.#tell(run.index, row, 'frame_malformed');
      return true;
    }
    if (message.type !== ACT || message.kind !== 'data') return false;
    if (this.viewers.is(row, FLAG.spectator)) {
      this.#tell(run.index, row, 'action_spectator');
      return true;
    }
    const action = readAct(message.payload);
    const round = action?.round ?? this.desk.state.round;
    let refusal: ErrorCode | undefined = action === undefined ? 'bad_request' : this.desk.refusal(round, action.choice, action.value, time);
    const window = this.desk.round?.window;
    if (refusal === undefined && window?.isOver(row, time, -1) === true) refusal = 'round_over';
    if (refusal === undefined && window?.isUnscored(row) === true) {
      this.#unscored(row);
    } else if (refusal === undefined) {
      this.#passed.reserve(1);
      this.#pass(row, 0, action!.choice, action!.value, time, -1);
    } else this.#tell(run.index, row, refusal);
    return true;
  }

  #unscored(row: number): void {
    this.desk.unscored(row);
    this.#applied++;
  }

  #pass(row: number, n: number, choice: number, value: number, at: number, elapsed: number): void {
    const passed = this.#passed;
    const i = passed.length++;
    passed.viewer[i] = row;
    passed.choice[i] = choice;
    passed.value[i] = value;
    passed.at[i] = at;
    passed.elapsed[i] = elapsed;
    passed.n[i] = n;
  }

  /** Gives the tick's actions to the game. */
  flush(): void {
    const passed = this.#passed;
    const round = this.desk.round;
    if (passed.length === 0 || round === undefined) return;
    const { applied, appliedTotal } = this.viewers.columns;
    const { standings } = this.out;
    for (let i = 0; i < passed.length; i++) {
      const row = passed.viewer[i]!;
      this.desk.firstOfRound(row);
      applied[row]!++;
      appliedTotal[row]!++;
      standings.add(row);
    }
    let refused = 0;
    round.game.onActions(round, passed, (i, code) => {
      refused++;
      this.#undo(i, code);
    });
    round.actions += passed.length - refused;
    this.#applied += passed.length - refused;
    passed.length = 0;
  }

  #undo(i: number, code: RefusalCode): void {
    const row = this.#passed.viewer[i]!;
    const { applied, appliedTotal, relay, slot } = this.viewers.columns;
    applied[row]!--;
    appliedTotal[row]!--;
    const n = this.#passed.n[i]!;
    if (n === 0) this.#tell(relay[row]!, row, code);
    else {
      this.viewers.refuse(row, n, code);
      if (this.viewers.is(row, FLAG.online)) this.out.refuse(relay[row]!, slot[row]!, n, code);
    }
  }

  #tell(relay: number, row: number, code: ErrorCode): void {
    this.out.direct({ relay, slot: this.viewers.columns.slot[row]! }, encodeError(code));
  }
}

const readMessage = (frame: Uint8Array): ClientMessage | undefined => {
  try {
    return decodeClientMessage(frame);
  } catch {
    return undefined; // a relay checks the shape before it forwards; this one did not
  }
};

const readAct = (payload: Uint8Array): { choice: number; value: number; round: number | undefined } | undefined => {
  try {
    const act = unpackr.unpack(payload) as { choice?: unknown; value?: unknown; round?: unknown } | null;
    const { choice, value = 0, round } = act ?? {};
    const whole = (x: unknown): x is number => Number.isInteger(x) && (x as number) >= 0 && (x as number) <= 0xffff_ffff;
    return whole(choice) && whole(value) && (round === undefined || whole(round)) ? { choice, value, round } : undefined;
  } catch {
    return undefined; // not msgpack: the same answer as for the wrong shape
  }
};
