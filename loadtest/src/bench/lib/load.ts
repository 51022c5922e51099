import { now, sleep } from '../../clock.js';
import { Ages, type AgeSummary } from './ages.js';
import { CountingSocket, type Tally, type Target } from './counting-socket.js';
import { actionFrames, layoutOf, NoSeat, wayOf, type Dial, type Way } from './dials.js';
import { SeenPatches } from './seen-patches.js';

/** Connections that are on their way in at once. */
const WIDTH = 64;
const JOIN_MS = 120_000;
const LOOK_MS = 2;

export interface LoadOptions {
  readonly dial: Dial;
  /** Source addresses to take turns; the system's choice when it is empty. */
  readonly from?: readonly string[];
  /** Looks into every patch that comes, instead of counting frames of one size. */
  readonly inspect?: boolean;
  /** Connections that are turned away or lost are counted and not a failure. */
  readonly lenient?: boolean;
}

/** Actions to send. */
export interface Volley {
  readonly perSecond: number;
  readonly seconds: number;
  /** 0 for none. */
  readonly repeatEvery: number;
}

/** What a load has seen. */
export interface LoadCount {
  /** Connections that are in now. */
  readonly in: number;
  readonly delivered: number;
  /** Connections that did not come in, or did not stay, by what they were told. */
  readonly lost: Readonly<Record<string, number>>;
}

/** Connections to one server that count what is delivered to them. */
export class Load {
  readonly #tally: Tally;
  readonly #ages = new Ages();
  readonly #way: Way;
  readonly #sockets = new Set<CountingSocket>();
  readonly #lost: Record<string, number> = {};
  readonly seen: SeenPatches | undefined;
  /** The last action number of each connection. */
  readonly #numbers = new Map<CountingSocket, number>();
  #dialled = 0;
  #settled = 0;
  #in = 0;
  #failure: string | undefined;

  constructor(readonly options: LoadOptions) {
    const layout = layoutOf(options.dial);
    this.seen = options.inspect === true ? new SeenPatches() : undefined;
    this.#tally = { ...layout, frameBytes: this.seen === undefined ? layout.frameBytes : 0, ages: this.#ages, count: 0 };
    this.#way = wayOf(options.dial);
  }

  /** Opens `count` connections, a few at a time, until `settled` of them are in or were turned away; answers the seconds that it took. */
  async connect(count: number, settled = count): Promise<number> {
    const began = now();
    while (this.#settled < settled) {
      this.#check();
      if (now() > began + JOIN_MS) throw new Error(`only ${this.#in} of ${count} connections came up`);
      while (this.#dialled < count && this.#dialled - this.#settled < WIDTH) void this.#dial(this.#dialled++);
      await sleep(LOOK_MS);
    }
    return (now() - began) / 1000;
  }

  count(): LoadCount {
    this.#check();
    return { in: this.#in, delivered: this.#tally.count, lost: { ...this.#lost } };
  }

  /** Ages since the last call. */
  ages(): AgeSummary {
    return this.#ages.take();
  }

  /**
   * Sends actions, one frame each, from one connection after the other at an even rate; answers how many. With `repeatEvery` each so
   * manieth is one that was sent before.
   */
  async fire({ perSecond, seconds, repeatEvery }: Volley): Promise<{ sent: number; repeats: number; seconds: number }> {
    const frameOf = actionFrames(this.options.dial);
    const sockets = [...this.#sockets];
    const numbers = this.#numbers;
    const began = now();
    let [sent, repeats] = [0, 0];
    for (const due = Math.round(perSecond * seconds); sent < due; await sleep(LOOK_MS)) {
      this.#check();
      for (const until = Math.min(due, ((now() - began) / 1000) * perSecond); sent < until; sent++) {
        const socket = sockets[sent % sockets.length]!;
        const before = numbers.get(socket) ?? 0;
        const again = before > 0 && repeatEvery > 0 && sent % repeatEvery === 0;
        if (again) repeats++;
        else numbers.set(socket, before + 1);
        socket.send(frameOf(again ? before : before + 1));
      }
    }
    return { sent, repeats, seconds: (now() - began) / 1000 };
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
    this.#in = 0;
  }

  #check(): void {
    if (this.#failure !== undefined) throw new Error(`a connection was lost: ${this.#failure}`);
  }

  async #dial(i: number): Promise<void> {
    const { from = [], lenient } = this.options;
    try {
      const target = await this.#way.target(i);
      this.#add(i, from.length === 0 ? target : { ...target, from: from[i % from.length]! });
    } catch (error) {
      if (lenient === true && error instanceof NoSeat) this.#lose(error.message, false);
      else this.#failure ??= String(error);
    }
  }

  #add(i: number, target: Target): void {
    const way = this.#way;
    let entered = false;
    const enter = (): void => {
      if (entered) return;
      entered = true;
      this.#in++;
      this.#settled++;
    };
    const wait = (): void => {
      if (!entered) return;
      entered = false;
      this.#in--;
      this.#settled--;
    };
    const { dial } = this.options;
    const viewer = this.seen?.viewer(dial.kind !== 'relay' || dial.tiers[i % dial.tiers.length] === 0 ? this.#ages : undefined);
    const socket: CountingSocket = new CountingSocket(target, this.#tally, {
      open: () => way.opened(i, socket, enter),
      other: (payload) => {
        if (viewer === undefined || !viewer.take(payload) || !entered) way.received(i, payload, socket, enter, wait);
      },
      lost: (why, code) => {
        this.#sockets.delete(socket);
        if (this.options.lenient === true) this.#lose(why === '' ? String(code) : why, entered);
        else this.#failure ??= `${code} ${why}`;
      },
    });
    this.#sockets.add(socket);
  }

  #lose(why: string, entered: boolean): void {
    this.#lost[why] = (this.#lost[why] ?? 0) + 1;
    if (entered) this.#in--;
    else this.#settled++;
  }
}
