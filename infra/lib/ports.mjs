import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { CommandError } from './steps.mjs';

const TRIES = 100; // ports looked at above a busy one

/** The port that listening on `port` of `host` gives (0 asks the system for one), or undefined when it is busy. */
const probe = (port, host) =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) => (error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error)));
    server.listen({ port, host, exclusive: true }, () => {
      const taken = server.address().port;
      server.close(() => resolve(taken));
    });
  });

/** `port` when it is free, else the next free one above it; `avoid` are ports that somebody else of ours is about to take. */
export const freePort = async (port, host, avoid = []) => {
  if (port === 0) return probe(0, host);
  for (let candidate = port; candidate < port + TRIES && candidate < 65_536; candidate++) {
    if (!avoid.includes(candidate) && (await probe(candidate, host)) !== undefined) return candidate;
  }
  throw new CommandError(`No free port from ${port} to ${port + TRIES} on ${host}.`);
};

/** The host name that links carry for what listens on `host`: an address that others can open when it listens everywhere. */
export const publicHost = (host) => {
  if (host !== '0.0.0.0' && host !== '::') return host.includes(':') ? `[${host}]` : host;
  const lan = Object.values(networkInterfaces()).flat().find((face) => face?.family === 'IPv4' && !face.internal);
  return lan?.address ?? '127.0.0.1';
};
