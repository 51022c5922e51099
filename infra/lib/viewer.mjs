/** `crowdcue viewer`: what is known of a person in an event, and forgetting it, asked of a running origin as its host. */
import { writeFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { readArgs, wholeNumber } from './args.mjs';
import { CommandError } from './steps.mjs';

export const VIEWER_HELP = `
crowdcue viewer export EVENT WHO HOST [--out FILE]   everything that is known of a person in an event, as JSON
crowdcue viewer erase EVENT WHO HOST --yes           forgets them for good; numbers in the ledger stay, and mean nobody

  WHO is one of
  --viewer N          the viewer's number in this event
  --email ADDRESS     the address that they proved; "-" reads it from stdin, so that it stands in no shell history
  --twitch NUMBER     the number of their account on Twitch

  HOST is
  --host-link LINK    a one-time link of the console, or
  --origin URL --host-session S   the origin, and a host's session there

Erasing without --yes says what would be erased. Both are noted in the audit log, without whom they were about. docs/privacy.md tells more.
`;

const OPTIONS = Object.fromEntries(['viewer', 'email', 'twitch', 'host-link', 'origin', 'host-session', 'out'].map((name) => [name, { type: 'string' }]));
const MOST_VIEWER = 2 ** 52;
const LISTS = ['people', 'receipts', 'entries'];

const usage = (why) => new CommandError(`crowdcue viewer: ${why}. Try crowdcue viewer --help.`, { code: 2 });

/** What the origin answers; its error as one line. */
const ask = async (url, body, session) => {
  const headers = { 'content-type': 'application/json', ...(session === undefined ? {} : { authorization: `Bearer ${session}` }) };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) }).catch(() => {
    throw new CommandError(`crowdcue viewer: ${new URL(url).origin} does not answer.`);
  });
  const answer = await response.json().catch(() => undefined);
  if (!response.ok || answer === undefined) throw new CommandError(`crowdcue viewer: ${answer?.error ?? `the answer is HTTP ${response.status}`} (${answer?.code ?? 'no code'})`);
  return answer;
};

const namedBy = async (values) => {
  const given = ['viewer', 'email', 'twitch'].filter((name) => values[name] !== undefined);
  if (given.length !== 1) throw usage('name the person by one of --viewer, --email, --twitch');
  if (values.viewer !== undefined) return { viewer: wholeNumber('--viewer', values.viewer, 1, MOST_VIEWER) };
  if (values.twitch !== undefined) return { twitch: values.twitch };
  return { email: values.email === '-' ? (await text(process.stdin)).trim() : values.email };
};

/** Trades a one-time link, or takes the session that was given. */
const hostOf = async ({ 'host-link': link, origin, 'host-session': session }) => {
  if (link === undefined) {
    if (origin === undefined || !URL.canParse(origin) || session === undefined) throw usage('--host-link, or --origin and --host-session are needed');
    return { base: origin.replace(/\/+$/, ''), session };
  }
  if (!URL.canParse(link) || !/\/host\/?$/.test(new URL(link).pathname)) throw usage('--host-link takes a link of the console, such as https://…/host#key=…');
  const base = link.replace(/\/host\/?(?:[?#].*)?$/, '');
  return { base, session: (await ask(`${base}/api/host/session`, { key: new URL(link).hash.replace('#key=', '') })).session };
};

const exported = async (call, named, out) => {
  const known = await call('export', named);
  const json = `${JSON.stringify(known, undefined, 2)}\n`;
  if (out === undefined) process.stdout.write(json);
  else {
    writeFileSync(out, json, { mode: 0o600 });
    console.log(`${out}: ${LISTS.map((list) => `${known[list].length} ${list}`).join(', ')}.`);
  }
  return 0;
};

const erased = async (call, event, named, yes) => {
  if (yes !== true) {
    const { people } = await call('export', named);
    console.log(people.length === 0 ? `Nothing is kept of this person in ${event}.` : `${people.length} of the people of ${event} would be erased, for good. Give --yes to do it.`);
    return people.length === 0 ? 0 : 2;
  }
  const { erased: count } = await call('erase', named);
  console.log(count === 0 ? `Nothing is kept of this person in ${event}: they were erased before, or never proven.` : `Erased: nothing tells any more who this was in ${event}.`);
  return 0;
};

export const viewer = async (argv) => {
  const parsed = readArgs('crowdcue viewer', VIEWER_HELP, { ...OPTIONS, yes: { type: 'boolean' } }, argv, { positionals: true });
  if (parsed === undefined) return 0;
  const { values, positionals: [verb, event, ...rest] } = parsed;
  if (!['export', 'erase'].includes(verb) || event === undefined || rest.length > 0) throw usage('say export or erase, and the event');
  const named = await namedBy(values);
  const { base, session } = await hostOf(values);
  const call = (what, body) => ask(`${base}/api/events/${encodeURIComponent(event)}/people/${what}`, body, session);
  return verb === 'export' ? exported(call, named, values.out) : erased(call, event, named, values.yes);
};
