/** The part of the `ws` client that the link uses; the package ships no types of its own. */
declare module 'ws' {
  import type { EventEmitter } from 'node:events';

  interface ClientOptions {
    readonly maxPayload?: number;
    readonly perMessageDeflate?: boolean;
    readonly handshakeTimeout?: number;
  }

  export class WebSocket extends EventEmitter {
    static readonly OPEN: 1;
    constructor(address: string, options?: ClientOptions);
    readonly readyState: number;
    binaryType: 'nodebuffer' | 'arraybuffer' | 'fragments';
    send(data: Uint8Array): void;
    ping(): void;
    close(code?: number, reason?: string): void;
    terminate(): void;
    on(event: 'open' | 'pong', listener: () => void): this;
    on(event: 'message', listener: (data: Buffer, isBinary: boolean) => void): this;
    on(event: 'close', listener: (code: number, reason: Buffer) => void): this;
    on(event: 'error', listener: (error: Error) => void): this;
  }
}
