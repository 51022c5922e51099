/**
 * The swarm: many simulated viewers over real sockets, in worker threads. Life: `start` (tokens, connections) → playing, on its own,
 * whatever the host cues → `finish` (acts no more, waits until everything is settled and quiet, compares) → over.
 * A viewer that joins only at the end is the reference for what the others have decoded all along.
 */
import { readToken, type Tier } from '@crowdcue/protocol';
import { now, sleep } from '../clock.js';
import { Crew } from './crew.js';
import { CrewRunner } from './crew-runner.js';
import { joinMany } from './join-many.js';
import type { CrewOptions, CrewProgress } from './messages.js';
import { lateness, patchAge } from './patch-age.js';
import { Probe } from './probe.js';
import { compareStates, countByDelay, countViewers, type SwarmReport } from './report.js';
import { summary } from './statistics.js';

export interface SwarmOptions {
  /** HTTP base of the origin. */
  readonly origin: string;
  /** Event id or code. */
  readonly event: string;
  readonly viewers: number;
  /** Worker threads; one is enough for 2,000 viewers. */
  readonly threads?: number;
  /** Processes instead of threads: each may open 20,000 files where a thread shares its process's. */
  readonly processes?: boolean;
  /** Addresses of this machine that threads or processes dial from, in turn. */
  readonly localAddresses?: readonly string[];
  /** Actions a second and viewer, in games of many. */
  readonly rate?: number;
  /** Write rates, dealt out in turn: `[0, 0, 1, 1, 1, 1, 1, 3, 3, 3]` is an audience of which half looks on. */
  readonly tiers?: readonly Tier[];
  /** Delays of pictures, ms, dealt out in turn. */
  readonly delays?: readonly number[];
  /** Every so many viewers decode the state; 1 (all) by default. */
  readonly decodeEvery?: number;
  /** WebSocket bases instead of those that the origin names. */
  readonly relays?: readonly string[];
  /** Tokens of viewers, made by the caller, instead of joins over HTTP; one more than viewers, the last for the reference. */
  readonly tokens?: readonly string[];
  /** The relays' credential: patch age is measured when it is given. */
  readonly probeSecret?: string;
  /** Joins and connections on their way at once. */
  readonly width?: number;
  readonly onProgress?: (text: string) => void;
}

/** ms in which everybody must be in, and in which everything must be settled at the end. */
const JOIN_MS = 120_000;
const SETTLE_MS = 15_000;
/** No patch for this long: longer than the slowest tier's period. */
const QUIET_MS = 1_500;
const LOOK_MS = 100;

interface Admission {
  readonly event: string;
  readonly relays: readonly string[];
  readonly tokens: readonly string[];
  readonly ms: readonly number[];
  readonly failedBy: Readonly<Record<string, number>>;
}

const admit = async (options: SwarmOptions): Promise<Admission> => {
  const { tokens, origin, event, viewers, width = 24 } = options;
  if (tokens !== undefined && options.relays !== undefined) {
    return { event: readToken(tokens[0]!).evt, relays: options.relays, tokens, ms: [], failedBy: {} };
  }
  const joined = await joinMany(origin, event, viewers + 1, width, (count) => options.onProgress?.(`${count} of ${viewers} have a token`));
  const first = joined.answers[0];
  if (first === undefined) throw new Error(`nobody could join ${event}: ${JSON.stringify(joined.failedBy)}`);
  const relays = options.relays ?? first.relays;
  if (relays.length === 0) throw new Error('the origin names no relay');
  return { event: first.event.id, relays, tokens: joined.answers.map(({ token }) => token), ms: joined.ms, failedBy: joined.failedBy };
};

export class Swarm {
  readonly #began = now();
  readonly #cpu = process.cpuUsage();
  #failure: Error | undefined;

  private constructor(
    readonly options: SwarmOptions,
    readonly admission: Admission,
    readonly crews: readonly CrewRunner[],
    readonly reference: CrewOptions,
    readonly probe: Probe | undefined,
  ) {}

