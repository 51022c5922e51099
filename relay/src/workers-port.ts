import { type AddressInfo, createServer } from 'node:net';

/**
 * Makes sure that the port is nobody's, and resolves with its number (0 takes any free one). It is taken exclusively and let go: workers
 * then take it together. Rejects like a relay that cannot listen.
 */
export const claimPort = (host: string, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (cause) => {
      reject(new Error(`cannot listen on ${host}:${port}: the port is taken, or the host is not one of this machine`, { cause }));
    });
    server.listen({ host, port, exclusive: true }, () => {
      const { port: taken } = server.address() as AddressInfo;
      server.close(() => resolve(taken));
    });
  });
