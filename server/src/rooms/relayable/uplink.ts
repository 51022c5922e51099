import { connectClientToRoom, createAuthContext, debugAndPrintError, isDevMode, type Room } from '@colyseus/core';
import { CLOSE, CrowdcueError, decodeBatch, decodeLinkSession, type VirtualJoin } from '@crowdcue/protocol';
import type { RelayRunLine } from './relay-run.js';
import { VirtualClient, VirtualSocket } from './virtual-client.js';

/** WebSocket's code for a connection that broke without a word. */
const LOST = 1006;

/** What the uplink is given. */
export interface UplinkDeps {
  readonly room: Room;
  readonly runs: ReadonlyMap<string, RelayRunLine>;
  /** The viewer is gone. */
  gone(socket: VirtualSocket): void;
}

/** What comes up the links of one room: viewers that join, speak and leave, as sockets would bring them to Colyseus. */
export class Uplink {
  readonly #clients = new WeakMap<VirtualSocket, VirtualClient>();

  constructor(private readonly deps: UplinkDeps) {}

  /** The client that this socket is the connection of; `undefined` once another connection has taken its place. */
  clientOf(socket: VirtualSocket): VirtualClient | undefined {
    return this.#clients.get(socket);
  }

  batch(run: RelayRunLine, frame: Uint8Array): void {
    const batch = decodeBatch(frame);
    if (batch.n <= run.applied) return; // sent again after a break
    if (batch.n !== run.applied + 1) throw new CrowdcueError('frame_malformed');
    run.took(batch.n);
    for (const join of batch.virtualJoins ?? []) void this.#join(run, join);
    for (const { slot, frame: message } of batch.messages) {
      const socket = run.viewers.get(slot);
      if (socket !== undefined) guarded(() => socket.emit('message', Buffer.from(message.buffer, message.byteOffset, message.byteLength)));
    }
    for (const { slot, connection, code } of batch.leaves) {
      const socket = run.viewers.get(slot);
      if (socket?.connection === connection) this.#end(run, socket, code);
    }
  }

  /** The run is over: its viewers are gone without a word. */
  lose(run: RelayRunLine): void {
    for (const socket of run.viewers.values()) this.#end(run, socket, LOST);
  }

  #end(run: RelayRunLine, socket: VirtualSocket, code: number): void {
    run.viewers.delete(socket.slot);
    this.deps.gone(socket);
    guarded(() => socket.closed(code));
  }

  /** As Colyseus's transports do it with a socket that has just connected. */
  async #join(run: RelayRunLine, join: VirtualJoin): Promise<void> {
    const socket = new VirtualSocket(join.slot, join.connection, run);
    const client = new VirtualClient(join.sessionId, socket);
    run.viewers.set(join.slot, socket);
    this.#clients.set(socket, client);
    const reconnectionToken = join.reconnection === '' ? undefined : join.reconnection;
    const context = createAuthContext({
      headers: Object.fromEntries(join.headers), ...(join.token === '' ? {} : { token: join.token }), remoteAddress: join.address,
    });
    try {
      if (decodeLinkSession(join.sessionId) !== undefined) throw new CrowdcueError('relay_forbidden'); // a viewer is no link
      if (reconnectionToken !== undefined) this.#letGo(join.sessionId, reconnectionToken);
      await connectClientToRoom(this.deps.room, client.asClient as never, context, { reconnectionToken, skipHandshake: join.skipHandshake } as never);
    } catch (error) {
      debugAndPrintError(error as Error);
      const { code, message } = error as { code?: unknown; message: string };
      client.error(typeof code === 'number' ? code : CLOSE.with_error, message);
      const refused = isDevMode ? CLOSE.try_reconnect : CLOSE.reconnection_refused;
      client.leave(reconnectionToken === undefined ? CLOSE.with_error : refused);
    }
  }

  /** Whoever is back by another way need not wait until a relay that is gone counts as lost. */
  #letGo(sessionId: string, reconnectionToken: string): void {
    const present: unknown = this.deps.room.clients.get(sessionId);
    if (!(present instanceof VirtualClient) || present.reconnectionToken !== reconnectionToken) return;
    const { ref } = present;
    for (const run of this.deps.runs.values()) {
      if (run.link !== undefined || run.viewers.get(ref.slot) !== ref) continue;
      run.emit({ kind: 'close', slot: ref.slot, connection: ref.connection, code: CLOSE.taken_over, reason: '' });
      this.#end(run, ref, LOST);
    }
  }
}

/** Code of the room's author runs in here: what it throws goes where a transport would let it go, and nobody else misses anything. */
const guarded = (run: () => void): void => {
  try {
    run();
  } catch (error) {
    setImmediate(() => {
      throw error;
    });
  }
};