  /** Resolves when everybody is in, or was refused for good, or time is up. */
  static async start(options: SwarmOptions): Promise<Swarm> {
    const admission = await admit(options);
    const probe = options.probeSecret === undefined
      ? undefined
      : await Probe.start({ origin: options.origin, event: admission.event, secret: options.probeSecret });
    const { threads = 1, viewers, rate = 1, tiers = [1], delays = [0], decodeEvery = 1, width = 24, processes = false, localAddresses = [] } = options;
    const tokens = admission.tokens.slice(0, Math.min(viewers, Math.max(1, admission.tokens.length - 1)));
    const common = { event: admission.event, relays: admission.relays, rate, tiers, delays };
    const size = Math.ceil(tokens.length / threads);
    const crews: CrewRunner[] = [];
    const reference: CrewOptions = {
      ...common, delays: [0], tokens: admission.tokens.slice(tokens.length, tokens.length + 1), firstIndex: tokens.length, decodeEvery: 1, stamp: false, dialling: 1,
    };
    const swarm = new Swarm(options, admission, crews, reference, probe);
    for (let at = 0; at < tokens.length; at += size) {
      const localAddress = localAddresses[crews.length % localAddresses.length];
      const crew = { ...common, ...(localAddress === undefined ? {} : { localAddress }), tokens: tokens.slice(at, at + size), firstIndex: at, decodeEvery, stamp: probe !== undefined, dialling: width };
      crews.push(new CrewRunner(crew, processes ? 'process' : 'thread', (error) => (swarm.#failure = error)));
    }
    await swarm.#until(() => swarm.progress().live + swarm.progress().failed >= tokens.length, JOIN_MS, () => swarm.line());
    return swarm;
  }

  /** Sums over all crews. */
  progress(): CrewProgress {
    const sums = { live: 0, gone: 0, renewed: 0, failed: 0, sent: 0, confirmed: 0, refused: 0, pending: 0, patches: 0, reconnects: 0 };
    for (const { progress } of this.crews) for (const key of Object.keys(sums) as (keyof typeof sums)[]) sums[key] += progress[key];
    const first = this.crews[0]?.progress;
    return { ...sums, round: first?.round ?? 0, phase: first?.phase ?? '' };
  }

  /** `count` viewers go, some of them without a word, and as many new ones come, with tokens of their own. */
  async renew(count: number): Promise<void> {
    const { answers } = await joinMany(this.options.origin, this.options.event, count, this.options.width ?? 24);
    const share = Math.ceil(answers.length / this.crews.length);
    this.crews.forEach((crew, i) => crew.renew(answers.slice(i * share, (i + 1) * share).map(({ token }) => token)));
  }

  /** The viewers of a relay (its place in the list) lose it, as if it had died. */
  lose(relay: number): void {
    for (const crew of this.crews) crew.lose(relay);
  }

  /** How it stands, in one line. */
  line(): string {
    const p = this.progress();
    const round = p.round > 0 ? `round ${p.round} ${p.phase}` : 'no round yet';
    return `${p.live} of ${this.options.viewers} connected · ${round} · ${p.sent} actions, ${p.confirmed} confirmed, ${p.refused} refused`
      + (p.failed > 0 ? ` · ${p.failed} shut out` : '') + (p.reconnects > 0 ? ` · ${p.reconnects} came back` : '');
  }

  /** Ends the play, compares, and tells. */
  async finish(): Promise<SwarmReport> {
    const seconds = (now() - this.#began) / 1000;
    for (const crew of this.crews) crew.rest();
    await this.#until(() => this.progress().pending === 0, SETTLE_MS);
    const last = new Crew(this.reference);
    last.start();
    await this.#until(() => last.progress().live === this.reference.tokens.length, SETTLE_MS);
    const quiet = await this.#quiet();
    const reports = await Promise.all(this.crews.map((crew) => crew.report()));
    const reference = last.report().states[0]?.json;
    last.stop();
    this.probe?.stop();
    await this.stop();
    const cpu = process.cpuUsage(this.#cpu);
    const probed = this.probe && { births: this.probe.births(), errorMs: this.probe.rtt / 2 };
    const stamps = reports.flatMap((report) => report.stamps);
    return {
      viewers: this.options.viewers, seconds, relays: this.admission.relays.length,
      tokens: { ...summary(this.admission.ms), failedBy: this.admission.failedBy },
      joins: { ...summary(reports.flatMap(({ joinMs }) => joinMs)), failed: this.progress().failed },
      ...countViewers(reports),
      byDelay: countByDelay(reports, this.options.delays ?? [0]),
      ...compareStates(reference, reports, quiet),
      patchAge: probed && patchAge(probed.births, stamps, probed.errorMs),
      groups: probed === undefined ? [] : lateness(probed.births, stamps, probed.errorMs),
      ticks: probed?.births.length, clockErrorMs: probed?.errorMs,
      cpuSeconds: (cpu.user + cpu.system) / 1e6,
    };
  }

  /** Ends at once. */
  async stop(): Promise<void> {
    this.probe?.stop();
    await Promise.all(this.crews.map((crew) => crew.stop()));
  }

  /** Waits until no patch has come anywhere for a while; false when that does not happen in time. */
  async #quiet(): Promise<boolean> {
    let patches = -1;
    let since = now();
    return this.#until(() => {
      const present = this.progress().patches;
      if (present !== patches) since = now();
      patches = present;
      return now() - since >= QUIET_MS;
    }, SETTLE_MS);
  }

  async #until(done: () => boolean, ms: number, line?: () => string): Promise<boolean> {
    for (const end = now() + ms; now() < end; await sleep(LOOK_MS)) {
      if (this.#failure !== undefined) throw this.#failure;
      if (done()) return true;
      if (line !== undefined) this.options.onProgress?.(line());
    }
    return false;
  }
}

/** Starts a swarm, lets it play for `seconds`, and reports. */
export const runSwarm = async (options: SwarmOptions, seconds: number): Promise<SwarmReport> => {
  const swarm = await Swarm.start(options);
  for (const end = now() + seconds * 1000; now() < end; await sleep(LOOK_MS)) options.onProgress?.(swarm.line());
  return swarm.finish();
};
