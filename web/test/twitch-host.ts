/**
 * Stand-ins for Twitch and a proxy, on one TLS port that Chromium takes for every host of the world: Twitch's page, its supervisor, its
 * file server with the helper, the extension's own host with the zip's files under Twitch's policy, and the installation behind its public
 * names. It notes who was asked for what.
 */
import { createServer, type Server } from 'node:https';
import { request, type IncomingMessage, type ServerResponse } from 'node:http';
import { readFileSync } from 'node:fs';
import { connect, type AddressInfo, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { makeTlsFiles } from '../../loadtest/src/bench/lib/tls-files.js';

export const CLIENT_ID = 'abcdefghij1234567890klmnopqrst';
export const EXTENSION = `https://${CLIENT_ID}.ext-twitch.tv`;
export const ORIGIN = 'https://play.example';
export const RELAY = 'wss://relay.play.example';

/** As Twitch's documentation gives it, "Get started with Twitch Extensions", Restrictions on content; `allowed` is what the developer names in the console. */
const policy = (allowed: string): string => [
  `default-src 'self' ${EXTENSION}`, 'block-all-mixed-content', `img-src 'self' ${EXTENSION} https://www.google-analytics.com data: blob:`, `media-src 'self' ${EXTENSION} data: blob:`,
  'frame-ancestors https://supervisor.ext-twitch.tv https://extension-files.twitch.tv https://*.twitch.tv https://*.twitch.tech https://localhost.twitch.tv:* https://localhost.twitch.tech:* http://localhost.rig.twitch.tv:*',
  `font-src 'self' ${EXTENSION} https://fonts.googleapis.com https://fonts.gstatic.com`, `style-src 'self' 'unsafe-inline' ${EXTENSION} https://fonts.googleapis.com`,
  `connect-src 'self' ${EXTENSION} https://api.twitch.tv wss://pubsub-edge.twitch.tv ${allowed} https://www.google-analytics.com https://stats.g.doubleclick.net`,
  `script-src 'self' ${EXTENSION} https://extension-files.twitch.tv https://www.google-analytics.com`,
].join('; ');

/** Twitch's sandbox, from the same page. */
const SANDBOX = 'allow-forms allow-scripts allow-same-origin allow-popups allow-popups-to-escape-sandbox';

/** The helper's face, cranked by the test: `window.standIn.authorize(…)`, `.context(…)`. It keeps the last word for who listens late, as Twitch's does. */
const HELPER = `(() => {
  const channel = () => { const listeners = []; let last; return {
    listen(f) { listeners.push(f); if (last !== undefined) f(...last); },
    say(...words) { last = words; for (const f of listeners) f(...words); },
  }; };
  const [auth, context] = [channel(), channel()];
  window.Twitch = { ext: { onAuthorized: (f) => auth.listen(f), onContext: (f) => context.listen(f) } };
  window.standIn = { authorize: (a) => auth.say(a), context: (c) => context.say(c, Object.keys(c)) };
})();`;

const framing = (src: string, sandbox = ''): string =>
  `<!doctype html><html><body style="margin:0;background:#18181b"><iframe ${sandbox === '' ? '' : `sandbox="${sandbox}"`} src="${src}" style="border:0;width:100vw;height:100vh"></iframe></body></html>`;

const TYPES: Record<string, string> = { html: 'text/html; charset=utf-8', js: 'text/javascript; charset=utf-8' };

export interface TwitchHost {
  readonly port: number;
  /** Hosts that were asked. */
  readonly hosts: Set<string>;
  /** Where the installation is. */
  readonly behind: { origin: string; relay: string };
  close(): Promise<void>;
}

/** Serves `files`, the zip's, and everything else; `view` is in the query of `https://www.twitch.tv/?view=panel.html`. */
export const openTwitchHost = async (files: ReadonlyMap<string, Buffer>, allowed: string): Promise<TwitchHost> => {
  const tls = makeTlsFiles();
  const hosts = new Set<string>();
  const behind = { origin: '', relay: '' };
  const answer = (res: ServerResponse, type: string, body: string | Buffer, headers: Record<string, string> = {}): void => void res.writeHead(200, { 'content-type': type, ...headers }).end(body);
  const server: Server = createServer({ key: readFileSync(tls.keyFile), cert: readFileSync(tls.certFile) }, (req, res) => {
    const host = req.headers.host ?? '';
    hosts.add(host);
    const url = new URL(req.url ?? '/', `https://${host}`);
    const view = url.searchParams.get('view') ?? 'panel.html';
    if (host === 'www.twitch.tv') return answer(res, TYPES['html']!, framing(`https://supervisor.ext-twitch.tv/?view=${view}`));
    if (host === 'supervisor.ext-twitch.tv') {
      return answer(res, TYPES['html']!, framing(`${EXTENSION}/${view}?language=en&platform=web`, SANDBOX), { 'content-security-policy': `frame-src ${EXTENSION}` });
    }
    if (host === 'extension-files.twitch.tv') return answer(res, TYPES['js']!, HELPER);
    if (host === 'play.example') return pass(req, res, behind.origin);
    if (host === 'elsewhere.example') return answer(res, TYPES['html']!, '<!doctype html><html><body></body></html>');
    const file = host === `${CLIENT_ID}.ext-twitch.tv` ? files.get(url.pathname.slice(1)) : undefined;
    if (file === undefined) return void res.writeHead(404).end();
    return answer(res, TYPES[url.pathname.split('.').at(-1)!] ?? 'application/octet-stream', file, { 'content-security-policy': policy(allowed) });
  });
  const open = new Set<Socket | Duplex>();
  server.on('connection', (socket: Socket) => void open.add(socket.once('close', () => open.delete(socket))));
  server.on('upgrade', (req: IncomingMessage, socket: Duplex, head: Buffer) => {
    hosts.add(req.headers.host ?? '');
    const { hostname, port } = new URL(behind.relay);
    const up = connect(Number(port), hostname, () => {
      up.write(`${req.method} ${req.url} HTTP/1.1\r\n${req.rawHeaders.flatMap((text, i) => (i % 2 === 0 ? [`${text}: ${req.rawHeaders[i + 1]}`] : [])).join('\r\n')}\r\n\r\n`);
      up.write(head);
      up.pipe(socket).pipe(up);
    });
    open.add(up);
    for (const each of [up, socket]) each.on('error', () => (up.destroy(), socket.destroy())).on('close', () => (up.destroy(), socket.destroy()));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    port: (server.address() as AddressInfo).port, hosts, behind,
    close: async () => {
      for (const socket of open) socket.destroy();
      await new Promise((closed) => server.close(closed));
      tls.remove();
    },
  };
};

const pass = (req: IncomingMessage, res: ServerResponse, to: string): void => {
  const { hostname, port } = new URL(to);
  const up = request({ hostname, port, path: req.url, method: req.method, headers: req.headers }, (answered) => {
    res.writeHead(answered.statusCode ?? 502, answered.headers);
    answered.pipe(res);
  });
  up.on('error', () => res.writeHead(502).end());
  req.pipe(up);
};
