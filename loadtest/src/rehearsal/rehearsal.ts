/**
 * A rehearsal: simulated viewers join an event's rehearsal over the real origin and relays, play, lose a relay in the middle of a round,
 * come back, claim; then everything is counted. Life: rehearsal made → crowd in → rounds → claims → verdict.
 * The relay is lost to the viewers only: they break their connections and do without it, so that nobody else notices.
 */
import type { EventOverview, EventView, ReceiptView, RelayView } from '@crowdcue/protocol';
import { now, sleep } from '../clock.js';
import { Swarm } from '../swarm/swarm.js';
import type { HostApi } from '../system.js';
import { judge, type Claims, type RehearsalVerdict } from './verdict.js';

export interface RehearsalOptions {
  readonly host: HostApi;
  /** Id of the real event. */
  readonly event: string;
  readonly viewers: number;
  /** Delays of pictures, ms, dealt out in turn. */
  readonly delays: readonly number[];
  /** A round of each. */
  readonly games: readonly string[];
  readonly roundMs: number;
  readonly onProgress?: (text: string) => void;
}

const LOOK_MS = 250;
const COUNTDOWN_MS = 1_500;
/** Between two lines of progress, ms. */
const TOLD_MS = 1_000;
/** ms in which everybody must be back, or a round over after its end. */
const LATE_MS = 60_000;
/** Claims of one drop, and how many are under way at once. */
const MOST_CLAIMS = 200;
const CLAIMS_AT_ONCE = 16;

/** What games ask for that have no words of their own. */
const PARAMS: Readonly<Record<string, object>> = {
  tug: { goal: 1_000_000 },
  trivia: { question: 'Rehearsal: which one?', answer1: 'This', answer2: 'That', answer3: 'Another', right: 1 },
  poll: { question: 'Rehearsal: which one?', option1: 'This', option2: 'That' },
  predict: { question: 'Rehearsal: which one?', outcome1: 'This', outcome2: 'That' },
};

const path = (event: string, rest = ''): string => `/api/events/${encodeURIComponent(event)}${rest}`;

/** Runs it; about ten seconds and a half a round, besides joining. */
export const rehearse = async (options: RehearsalOptions): Promise<RehearsalVerdict> => {
  const { host, event, viewers, delays, onProgress } = options;
  const before = await host.get<EventOverview>(path(event));
  const { id } = await host.post<EventView>(path(event, '/rehearsal'), {});
  const { relays } = await host.get<{ relays: RelayView[] }>(`/relays?event=${encodeURIComponent(id)}`);
  const swarm = await Swarm.start({
    origin: host.base(), event: id, viewers, delays, relays: relays.map(({ url }) => url), ...(onProgress && { onProgress }),
  });
  try {
    let backMs: number | undefined;
    let lost = 0;
    for (const [i, game] of options.games.entries()) {
      onProgress?.(`${game}: round ${i + 1} of ${options.games.length}`);
      await round(options, id, game, () => swarm.line(), i !== Math.floor(options.games.length / 2) ? undefined : async () => {
        onProgress?.('a relay is lost');
        ({ lost, backMs } = await loseRelay(swarm, viewers));
      });
      onProgress?.(`${game}: ${swarm.line()}`);
    }
    await sleep(Math.max(...delays)); // the latest see the end of the last round only now
    onProgress?.('claims');
    const claims = await claimAll(host, id, swarm.admission.tokens);
    const swarmReport = await swarm.finish();
    const [after, rehearsal] = await Promise.all([host.get<EventOverview>(path(event)), host.get<EventOverview>(path(id))]);
    return judge({ viewers, relays: relays.length, lost, backMs, claims, report: swarmReport, before, after, rehearsal });
  } finally {
    await swarm.stop();
  }
};

/** One round; `during` runs when it is live. Resolves when it is over. */
const round = async ({ host, roundMs, onProgress }: RehearsalOptions, id: string, game: string, line: () => string, during?: () => Promise<void>): Promise<void> => {
  const { round: number } = await host.post<{ round: number }>(path(id, '/cue'), { game, inMs: COUNTDOWN_MS, durationMs: roundMs, params: PARAMS[game] ?? {} });
  await overviewOf(host, id, ({ phase }) => phase !== 'armed');
  await during?.();
  const end = now() + LATE_MS + roundMs;
  let told = now();
  for (;;) {
    const { phase, round: present, outcomes = 0 } = await host.get<EventOverview>(path(id));
    if (present !== number || phase === 'over') return;
    if (outcomes > 0) await host.post(path(id, '/settle'), { outcome: 0 });
    if (now() - told >= TOLD_MS) {
      onProgress?.(`${game}: ${line()}`);
      told = now();
    }
    if (now() > end) throw new Error(`the round of ${game} did not end`);
    await sleep(LOOK_MS);
  }
};

const overviewOf = async (host: HostApi, id: string, wanted: (overview: EventOverview) => boolean): Promise<void> => {
  for (const end = now() + LATE_MS; now() < end; await sleep(LOOK_MS)) if (wanted(await host.get<EventOverview>(path(id)))) return;
  throw new Error('the round did not start');
};

const loseRelay = async (swarm: Swarm, viewers: number): Promise<{ lost: number; backMs: number | undefined }> => {
  const { reconnects } = swarm.progress();
  const began = now();
  swarm.lose(0);
  let gone = 0;
  for (const end = began + LATE_MS; now() < end; await sleep(LOOK_MS)) {
    const progress = swarm.progress();
    gone = progress.reconnects - reconnects;
    if (gone > 0 && progress.live + progress.failed >= viewers) return { lost: gone, backMs: now() - began };
  }
  return { lost: gone, backMs: undefined };
};

/** A part of the crowd claims every drop. */
const claimAll = async (host: HostApi, id: string, tokens: readonly string[]): Promise<Claims> => {
  const { drops } = await host.get<EventOverview>(path(id));
  const claims = tokens.slice(0, MOST_CLAIMS).flatMap((token, i) => drops.map(({ id: drop }) => ({ token, drop, key: `rehearsal-${i}-${drop}`.slice(0, 64) })));
  const answers: Record<string, number> = {};
  let asked = 0;
  await Promise.all(Array.from({ length: CLAIMS_AT_ONCE }, async () => {
    for (let claim = claims.shift(); claim !== undefined; claim = claims.shift()) {
      asked++;
      const { token, ...body } = claim;
      const response = await fetch(`${host.base()}${path(id, '/claims')}`, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` }, body: JSON.stringify(body) });
      const receipt = (await response.json()) as Partial<ReceiptView> & { code?: string };
      const answer = receipt.status === 'granted' ? 'granted' : receipt.code ?? String(response.status);
      answers[answer] = (answers[answer] ?? 0) + 1;
    }
  }));
  return { asked, answers };
};
