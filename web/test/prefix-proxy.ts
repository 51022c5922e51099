import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A proxy that serves an origin below a path, as one in front of several services does. Answers its own address with the path. */
export const serveBelow = async (prefix: string, originUrl: string): Promise<{ readonly url: string; close(): Promise<void> }> => {
  const target = new URL(originUrl);
  const server = createServer((req, res) => {
    const path = req.url ?? '';
    if (!path.startsWith(`${prefix}/`)) return void res.writeHead(404).end();
    const { hostname, port } = target;
    const up = request({ hostname, port, path: path.slice(prefix.length), method: req.method, headers: req.headers }, (answer) => {
      res.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(res);
    });
    up.on('error', () => res.writeHead(502).end());
    req.pipe(up);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${prefix}`,
    close: () => new Promise((closed) => {
      server.closeAllConnections();
      server.close(() => closed());
    }),
  };
};
