/**
 * A crew: the viewers of one thread. Life: `start` (connects them, a few at a time) → playing → `rest` (acts no more, stays connected)
 * → `report` → `stop`. It reads the clock and opens sockets; it knows nothing of HTTP or of other crews.
 */
import type { Tier } from '@crowdcue/protocol';
import { randomBytes } from 'node:crypto';
import { now, seeded } from '../clock.js';
import { BEHAVIOURS } from './behaviour.js';
import type { CrewOptions, CrewProgress, CrewReport } from './messages.js';
import { Stamps } from './stamps.js';
import { SwarmViewer } from './swarm-viewer.js';
import { totalOf, Turnover } from './turnover.js';

/** How often behaviours are asked, ms: finer than a tick, coarser than a timer each. */
const ASK_MS = 20;
/** A viewer that lost its connection comes back after this and up to three times of it, ms. */
const BACK_MS = 500;

interface Group {
  readonly tier: Tier;
  readonly delay: number;
  viewers: number;
  readonly stamps: Stamps | undefined;
}

export class Crew {
  #viewers: SwarmViewer[] = [];
  readonly #turnover = new Turnover();
  #renewed = 0;
  readonly #groups = new Map<string, Group>();
  readonly #random: () => number;
  #waiting: SwarmViewer[] = [];
  #dialling = 0;
  #resting = false;
  #timer: ReturnType<typeof setInterval> | undefined;
  /** Actions of viewers that take their time, soonest first within a tick of the timer. */
  readonly #delayed: { at: number; round: number; viewer: SwarmViewer; choice: number; value: number }[] = [];

