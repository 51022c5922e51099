/**
 * Everybody claims at once: thousands of viewers want a few hundred units through two origins on one Redis, some ask twice with the same
 * key, and in the middle both origins are killed (-9) and started again. What must hold is counted from the ledger itself afterwards.
 *
 * Viewers are simulated by one process: their tokens are minted with the system's own secret, and what unlocks the drop is done in bulk; each
 * claim is a real HTTP request with its viewer's token, asked again with the same key until it is answered.
 */
import { randomBytes } from 'node:crypto';
import { Agent, request as httpRequest } from 'node:http';
import type { ReceiptView } from '@crowdcue/protocol';
import { Keys, openRedis, redisLedger, systemRandom, ViewerTokens, type Entry } from '@crowdcue/server';
import { now, seeded, sleep, wall } from '../clock.js';
import { CrowdcueSystem, type SystemProcess } from '../system.js';
import { ShopReceiver } from './shop-receiver.js';

export interface StormOptions {
  readonly viewers: number;
  readonly supply: number;
  readonly origins: number;
  /** ms within which everybody has begun to ask */
  readonly withinMs: number;
  /** of a hundred viewers, how many ask twice at once */
  readonly twice: number;
  /** Kills the origins in the middle and starts them again. */
  readonly kill: boolean;
  readonly seed: number;
}

export interface StormReport extends StormOptions {
  readonly granted: number;
  readonly refused: number;
  /** viewers without an answer at the end */
  readonly unanswered: number;
  /** requests that were asked again because no answer came, or a retryable one */
  readonly retries: number;
  /** ms from the first claim to the last answer */
  readonly tookMs: number;
  /** What does not hold, in words; empty: all does. */
  readonly faults: readonly string[];
  readonly webhooks: { readonly wanted: number; readonly heard: number; readonly repeats: number };
}

const EVENT = 'storm';
const DROP = 'cup';
const TRACE = randomBytes(16).toString('hex');
/** Connections to each origin: what two thousand browsers behind one proxy would share. */
const CONNECTIONS = 128;
const TRY_MS = 5_000;
const GIVE_UP_MS = 120_000;
const WEBHOOKS_MS = 60_000;

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** One claim; rejects when no answer comes. */
const ask = (agent: Agent, origin: SystemProcess, token: string, key: string): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const body = JSON.stringify({ drop: DROP, key });
    const request = httpRequest(`${origin.url}/api/events/${EVENT}/claims`, {
      agent, method: 'POST', timeout: TRY_MS, headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
    }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part)).on('end', () => resolve({ status: response.statusCode ?? 0, text })).on('error', reject);
    });
    request.on('timeout', () => request.destroy(new Error('no answer')));
    request.on('error', reject);
    request.end(body);
  });

/** The claims of the storm, and what was answered. */
class Storm {
  readonly receipts = new Map<number, ReceiptView>();
  readonly faults: string[] = [];
  retries = 0;
  readonly #agents: Agent[];

  constructor(private readonly origins: readonly SystemProcess[], private readonly random: () => number) {
    this.#agents = origins.map(() => new Agent({ keepAlive: true, maxSockets: CONNECTIONS }));
  }

