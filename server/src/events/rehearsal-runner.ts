/**
 * Runs a rehearsal for a host who pressed the button: the program of the loadtest package, as a child of this origin, against the rehearsal
 * of the event, over the installation's own relays. Life of a run: asked for → running, its lines kept as they come → ready, not ready,
 * failed or stopped. What stands of it is a record, so that every origin tells and any may stop it.
 *
 * Invariants: one run at a time on an origin and of an event; the child gets a one-time link on its standard input and nothing else of this
 * process, no secret, no environment; it ends with the run's time, with the stop, and with this process.
 * Must not import: loadtest, http.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { createInterface } from 'node:readline';
import { CrowdcueError, type ErrorCode, type RehearsalRunView } from '@crowdcue/protocol';
import type { Clock } from '../clock.js';
import type { RecordTable } from '../store/index.js';
import type { HostPerson } from './workspace-desk.js';

/** What a host says of a run. */
export interface RunSpec {
  readonly viewers: number;
  /** Length of a round. */
  readonly seconds: number;
  /** By how much pictures are late, ms. */
  readonly delays: readonly number[];
  readonly games: readonly string[];
}

/** A run as it is kept. */
export interface RunRecord extends Omit<RehearsalRunView, 'most' | 'forMs'> {
  /** Which origin runs it. */
  readonly at: string;
  /** When it last gave a sign, ms since 1970. */
  readonly seenAt: number;
  /** Somebody asked another origin to stop it. */
  readonly stop?: true;
}

export interface RehearsalRunnerOptions {
  readonly table: RecordTable<RunRecord>;
  readonly clock: Clock;
  /** Names this origin among the others. */
  readonly origin: string;
  /** Simulated viewers at most; 0: no runs here. */
  readonly most: number;
  /** The program; where there is no such file, loadtest is not installed. */
  readonly program: string;
  /** Of a rehearsal the event that it rehearses. */
  readonly real: (event: string) => string;
  /** Where this origin listens, for its own child. */
  readonly url: () => string;
  /** A one-time key of this person's. */
  readonly key: (person: HostPerson) => string;
  /** Ends the round that a stopped rehearsal of this event left on air. */
  readonly tidy: (event: string) => Promise<void>;
  readonly logger: { warn(fields: object, message: string): void };
}

/** A run of the longest delays and rounds takes some three minutes. */
export const RUN_MS = 5 * 60_000;
const KILL_MS = 2_000;
/** Lines kept, letters of each, and how often they are written at most. */
const LINES = 8;
const LINE_LETTERS = 200;
const TOLD_MS = 1_000;
/** After so much silence its origin is gone, ms. */
const SILENT_MS = 20_000;
const BEAT_MS = 5_000;
const LOWER = constants.priority.PRIORITY_BELOW_NORMAL;

interface Running {
  readonly event: string;
  readonly child: ChildProcess;
  record: RunRecord;
  toldAt: number;
  why: 'stopped' | 'late' | undefined;
}

export class RehearsalRunner {
  readonly #runs = new Map<string, RunRecord>();
  #running: Running | undefined;
  /** A run that is being begun. */
  #claimed = false;
  #ended: Promise<void> = Promise.resolve();

