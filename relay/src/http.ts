import { STATUS_CODES } from 'node:http';
import { CrowdcueError } from '@crowdcue/protocol';
import type { HttpRequest, HttpResponse } from 'uWebSockets.js';

/** An answer whose request may be gone by the time it is ready. */
export class Answer {
  #open = true;
  /** Whether the connection ends with the answer: in a storm, one that is kept for nothing is one that a viewer lacks. */
  closes = false;
  /** Called when the asker has gone before it was answered. */
  onGone: () => void = () => undefined;

  constructor(private readonly res: HttpResponse) {
    res.onAborted(() => {
      this.#open = false;
      this.onGone();
    });
  }

  /** Ends the request. Does nothing when the asker has gone. */
  send(status: number, type: string, body: string, headers: Readonly<Record<string, string>> = {}): void {
    if (!this.#open) return;
    this.#open = false;
    this.res.cork(() => {
      this.res.writeStatus(`${status} ${STATUS_CODES[status] ?? 'Refused'}`);
      if (type !== '') this.res.writeHeader('content-type', type);
      for (const [name, value] of Object.entries(headers)) this.res.writeHeader(name, value);
      this.res.end(body, this.closes);
    });
  }

  json(status: number, body: unknown, headers?: Readonly<Record<string, string>>): void {
    this.send(status, 'application/json', JSON.stringify(body), headers);
  }

  error(error: CrowdcueError, headers?: Readonly<Record<string, string>>): void {
    this.json(error.http, error, headers);
  }

  /** The body, copied; throws `body_too_large` past `limit` bytes. Never settles when the asker goes first. */
  body(limit: number): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      let size = 0;
      this.res.onData((chunk, isLast) => {
        size += chunk.byteLength;
        if (size > limit) return reject(new CrowdcueError('body_too_large'));
        chunks.push(Buffer.from(chunk.slice(0)));
        if (isLast) resolve(Buffer.concat(chunks));
      });
    });
  }
}

/** What a browser needs to ask a relay of another host name, as Colyseus answers it. */
export const corsHeaders = (req: HttpRequest): Readonly<Record<string, string>> => ({
  'access-control-allow-headers': 'Origin, X-Requested-With, Content-Type, Accept, Authorization',
  'access-control-allow-methods': 'GET,HEAD,POST,OPTIONS',
  'access-control-allow-credentials': 'true',
  'access-control-allow-origin': req.getHeader('origin') || '*',
  'access-control-max-age': '86400',
  vary: 'Origin',
});
