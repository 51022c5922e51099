/** `rehearse`: a rehearsal of an event by simulated viewers, against a running installation. Exits with 1 when the event is not ready. */
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { LIMITS } from '@crowdcue/protocol';
import { rehearse } from './rehearsal/rehearsal.js';
import { verdictTable } from './rehearsal/verdict.js';
import { HostApi } from './system.js';

const OPTIONS = {
  'host-link': { type: 'string' }, origin: { type: 'string' }, 'host-session': { type: 'string' }, viewers: { type: 'string' }, delays: { type: 'string' }, games: { type: 'string' },
  seconds: { type: 'string' }, json: { type: 'boolean' },
} as const;

const MOST_VIEWERS = 2_000;

class UsageError extends Error {}

const whole = (name: string, text: string | undefined, fallback: number, least: number, most: number): number => {
  const value = text === undefined ? fallback : Number(text);
  if (!Number.isInteger(value) || value < least || value > most) throw new UsageError(`--${name} must be a whole number from ${least} to ${most}, not "${text ?? ''}"`);
  return value;
};

/** The first line of standard input: what comes that way is in no list of processes. Whoever gave it ends this process by closing it. */
const fromInput = async (): Promise<string> => {
  const lines = createInterface({ input: process.stdin });
  lines.once('close', () => process.exit(1));
  const [line] = (await once(lines, 'line')) as [string];
  return line;
};

/** Trades a one-time link, or takes the session that was given. */
const hostOf = async (link: string | undefined, origin: string | undefined, session: string | undefined): Promise<HostApi> => {
  if (link === undefined) {
    if (origin === undefined || !URL.canParse(origin) || session === undefined) throw new UsageError('--host-link, or --origin and --host-session are needed');
    return new HostApi(() => origin.replace(/\/+$/, ''), session);
  }
  if (!URL.canParse(link) || !/\/host\/?$/.test(new URL(link).pathname)) throw new UsageError('--host-link takes a link of the console, such as https://…/host#key=…');
  const base = link.replace(/\/host\/?(?:[?#].*)?$/, '');
  const answer = await fetch(`${base}/api/host/session`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ key: new URL(link).hash.replace('#key=', '') }) });
  const body = (await answer.json()) as { session?: string; code?: string };
  if (body.session === undefined) throw new Error(`the host link is not taken: ${body.code ?? answer.status}`);
  return new HostApi(() => base, body.session);
};

const main = async (): Promise<number> => {
  try {
    const { values, positionals: [event] } = parseArgs({ args: process.argv.slice(2), options: OPTIONS, allowPositionals: true });
    if (event === undefined) throw new UsageError('the event to rehearse is needed: its id');
    const plan = {
      event, viewers: whole('viewers', values.viewers, 500, 1, MOST_VIEWERS), roundMs: whole('seconds', values.seconds, 10, 3, LIMITS.roundMs / 1000) * 1000,
      delays: (values.delays ?? '0,1500,4000,8000,15000').split(',').map((text) => whole('delays', text, 0, 0, LIMITS.delayMs)), games: (values.games ?? 'tug,trivia,quickdraw').split(','),
    };
    const host = await hostOf(values['host-link'] === '-' ? await fromInput() : values['host-link'], values.origin, values['host-session']);
    const verdict = await rehearse({ ...plan, host, onProgress: (text) => console.log(`  ${text}`) });
    console.log(verdictTable(verdict));
    if (values.json === true) console.log(JSON.stringify(verdict));
    return verdict.holds ? 0 : 1;
  } catch (error) {
    const usage = error instanceof UsageError || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS') === true;
    console.error(`rehearse: ${(error as Error).message}`);
    if (usage) console.error('crowdcue rehearse --help shows the options');
    return usage ? 2 : 1;
  }
};

process.exit(await main());
