import { CommandError } from './steps.mjs';

/** Options of every command that speaks to an origin as its host. */
export const HOST_OPTIONS = { 'host-link': { type: 'string' }, origin: { type: 'string' }, 'host-session': { type: 'string' } };

const says = async (response) => {
  const text = await response.text();
  try {
    return text === '' ? {} : JSON.parse(text);
  } catch {
    return { code: `HTTP ${response.status}` };
  }
};

const send = async (url, init) => {
  let response;
  try {
    response = await fetch(url, init);
  } catch (error) {
    throw new CommandError(`${new URL(url).origin} is not reachable: ${error.cause?.message ?? error.message}`);
  }
  const body = await says(response);
  if (!response.ok) throw new CommandError(`${body.code ?? response.status}: ${body.error ?? 'the origin refused'}`);
  return body;
};

/** Asks an origin with a host's session: the one that is given, or the one that a one-time link is traded for. */
export const hostApi = async ({ 'host-link': link, origin, 'host-session': session }) => {
  const json = { 'content-type': 'application/json' };
  let base = origin?.replace(/\/+$/, '');
  let bearer = session;
  if (link !== undefined) {
    if (!URL.canParse(link) || !/\/host\/?$/.test(new URL(link).pathname)) throw new CommandError('--host-link takes a link of the console, such as https://…/host#key=…', { code: 2 });
    base = link.replace(/\/host\/?(?:[?#].*)?$/, '');
    ({ session: bearer } = await send(`${base}/api/host/session`, { method: 'POST', headers: json, body: JSON.stringify({ key: new URL(link).hash.replace('#key=', '') }) }));
  }
  if (base === undefined || !URL.canParse(base) || bearer === undefined) throw new CommandError('--host-link, or --origin and --host-session are needed.', { code: 2 });
  return (method, path, body) => send(base + path, { method, headers: { ...json, authorization: `Bearer ${bearer}` }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
};
