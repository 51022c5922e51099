/** Garbage for the HTTP routes of origin and relay: bodies, paths, tokens, and registrations of a relay that has the credential. */
import { ERRORS } from '@crowdcue/protocol';
import type { Books } from './books.js';
import type { FuzzTarget, Lane } from './lane.js';
import type { Chance } from './mutator.js';

const ANSWER_MS = 10_000;
/** Ids under which odd relays register: a registry keeps what it once took. */
const RELAYS = 50;

interface Ask {
  readonly method: string;
  readonly path: string;
  readonly bearer?: string;
  readonly body?: string | Uint8Array;
}

export const fuzzRequest = async (lane: Lane, target: FuzzTarget, books: Books): Promise<void> => {
  const { chance } = lane;
  const atRelay = chance.oneIn(4);
  const ask = askOf(lane, target);
  const category = `request, at the ${atRelay ? 'relay' : 'origin'}`;
  const base = atRelay ? target.relay.replace('ws', 'http') : target.origin;
  const answer = await fetch(base + ask.path, {
    method: ask.method, redirect: 'manual', signal: AbortSignal.timeout(ANSWER_MS),
    headers: { 'content-type': 'application/json', ...(ask.bearer === undefined ? {} : { authorization: `Bearer ${ask.bearer}` }) },
    ...(ask.body === undefined || ask.method === 'GET' ? {} : { body: ask.body as string }),
  }).then(async (response) => ({ status: response.status, text: await response.text() }), (error: Error) => ({ status: 0, text: `${error.message} ${String(error.cause)}` }));
  const wrong = problemOf(ask.method, answer.status, answer.text);
  if (wrong !== undefined) books.fail(category, `${ask.method} ${ask.path.slice(0, 120)} ${String(ask.body).slice(0, 200)}: ${wrong}`);
  books.count(category, 1, String(answer.status), answer.status >= 400);
};

/** What is wrong with an answer to nonsense: none, a failure on our side, or a refusal without a code. */
const problemOf = (method: string, status: number, text: string): string | undefined => {
  if (status === 0 || status === 500) return `${status} ${text}`;
  if (status < 400 || method === 'HEAD') return undefined;
  try {
    if (text.includes('The pages are not built')) return undefined;
    const { code } = JSON.parse(text) as { code?: unknown };
    if ((typeof code === 'string' && code in ERRORS) || code === status) return undefined;
  } catch { /* said below */ }
  return `${status} without a code: ${text.slice(0, 200)}`;
};

const PATHS = [
  '/api/join', '/api/host/session', '/api/events', '/api/events/EVENT', '/api/events/EVENT/cue', '/api/events/EVENT/claims', '/api/events/EVENT/drops', '/api/join/EVENT',
  '/matchmake/joinById/EVENT', '/matchmake/joinOrCreate/crowd', '/matchmake/join/crowd', '/matchmake/reconnect/EVENT', '/matchmake/create/crowd', '/matchmake/joinById/nowhere',
  '/relays', '/api/relays/events/EVENT', '/health', '/metrics', '/nothing', '/join/EVENT', '/%', '/%00', '/api/events/%E0%A4%A', '/matchmake/joinById/%ff', '//', '/api//join',
];

const askOf = (lane: Lane, target: FuzzTarget): Ask => {
  const { chance } = lane;
  if (chance.oneIn(5)) return { method: 'POST', path: '/api/relays', bearer: target.relaySecret, body: bodyOf(chance, registration(chance, lane.index)) };
  const path = chance.pick(PATHS).replace('EVENT', chance.oneIn(5) ? encodeURIComponent(chance.text(8)) : target.event);
  const method = chance.pick(['GET', 'POST', 'POST', 'POST', 'DELETE', 'PUT', 'OPTIONS', 'HEAD']);
  const bearer = chance.pick([undefined, lane.token(), target.relaySecret, chance.text(20), `${lane.token()}x`]);
  const ask = { method, path: chance.oneIn(10) ? `${path}?${chance.text(20).replace('#', '')}` : path, ...(bearer === undefined ? {} : { bearer }) };
  return method === 'GET' || method === 'HEAD' ? ask : { ...ask, body: bodyOf(chance, somethingAsked(chance, target)) };
};

const somethingAsked = (chance: Chance, { event }: FuzzTarget): unknown => chance.pick<unknown>([
  { event }, { key: 'x' }, { drop: 'none', key: chance.text(12) }, { reconnectionToken: chance.session() }, { token: chance.text(30) }, { game: 'tug', inMs: 0, durationMs: 5_000 },
  { crowdcueLink: { relayId: 'fuzz', incarnation: 1, proof: chance.text(43) } }, { crowdcueLink: { relayId: '@origin', incarnation: 1e300, proof: `${'x'.repeat(43)}.9` } }, { crowdcueLink: null },
  { __proto__: { admin: true } }, { constructor: { name: 'x' } },
]);

const registration = (chance: Chance, lane: number): Record<string, unknown> => ({
  relayId: `odd-${lane}-${chance.below(RELAYS)}`, url: 'ws://127.0.0.1:9', incarnation: chance.below(1_000_000), region: 'eu', costClass: 9, viewers: 0, capacity: 1, cpu: 1, links: 0, draining: true, level: 0,
});

const ODD_VALUES: readonly unknown[] = [null, -1, 1e308, 0.5, '', [], {}, true, 'x'.repeat(5_000), '\u0000', [[[[]]]], Number.MAX_SAFE_INTEGER];

/** JSON with values that do not belong, or text that is none. */
const bodyOf = (chance: Chance, body: unknown): string | Uint8Array => {
  const copy = typeof body === 'object' && body !== null ? { ...body } as Record<string, unknown> : {};
  const names = Object.keys(copy).filter((name) => name !== 'relayId');
  for (let left = chance.below(3); left > 0 && names.length > 0; left--) copy[chance.pick(names)] = chance.pick(ODD_VALUES);
  const text = JSON.stringify(copy);
  switch (chance.below(8)) {
    case 0: return text.slice(0, chance.below(text.length));
    case 1: return chance.bytes(chance.below(300));
    case 2: return chance.pick(['', 'null', '[]', '"x"', '7', '['.repeat(5_000), '{"a":'.repeat(2_000), 'x'.repeat(70_000)]);
    default: return text;
  }
};
