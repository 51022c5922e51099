import { CrowdcueError, encodeClientMessage, type ClientMessage, type RoomResponse } from '@crowdcue/protocol';
import { isErrorCode } from './http.js';
import { unpackPayload } from './inbound.js';
import { encodeMsgpack } from './msgpack-encode.js';

/** A room answers within a tick or two; this long means that the answer is lost. */
const TIMEOUT_MS = 10_000;

interface Waiting {
  resolve(value: unknown): void;
  reject(error: CrowdcueError): void;
  readonly timer: ReturnType<typeof setTimeout>;
}

const encode = (kind: ClientMessage['kind'], requestId: number, type: string | number, payload: unknown): Uint8Array =>
  encodeClientMessage({ kind, requestId, type, payload: payload === undefined ? new Uint8Array() : encodeMsgpack(payload) });

export const encodeMessage = (type: string | number, payload: unknown): Uint8Array => encode('data', 0, type, payload);

/** What a room said instead of an answer: its own code where it gave one. */
const errorOfResponse = (status: number, payload: unknown): CrowdcueError => {
  const { code, message } = (typeof payload === 'object' && payload !== null ? payload : { message: payload }) as { code?: unknown; message?: unknown };
  if (isErrorCode(code)) return new CrowdcueError(code);
  if (isErrorCode(message)) return new CrowdcueError(message);
  return new CrowdcueError(status === 1 ? 'bad_request' : 'internal', typeof message === 'string' ? message : undefined);
};

/**
 * Requests to the room that wait for their response. They are not repeated: the room may have acted on one.
 * The session loads this module with the first message or request of a page: the element sends neither.
 */
export class Requests {
  readonly #waiting = new Map<number, Waiting>();
  #id = 0;

  async ask(send: (frame: Uint8Array) => boolean, type: string | number, payload: unknown): Promise<unknown> {
    const id = (this.#id = (this.#id % 0xffff) + 1);
    const frame = encode('request', id, type, payload);
    return new Promise((resolve, reject) => {
      if (!send(frame)) return reject(new CrowdcueError('unavailable'));
      const timer = setTimeout(() => this.#take(id)?.reject(new CrowdcueError('unavailable', 'The room did not answer.')), TIMEOUT_MS);
      this.#waiting.set(id, { resolve, reject, timer });
      return undefined;
    });
  }

  answer({ requestId, status, payload }: RoomResponse): void {
    const value = unpackPayload(payload);
    const waiting = this.#take(requestId);
    if (status === 0) waiting?.resolve(value);
    else waiting?.reject(errorOfResponse(status, value));
  }

  /** The connection is gone, and with it the answers. */
  fail(): void {
    for (const id of [...this.#waiting.keys()]) this.#take(id)?.reject(new CrowdcueError('unavailable'));
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    clearTimeout(waiting?.timer);
    return waiting;
  }
}
