/**
 * Colyseus reads `WebSocket.OPEN` when a client reconnects, also where Node has no such global (before 22): without it every
 * reconnection fails with 4003 (WIRE, rule 5). Must be imported before rooms run.
 */
const shim = { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 };
(globalThis as { WebSocket?: unknown }).WebSocket ??= shim;
