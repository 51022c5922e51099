import { uWebSocketsTransport } from '@colyseus/uwebsockets-transport';
import { LIMITS } from '@crowdcue/protocol';
import uWebSockets, { type us_listen_socket } from 'uWebSockets.js';

/** Bytes that may wait for a relay before its link is cut: two of the largest frames; it comes back and gets a keyframe. */
const LINK_BACKPRESSURE = 2 * LIMITS.linkFrameBytes;

/** uWebSockets.js takes host and options together, and has the options as values; its types say neither. */
interface HostListener {
  listen(host: string, port: number, options: number, cb: (socket: us_listen_socket | false) => void): void;
}
const { LIBUS_LISTEN_EXCLUSIVE_PORT } = uWebSockets as unknown as { readonly LIBUS_LISTEN_EXCLUSIVE_PORT: number };

/**
 * Colyseus' transport as the origin needs it: it listens on one host and on a port that nobody else has (the stock one listens on
 * all of them and shares), takes frames as large as a link's, and leaves every HTTP address to our own server.
 */
export class OriginTransport extends uWebSocketsTransport {
  #socket: us_listen_socket | undefined;

  constructor() {
    super({
      maxPayloadLength: LIMITS.linkFrameBytes, // the default of 4 KiB closes a link at its first large batch (WIRE, rule 6)
      maxBackpressure: LINK_BACKPRESSURE,
      closeOnBackpressureLimit: 1,
    });
  }

  /** The port that it listens on. */
  get port(): number {
    return this.#socket === undefined ? 0 : uWebSockets.us_socket_local_port(this.#socket as never);
  }

  override listen(port: number, hostname = '127.0.0.1', _backlog?: number, listening?: (error?: Error) => void): this {
    (this.app as unknown as HostListener).listen(hostname, port, LIBUS_LISTEN_EXCLUSIVE_PORT, (socket) => {
      if (socket === false) return listening?.(new Error(`port ${port} of ${hostname} is busy`));
      this.#socket = socket;
      listening?.();
    });
    return this;
  }

  /** Colyseus' own handler takes every address and bodies of any size: its routes are served by `serve`. */
  override bindRouter(): void {}

  override shutdown(): void {
    if (this.#socket !== undefined) uWebSockets.us_listen_socket_close(this.#socket);
    this.#socket = undefined;
    this.app.close();
  }
}