  close(): void {
    for (const agent of this.#agents) agent.destroy();
  }

  /** Asks until an answer comes that is not to be asked again. */
  async claim(viewer: number, token: string, key: string): Promise<void> {
    const end = now() + GIVE_UP_MS;
    for (let wait = 20; now() < end; wait = Math.min(wait * 2, 1_000)) {
      const at = Math.floor(this.random() * this.origins.length);
      const answer = await ask(this.#agents[at]!, this.origins[at]!, token, key).catch(() => undefined);
      const receipt = answer === undefined ? undefined : readReceipt(answer.text);
      if (receipt !== undefined) return this.#keep(viewer, receipt);
      this.retries += 1;
      await sleep(wait * (0.5 + this.random()));
    }
  }

  /** The first receipt stands: every later one must be the same. */
  #keep(viewer: number, receipt: ReceiptView): void {
    const first = this.receipts.get(viewer);
    if (first === undefined) this.receipts.set(viewer, receipt);
    else if (first.id !== receipt.id || first.serial !== receipt.serial || first.status !== receipt.status) this.faults.push(`viewer ${viewer} was told ${first.status} ${first.id} and then ${receipt.status} ${receipt.id}`);
  }
}

const readReceipt = (text: string): ReceiptView | undefined => {
  try {
    const body = JSON.parse(text) as Partial<ReceiptView> & { retryable?: boolean };
    return body.status === undefined || body.retryable === true ? undefined : (body as ReceiptView);
  } catch {
    return undefined;
  }
};

const setUp = async (system: CrowdcueSystem, { viewers, supply }: StormOptions, shop: ShopReceiver): Promise<{ readonly viewer: number; readonly token: string; readonly key: string }[]> => {
  const host = await system.host();
  await host.post('/api/events', { id: EVENT, name: 'Storm', maxViewers: 100_000, drops: [{ id: DROP, name: 'Cup', kind: 'badge', supply, unlockedBy: 'round-won' }] });
  await shop.register(host, EVENT);
  const tokens = new ViewerTokens(new Keys(Buffer.from(system.secrets.master, 'base64url')), { now: () => wall(), monotonic: now }, systemRandom);
  const crowd = Array.from({ length: viewers }, () => {
    const { token, claims } = tokens.issue(EVENT);
    return { viewer: claims.sub, token, key: randomBytes(12).toString('base64url') };
  });
  await withLedger(system, (ledger) => ledger.unlock({ event: EVENT, target: { drop: DROP }, viewers: crowd.map(({ viewer }) => viewer), trace: TRACE, reason: 'everybody' }));
  return crowd;
};

const withLedger = async <T>(system: CrowdcueSystem, work: (ledger: ReturnType<typeof redisLedger>) => Promise<T>): Promise<T> => {
  const client = await openRedis({ url: system.redis!.url, timeoutMs: 60_000 });
  try {
    return await work(redisLedger(client, { now: () => Math.round(wall()), monotonic: now }));
  } finally {
    await client.close();
  }
};

const entriesOf = (system: CrowdcueSystem): Promise<{ entries: Entry[]; differences: number }> =>
  withLedger(system, async (ledger) => ({ entries: await ledger.entries(EVENT, 1, 10_000_000), differences: (await ledger.reconcile(EVENT)).length }));

/** What the ledger says, against what viewers and the shop were told. */
const audit = async (system: CrowdcueSystem, { supply, viewers }: StormOptions, storm: Storm): Promise<{ faults: string[]; grants: Entry[] }> => {
  const { entries, differences } = await entriesOf(system);
  const grants = entries.filter(({ type }) => type === 'Granted');
  const faults = [...storm.faults];
  const say = (holds: boolean, what: string): void => void (holds || faults.push(what));
  const wanted = Math.min(supply, viewers);
  say(grants.length === wanted, `${grants.length} grants of ${wanted}`);
  say(new Set(grants.map(({ serial }) => serial)).size === grants.length, 'a serial was given twice');
  say(new Set(grants.map(({ viewer }) => viewer)).size === grants.length, 'a viewer was granted twice');
  say(differences === 0, `reconcile finds ${differences} differences`);
  for (const { viewer = 0, seq, serial } of grants) {
    const told = storm.receipts.get(viewer);
    if (told !== undefined) say(told.status === 'granted' && told.id === `${EVENT}:${seq}` && told.serial === serial, `viewer ${viewer} has ${EVENT}:${seq}, and was told ${told.status} ${told.id}`);
  }
  const told = [...storm.receipts.values()].filter(({ status }) => status === 'granted').length;
  say(told === grants.length, `${told} viewers were told of a grant, ${grants.length} have one`);
  return { faults, grants };
};

/** Runs the storm on a system of its own. */
export async function claimStorm(options: StormOptions): Promise<StormReport> {
  const shop = await ShopReceiver.start();
  const system = await CrowdcueSystem.start({ origins: options.origins, redis: true, relays: 0, originEnv: () => ({ WEBHOOK_ALLOW_PRIVATE: '127.0.0.0/8' }) });
  const random = seeded(options.seed);
  const storm = new Storm(system.origins, random);
  try {
    const crowd = await setUp(system, options, shop);
    const began = now();
    const claims = crowd.map(async ({ viewer, token, key }) => {
      await sleep(random() * options.withinMs);
      const asked = [storm.claim(viewer, token, key)];
      if (random() * 100 < options.twice) asked.push(storm.claim(viewer, token, key));
      await Promise.all(asked);
    });
    if (options.kill) await killInTheMiddle(system, storm, options);
    await Promise.all(claims);
    const tookMs = Math.round(now() - began);
    // Everybody who has one asks once more: the first receipt, whatever died since.
    const holders = crowd.filter(({ viewer }) => storm.receipts.get(viewer)?.status === 'granted');
    await Promise.all(holders.map(({ viewer, token, key }) => storm.claim(viewer, token, key)));
    const { faults, grants } = await audit(system, options, storm);
    const heard = await shop.heardOf(grants.map(({ seq }) => `${EVENT}:${seq}`), WEBHOOKS_MS);
    if (heard.missing > 0) faults.push(`${heard.missing} grants never reached the shop`);
    if (heard.forged > 0) faults.push(`${heard.forged} messages to the shop had no good signature`);
    const refused = [...storm.receipts.values()].filter(({ status }) => status === 'refused').length;
    const unanswered = options.viewers - storm.receipts.size;
    if (unanswered > 0) faults.push(`${unanswered} viewers got no answer`);
    return { ...options, granted: grants.length, refused, unanswered, retries: storm.retries, tookMs, faults, webhooks: { wanted: grants.length, heard: heard.messages, repeats: heard.repeats } };
  } finally {
    storm.close();
    await system.stop();
    await shop.stop();
  }
}

/** When about half of the units are gone, so that grants lie before and after. */
const killInTheMiddle = async (system: CrowdcueSystem, storm: Storm, { supply, viewers }: StormOptions): Promise<void> => {
  const half = Math.min(supply, viewers) / 2;
  const granted = (): number => [...storm.receipts.values()].filter(({ status }) => status === 'granted').length;
  for (const end = now() + GIVE_UP_MS; granted() < half && now() < end; ) await sleep(5);
  await Promise.all(system.origins.map((origin) => origin.kill()));
  await Promise.all(system.origins.map((origin) => origin.start()));
};

export const stormTable = (report: StormReport): string => {
  const { viewers, origins, supply, granted, refused, unanswered, retries, tookMs, webhooks, faults, kill, seed } = report;
  return [
    `claims: ${viewers} simulated viewers, ${origins} origins on one Redis${kill ? ', all killed in the middle' : ''}; seed ${seed}`,
    `  ${granted} of ${supply} granted · ${refused} refused · ${unanswered} unanswered · ${retries} asked again · ${tookMs} ms to the last answer`,
    `  webhooks: ${webhooks.heard} heard for ${webhooks.wanted} grants, ${webhooks.repeats} of them again`,
    ...(faults.length === 0 ? ['  nothing oversold, lost or counted twice'] : faults.slice(0, 20).map((fault) => `  FAULT ${fault}`)),
  ].join('\n');
};
