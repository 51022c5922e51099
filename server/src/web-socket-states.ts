/**
 * Colyseus reads `WebSocket.OPEN` when a client reconnects, also where Node has no such global (before 22): without it every
 * reconnection fails with 4003 (WIRE, rule 5). Must have run before rooms do, and after the imports of a program that has Colyseus's SDK
 * too: that one takes the global for a whole WebSocket when it is loaded.
 */
export const provideWebSocketStates = (): void => {
  (globalThis as { WebSocket?: unknown }).WebSocket ??= { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 };
};
