/** The part of the browser's WebSocket that the SDK uses; `ws` fits too. */
export interface WebSocketLike {
  binaryType: string;
  readonly readyState: number;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  onclose: ((event: { readonly code: number; readonly reason: string }) => void) | null;
  onerror: ((event: never) => void) | null;
  send(data: Uint8Array<ArrayBuffer>): void;
  close(code?: number, reason?: string): void;
}

/** A class whose instances are {@link WebSocketLike}. */
export type WebSocketClass = new (url: string, protocols: string[]) => WebSocketLike;

/** `readyState` of a socket that takes frames. */
export const OPEN = 1;

/** The injected class, the platform's, or that of the package `ws` (Node before 22). */
export const webSocketClass = async (given: WebSocketClass | undefined): Promise<WebSocketClass> => {
  const found = given ?? (globalThis.WebSocket as unknown as WebSocketClass | undefined);
  if (typeof found === 'function') return found;
  const name = 'ws'; // not a literal in import(), so that no bundler packs it for browsers
  return ((await import(/* @vite-ignore */ name)) as { WebSocket: WebSocketClass }).WebSocket;
};