  constructor(readonly options: CrewOptions) {
    this.#random = seeded(options.firstIndex + 1);
    options.tokens.forEach((token, i) => this.#viewers.push(this.#viewer(token, i)));
    this.#waiting = [...this.#viewers];
  }

  start(): void {
    this.#dial();
    this.#timer = setInterval(() => this.#play(), ASK_MS);
  }

  /** For each token somebody goes, and a new viewer comes at once. Some of the others only lose their connection, and come back. */
  renew(tokens: readonly string[]): void {
    for (const token of tokens) {
      this.#turnover.choose(this.#viewers, this.#random);
      const viewer = this.#viewer(token, this.options.tokens.length + this.#renewed++);
      this.#viewers.push(viewer);
      this.#queue(viewer);
    }
  }

  /** Its viewers lose the relay at this place of their list, and go elsewhere if there is another. */
  lose(relay: number): void {
    for (const viewer of this.#viewers) viewer.lose(relay);
  }

  rest(): void {
    this.#resting = true;
    this.#delayed.length = 0;
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#waiting = [];
    for (const viewer of this.#viewers) viewer.stop();
  }

  progress(): CrewProgress {
    const { gone } = this.#turnover;
    const sum = (value: (viewer: SwarmViewer) => number): number => this.#viewers.reduce((total, viewer) => total + value(viewer), 0);
    const state = this.#leader()?.state;
    return {
      live: sum((v) => (v.live ? 1 : 0)), gone: gone.length, renewed: this.#renewed, failed: sum((v) => (v.failed ? 1 : 0)),
      sent: gone.sent + sum((v) => v.sent), confirmed: gone.confirmed + sum((v) => v.confirmed),
      refused: gone.refused + sum((v) => v.refused), pending: sum((v) => v.pending), patches: gone.patches + sum((v) => v.patches),
      reconnects: gone.reconnects + sum((v) => Math.max(0, v.connections - 1)), round: state?.round ?? 0, phase: state?.phase ?? '',
    };
  }

  report(): CrewReport {
    const { gone } = this.#turnover;
    const lastPatchAt = this.#viewers.reduce((last, viewer) => Math.max(last, viewer.lastPatchAt), 0);
    return {
      ...this.progress(),
      joinMs: [...gone.joinMs, ...this.#viewers.flatMap(({ joinMs }) => joinMs ?? [])],
      bytes: gone.bytes + this.#viewers.reduce((total, { bytes }) => total + bytes, 0),
      refusedBy: totalOf([gone.refusedBy, ...this.#viewers.map(({ refusedBy }) => refusedBy)]),
      closedBy: totalOf([gone.closedBy, ...this.#viewers.map(({ closedBy }) => closedBy)]),
      viewers: [...gone.tallies, ...this.#viewers.map((viewer) => viewer.tally())],
      states: this.#viewers.flatMap((viewer) => {
        const json = viewer.live ? viewer.json() : undefined;
        return json === undefined ? [] : { index: viewer.options.index, json };
      }),
      stamps: [...this.#groups.values()].flatMap(({ stamps, ...group }) => (stamps === undefined ? [] : { ...group, pairs: stamps.take() })),
      quietMs: now() - lastPatchAt,
    };
  }

  #viewer(token: string, i: number): SwarmViewer {
    const { options } = this;
    const index = options.firstIndex + i;
    return new SwarmViewer({
      index, event: options.event, relays: options.relays, token, ...this.#groupOf(index), localAddress: options.localAddress,
      decode: i % options.decodeEvery === 0, sessionId: randomBytes(16).toString('base64url'),
      settled: () => this.#settled(),
      lost: (viewer) => void setTimeout(() => this.#queue(viewer), BACK_MS * (1 + 2 * this.#random())),
    });
  }

  /** What all viewers of one write rate and delay have in common. */
  #groupOf(index: number): Pick<Group, 'tier' | 'delay' | 'stamps'> {
    const { tiers, delays, stamp } = this.options;
    const tier = tiers[index % tiers.length]!;
    const delay = delays[index % delays.length]!;
    const group = this.#groups.get(`${tier}/${delay}`) ?? { tier, delay, viewers: 0, stamps: stamp ? new Stamps() : undefined };
    this.#groups.set(`${tier}/${delay}`, group);
    group.viewers++;
    return { tier, delay, stamps: group.stamps };
  }

  #queue(viewer: SwarmViewer): void {
    this.#waiting.push(viewer);
    this.#dial();
  }

  #settled(): void {
    this.#dialling--;
    this.#dial();
  }

  #dial(): void {
    while (this.#dialling < this.options.dialling) {
      const viewer = this.#waiting.shift();
      if (viewer === undefined) return;
      if (viewer.failed) continue;
      this.#dialling++;
      viewer.dial();
    }
  }

  /** Whose state stands for that of viewers who do not decode. */
  #leader(): SwarmViewer | undefined {
    return this.#viewers.find((viewer) => viewer.live && viewer.state !== undefined);
  }

  #play(): void {
    this.#viewers = this.#turnover.go(this.#viewers);
    if (this.#resting) return;
    const at = now();
    this.#actDelayed(at);
    const led = this.#leader()?.state;
    for (const viewer of this.#viewers) {
      const state = viewer.state ?? led;
      if (!viewer.live || state?.phase !== 'live' || this.#turnover.going(viewer)) continue;
      if (viewer.playedRound !== state.round) {
        viewer.playedRound = state.round;
        viewer.nextAt = at + this.#random() * (1000 / this.options.rate); // a crowd does not tap in step
      }
      if (at < viewer.nextAt) continue;
      const move = BEHAVIOURS[state.game]?.(state, { index: viewer.options.index, rate: this.options.rate, random: this.#random });
      if (move === undefined) continue;
      viewer.nextAt = Math.max(viewer.nextAt + move.againInMs, at);
      if (move.delayMs > 0) this.#delayed.push({ at: at + move.delayMs, round: state.round, viewer, choice: move.choice, value: move.value });
      else viewer.act(state.round, move.choice, move.value);
    }
  }

  #actDelayed(at: number): void {
    for (let i = this.#delayed.length - 1; i >= 0; i--) {
      const { at: due, round, viewer, choice, value } = this.#delayed[i]!;
      if (due > at) continue;
      this.#delayed.splice(i, 1);
      viewer.act(round, choice, value);
    }
  }
}