  constructor(private readonly options: RehearsalRunnerOptions) {
    for (const [event, record] of options.table.entries()) this.#runs.set(event, record);
    options.table.watch((event, record) => {
      if (record === undefined) this.#runs.delete(event);
      else this.#runs.set(event, record);
      if (record?.stop === true && this.#running?.event === event) this.#kill(this.#running, 'stopped');
    });
  }

  view(id: string): RehearsalRunView {
    const { most, clock, real } = this.options;
    const record = this.#runs.get(real(id));
    if (record === undefined) return { most, state: 'none', viewers: 0, startedAt: 0, lines: [] };
    const { at: _, seenAt, stop: __, ...view } = record;
    if (view.state !== 'running') return { ...view, most };
    const now = clock.now();
    return now - seenAt > SILENT_MS ? { ...view, most, state: 'failed', code: 'unavailable' } : { ...view, most, forMs: now - view.startedAt };
  }

  /** Throws `rehearsal_off`, `rehearsal_missing`, `rehearsal_running`, `bad_request`. */
  async start(id: string, person: HostPerson, spec: RunSpec): Promise<RehearsalRunView> {
    const { most, program, real } = this.options;
    const event = real(id);
    if (most === 0) throw new CrowdcueError('rehearsal_off');
    if (!existsSync(program)) throw new CrowdcueError('rehearsal_missing');
    if (spec.viewers > most) throw new CrowdcueError('bad_request', `viewers: ${most} at most on this origin.`);
    if (this.#claimed || this.#running !== undefined || this.view(event).state === 'running') throw new CrowdcueError('rehearsal_running');
    this.#claimed = true;
    try {
      const record = await this.#claim(event, spec.viewers);
      this.#begin(event, record, person, spec);
    } finally {
      this.#claimed = false;
    }
    return this.view(event);
  }

  /** Stops it, wherever it runs. Throws `rehearsal_none`. */
  async stop(id: string): Promise<RehearsalRunView> {
    const event = this.options.real(id);
    if (this.view(event).state !== 'running') throw new CrowdcueError('rehearsal_none');
    if (this.#running?.event === event) {
      this.#kill(this.#running, 'stopped');
      await this.#ended;
    } else await this.options.table.change(event, (record) => ({ ...record, stop: true }));
    return this.view(event);
  }

  /** Ends what runs here. */
  async close(): Promise<void> {
    if (this.#running !== undefined) this.#kill(this.#running, 'stopped');
    await this.#ended;
  }

  /** The run is this origin's: of two that begin one, one is refused. */
  async #claim(event: string, viewers: number): Promise<RunRecord> {
    const { table, clock, origin } = this.options;
    const now = clock.now();
    const record: RunRecord = { state: 'running', viewers, startedAt: now, lines: [], at: origin, seenAt: now };
    const isBusy = ({ state, seenAt }: RunRecord): boolean => state === 'running' && now - seenAt <= SILENT_MS;
    if (!(await table.add(event, record))) {
      await table.change(event, (before) => {
        if (isBusy(before)) throw new CrowdcueError('rehearsal_running');
        return record;
      });
    }
    this.#runs.set(event, record);
    return record;
  }

  #begin(event: string, record: RunRecord, person: HostPerson, { viewers, seconds, delays, games }: RunSpec): void {
    const { program, url, key, logger } = this.options;
    const child = spawn(process.execPath, [
      program, event, '--host-link', '-', '--viewers', String(viewers), '--seconds', String(seconds), '--delays', delays.join(','), '--games', games.join(','), '--json',
    ], { env: {}, stdio: ['pipe', 'pipe', 'pipe'] });
    const running: Running = { event, child, record, toldAt: 0, why: undefined };
    this.#running = running;
    if (child.pid !== undefined) {
      try {
        setPriority(child.pid, LOWER); // the show that may be on here comes first
      } catch (error) {
        logger.warn({ err: error, event }, 'a rehearsal runs at the priority of the origin');
      }
    }
    child.stdin.on('error', () => undefined); // it ended before it read
    child.stdin.write(`${url()}/host#key=${key(person)}\n`); // stays open: its end tells the child that we are gone
    for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', (line) => this.#heard(running, line));
    const late = setTimeout(() => this.#kill(running, 'late'), RUN_MS);
    const beat = setInterval(() => this.#tell(running, true), BEAT_MS);
    this.#ended = new Promise((resolve) => {
      const over = (code: number | null): void => {
        clearTimeout(late);
        clearInterval(beat);
        void this.#over(running, code).then(resolve);
      };
      child.once('error', () => over(null));
      child.once('close', (code) => over(code));
    });
  }

  #heard(running: Running, line: string): void {
    if (line.startsWith('{')) running.record = { ...running.record, ...verdictOf(line) };
    else if (/^ {2}\S|^rehearse: /.test(line)) running.record = { ...running.record, lines: [...running.record.lines, line.trim().slice(0, LINE_LETTERS)].slice(-LINES) };
    else return;
    this.#tell(running, false);
  }

  /** Keeps what is known, at most once a second. */
  #tell(running: Running, beat: boolean): void {
    const now = this.options.clock.now();
    if (this.#running !== running || (!beat && now - running.toldAt < TOLD_MS)) return;
    running.toldAt = now;
    running.record = { ...running.record, seenAt: now };
    this.#runs.set(running.event, running.record);
    const { record, event } = running;
    // As a change: a stop that another origin wrote meanwhile must not be lost.
    void this.options.table.change(event, (before) => ({ ...record, ...(before.stop === true && before.startedAt === record.startedAt ? { stop: true as const } : {}) }))
      .then((kept) => { if (kept?.stop === true) this.#kill(running, 'stopped'); }, (error: unknown) => this.options.logger.warn({ err: error, event }, 'the state of a rehearsal was not kept'));
  }

  #kill(running: Running, why: 'stopped' | 'late'): void {
    if (running.why !== undefined || running.child.exitCode !== null) return;
    running.why = why;
    running.child.kill('SIGTERM');
    setTimeout(() => running.child.kill('SIGKILL'), KILL_MS).unref();
  }

  async #over(running: Running, code: number | null): Promise<void> {
    const { table, clock, tidy, logger } = this.options;
    const { event, why, record } = running;
    const { holds } = record;
    const state = why === 'stopped' ? 'stopped' : holds === undefined || why !== undefined ? 'failed' : holds ? 'ready' : 'not-ready';
    const failed: { code?: ErrorCode } = state !== 'failed' ? {} : { code: why === 'late' ? 'rehearsal_late' : 'internal' };
    const kept: RunRecord = { ...record, state, ...failed, seenAt: clock.now() };
    this.#runs.set(event, kept);
    if (this.#running === running) this.#running = undefined;
    if (state === 'failed') logger.warn({ event, code, why, last: record.lines.at(-1) }, 'a rehearsal ended without a verdict');
    await Promise.all([
      table.put(event, kept).catch((error: unknown) => logger.warn({ err: error, event }, 'the state of a rehearsal was not kept')),
      why === undefined ? undefined : tidy(event).catch(() => undefined), // its round is over by itself soon
    ]);
  }
}

/** What the program says at its end; of another shape it says nothing. */
const verdictOf = (line: string): Pick<RunRecord, 'holds' | 'findings'> => {
  try {
    const { holds, findings } = JSON.parse(line) as { holds?: unknown; findings?: unknown };
    if (typeof holds !== 'boolean' || !Array.isArray(findings)) return {};
    return { holds, findings: findings.slice(0, 20).map(({ what, good, said }: Record<string, unknown>) => ({ what: String(what), good: good === true, said: String(said).slice(0, 400) })) };
  } catch {
    return {};
  }
};
