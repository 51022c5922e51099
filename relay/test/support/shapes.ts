/** The parts of other people's objects that the tests touch. */
import { Reflection } from '@colyseus/schema';

/** A socket of the `ws` package, whose `_socket` is the TCP one. */
export interface RawSocket {
  binaryType: string;
  readonly protocol: string;
  readonly readyState: number;
  readonly bufferedAmount: number;
  readonly _socket: { pause(): void; resume(): void };
  send(data: Uint8Array | string): void;
  close(code?: number): void;
  terminate(): void;
  on(event: 'message', listener: (data: Buffer) => void): void;
  on(event: 'close', listener: (code: number, reason: Buffer) => void): void;
  on(event: 'error', listener: (error: Error) => void): void;
}

/** A decoder of @colyseus/schema, as the stock SDK uses it. */
export interface StateDecoder {
  readonly root: { readonly refs: { readonly size: number } };
  readonly state: { readonly tick?: number; readonly phase?: string; toJSON(): unknown };
  decode(bytes: Uint8Array, it: { offset: number }): void;
  decodeResync(bytes: Uint8Array, it: { offset: number }): void;
}

export const decoderOf = (reflection: Uint8Array): StateDecoder => Reflection.decode(reflection as never) as unknown as StateDecoder;

/** A ROOM_STATE is a resync for whoever has a state already: the stock SDK's rule. */
export const readRoomState = (decoder: StateDecoder, frame: Uint8Array): void => {
  if (decoder.root.refs.size > 1) decoder.decodeResync(frame, { offset: 1 });
  else decoder.decode(frame, { offset: 1 });
};

/** A room of the stock SDK. */
export interface StockRoom {
  readonly roomId: string;
  readonly sessionId: string;
  readonly reconnectionToken: string;
  readonly reconnection: { enabled: boolean; minUptime: number };
  readonly state: StateDecoder['state'];
  readonly serializer: { readonly decoder: StateDecoder };
  readonly connection: { send(frame: Uint8Array): void; readonly transport: { readonly ws: { terminate(): void } } };
  onMessage(type: string, listener: (message: unknown) => void): void;
  onLeave(listener: (code: number) => void): void;
  onDrop(listener: (code: number) => void): void;
  onReconnect(listener: () => void): void;
  send(type: string, message: unknown): void;
  sendBytes(type: string, bytes: Uint8Array): void;
  request(type: string, message: unknown): Promise<unknown>;
  leave(): Promise<number>;
}
