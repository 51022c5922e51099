/**
 * The real system with a proxy in front of every relay, and one in front of every origin that only relays go through: what viewers and
 * links suffer can be chosen apart. HTTP of hosts and joins goes to the origins themselves.
 */
import type { EventOverview } from '@crowdcue/protocol';
import { now, seeded, sleep } from '../clock.js';
import { CrowdcueSystem, freePort, type HostApi, type SystemProcess } from '../system.js';
import { reserveLinkSeat } from '../swarm/probe.js';
import type { ChaosProxy } from './proxy.js';
import { TcpProxy } from './tcp-proxy.js';
import { Toxiproxy } from './toxiproxy.js';

export interface ChaosSystemOptions {
  readonly origins: number;
  readonly relays: number;
  /** Keeps everything in a Redis; with several origins always. */
  readonly redis: boolean;
  readonly seed: number;
  /** Path of a Toxiproxy server to use instead of our own proxies. */
  readonly toxiproxy?: string;
}

const OWNER_MS = 15_000;
const LOOK_MS = 100;

export class ChaosSystem {
  private constructor(
    readonly system: CrowdcueSystem,
    /** One in front of each relay, for its viewers. */
    readonly viewerProxies: readonly ChaosProxy[],
    /** One in front of each origin, for links. */
    readonly linkProxies: readonly ChaosProxy[],
    private readonly toxiproxy: Toxiproxy | undefined,
  ) {}

  static async start(options: ChaosSystemOptions): Promise<ChaosSystem> {
    const random = seeded(options.seed);
    const toxiproxy = options.toxiproxy === undefined ? undefined : await Toxiproxy.start(options.toxiproxy);
    const proxied = async (): Promise<{ readonly port: number; readonly proxy: ChaosProxy }> => {
      const port = await freePort();
      return { port, proxy: toxiproxy === undefined ? await TcpProxy.start(() => port, random) : await toxiproxy.proxy(port) };
    };
    const origins = await Promise.all(Array.from({ length: options.origins }, proxied));
    const relays = await Promise.all(Array.from({ length: options.relays }, proxied));
    const addressOf = ({ proxy }: { readonly proxy: ChaosProxy }): string => `127.0.0.1:${proxy.port}`;
    const links = origins.map((origin) => `http://${addressOf(origin)}`).join(',');
    try {
      const system = await CrowdcueSystem.start({
        origins: options.origins, relays: options.relays, redis: options.redis || options.origins > 1,
        originEnv: (i) => ({ PORT: String(origins[i]!.port), ...(options.origins > 1 ? { ORIGIN_ADDRESS: addressOf(origins[i]!) } : {}) }),
        relayEnv: (i) => ({ PORT: String(relays[i]!.port), ORIGIN_URL: links, RELAY_PUBLIC_URL: `ws://${addressOf(relays[i]!)}` }),
      });
      return new ChaosSystem(system, relays.map(({ proxy }) => proxy), origins.map(({ proxy }) => proxy), toxiproxy);
    } catch (error) {
      for (const { proxy } of [...origins, ...relays]) await proxy.close();
      await toxiproxy?.stop();
      throw error;
    }
  }

  get origins(): readonly SystemProcess[] {
    return this.system.origins;
  }

  get relays(): readonly SystemProcess[] {
    return this.system.relays;
  }

  get redis(): CrowdcueSystem['redis'] {
    return this.system.redis;
  }

  /** The origin that has the event's room now, by the answer to who asks for a link's seat; the only one where there is one. */
  async owner(event = this.event): Promise<SystemProcess> {
    if (this.origins.length === 1) return this.origins[0]!;
    const ports = this.linkProxies.map(({ port }) => port);
    for (const end = now() + OWNER_MS; now() < end; await sleep(LOOK_MS)) {
      for (const origin of this.origins) {
        const seat = await reserveLinkSeat({ origin: origin.url, event, secret: this.system.secrets.relay, relayId: 'chaos' }, 0).catch(() => undefined);
        const index = ports.findIndex((port) => seat?.publicAddress?.endsWith(`:${port}`) === true);
        if (index >= 0) return this.origins[index]!;
      }
    }
    throw new Error(`nobody has the room of ${event}`);
  }

  /** The event that faults are about. */
  event = 'chaos';

  /** What any origin says of the event; waits while none can. */
  async overview(host: HostApi): Promise<EventOverview> {
    for (const end = now() + OWNER_MS; ; await sleep(LOOK_MS)) {
      for (const origin of this.origins) {
        const overview = await host.at(origin).get<EventOverview>(`/api/events/${this.event}`).catch(() => undefined);
        if (overview !== undefined && !overview.hold) return overview;
      }
      if (now() > end) throw new Error(`no origin tells about ${this.event}`);
    }
  }

  async stop(): Promise<void> {
    await this.system.stop();
    for (const proxy of [...this.viewerProxies, ...this.linkProxies]) await proxy.close();
    await this.toxiproxy?.stop();
  }
}
