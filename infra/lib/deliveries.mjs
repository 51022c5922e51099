/** `crowdcue deliveries`: where the messages of each endpoint stand, and what became of those that never arrived. */
import { readArgs } from './args.mjs';
import { HOST_OPTIONS, hostApi } from './host-api.mjs';
import { CommandError } from './steps.mjs';

export const DELIVERIES_HELP = `
crowdcue deliveries list [OPTIONS]               endpoints, what waits for each, and its dead letters
crowdcue deliveries replay [ID…] [OPTIONS]       sends dead letters again: those named, or all
crowdcue deliveries discard ID… [OPTIONS]        forgets dead letters
crowdcue deliveries ping [OPTIONS]               sends one message of no consequence, and says how that went

  --webhook ID        the endpoint; needed but for list and where the workspace has only one
  --event EVENT       only what is of this event
  --host-link LINK    a one-time link of the console, or
  --origin URL --host-session S   the origin, and a host's session there
  --json              prints what the origin answered

An ID is that of a message, as receivers see it in webhook-id. list ends with 1 where there is a dead letter.
`;

const OPTIONS = { ...HOST_OPTIONS, webhook: { type: 'string' }, event: { type: 'string' }, json: { type: 'boolean' } };
const MOST_IDS = 500; // of one request

const isoOf = (ms) => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');

/** All dead letters of an endpoint, page by page. */
const deadOf = async (ask, { id }, event) => {
  const letters = [];
  for (let after; ;) {
    const query = new URLSearchParams({ ...(event === undefined ? {} : { event }), ...(after === undefined ? {} : { after }) });
    const page = await ask('GET', `/api/webhooks/${id}/dead?${query}`);
    letters.push(...page.letters);
    after = page.next;
    if (after === undefined) return letters;
  }
};

const lines = ({ webhook, books, letters }) => [
  `${webhook.id}  ${webhook.state}  ${webhook.url}${webhook.description === '' ? '' : `  (${webhook.description})`}`,
  ...books.filter(({ pending, dead, position, last }) => pending + dead > 0 || position < last)
    .map(({ event, pending, dead, position, last }) => `  ${event}: ${pending} pending, ${dead} dead, ${last - position} entries not yet looked at`),
  ...letters.map(({ id, type, subject, parkedAt, tries, error }) => `  dead ${id}  ${type}${subject === undefined ? '' : ` of ${subject}`}  parked ${isoOf(parkedAt)} after ${tries} tries: ${error}`),
];

const list = async (ask, webhooks, { event, json }) => {
  const found = [];
  for (const webhook of webhooks) {
    const { books } = await ask('GET', `/api/webhooks/${webhook.id}/deliveries`);
    found.push({ webhook, books: books.filter((book) => event === undefined || book.event === event), letters: await deadOf(ask, webhook, event) });
  }
  if (json) console.log(JSON.stringify(found));
  else console.log(found.length === 0 ? 'There are no webhooks.' : found.flatMap(lines).join('\n'));
  return found.some(({ letters }) => letters.length > 0) ? 1 : 0;
};

const chunks = (ids) => Array.from({ length: Math.ceil(ids.length / MOST_IDS) }, (_, at) => ids.slice(at * MOST_IDS, (at + 1) * MOST_IDS));

const act = async (ask, verb, done, webhook, ids, { event, json }) => {
  let count = 0;
  const bodies = ids.length === 0 ? [event === undefined ? {} : { event }] : chunks(ids).map((some) => ({ ids: some, ...(event === undefined || verb !== 'replay' ? {} : { event }) }));
  for (const body of bodies) count += (await ask('POST', `/api/webhooks/${webhook.id}/${verb}`, body))[done];
  console.log(json ? JSON.stringify({ [done]: count }) : `${count} ${done}`);
  return ids.length > 0 && count < new Set(ids).size ? 1 : 0;
};

const ping = async (ask, webhook, { json }) => {
  const answer = await ask('POST', `/api/webhooks/${webhook.id}/ping`, {});
  console.log(json ? JSON.stringify(answer) : `${answer.delivered ? 'delivered' : 'not delivered'}${answer.status === undefined ? '' : `, HTTP ${answer.status}`}${answer.error === undefined ? '' : `: ${answer.error}`} (${answer.took} ms)`);
  return answer.delivered ? 0 : 1;
};

const oneOf = (webhooks, verb) => {
  if (webhooks.length === 1) return webhooks[0];
  throw new CommandError(webhooks.length === 0 ? 'There are no webhooks.' : `crowdcue deliveries ${verb}: --webhook must name one of ${webhooks.map(({ id }) => id).join(', ')}.`, { code: 2 });
};

export const deliveries = async (argv) => {
  const parsed = readArgs('crowdcue deliveries', DELIVERIES_HELP, OPTIONS, argv, { positionals: true });
  if (parsed === undefined) return 0;
  const { values, positionals: [verb, ...ids] } = parsed;
  if (!['list', 'replay', 'discard', 'ping'].includes(verb)) throw new CommandError('crowdcue deliveries takes list, replay, discard or ping; --help tells about them.', { code: 2 });
  if (verb === 'discard' && ids.length === 0) throw new CommandError('crowdcue deliveries discard: name the messages to forget.', { code: 2 });
  if (['list', 'ping'].includes(verb) && ids.length > 0) throw new CommandError(`crowdcue deliveries ${verb} takes no ids.`, { code: 2 });
  const ask = await hostApi(values);
  const { webhooks } = await ask('GET', '/api/webhooks');
  const asked = values.webhook === undefined ? webhooks : webhooks.filter(({ id }) => id === values.webhook);
  if (values.webhook !== undefined && asked.length === 0) throw new CommandError(`There is no webhook ${values.webhook}.`);
  if (verb === 'list') return list(ask, asked, values);
  if (verb === 'ping') return ping(ask, oneOf(asked, verb), values);
  return act(ask, verb, verb === 'replay' ? 'replayed' : 'discarded', oneOf(asked, verb), ids, values);
};
