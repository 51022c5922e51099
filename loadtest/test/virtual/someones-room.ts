/** A room as anybody writes one for Colyseus 0.18; only its `plugins` line is about relays. */
import { definePlugins, Room, ServerError, type AuthContext, type Client } from '@colyseus/core';
import { schema, t, type SchemaType } from '@colyseus/schema';
import { relayable } from '@crowdcue/server';

export const SECRET = 'a secret of thirty-two characters and more';

export const Player = schema({ name: t.string().default(''), x: t.number().default(0), connected: t.boolean().default(true) }, 'Player');

export const BoardState = schema({ players: t.map(Player), moves: t.number().default(0), last: t.string().optional() }, 'BoardState');
export type BoardState = SchemaType<typeof BoardState>;

/** What hooks were called with, for tests to look at. */
export const seen: { hook: string; sessionId: string; detail: unknown }[] = [];
const note = (hook: string, client: Client, detail: unknown): void => void seen.push({ hook, sessionId: client.sessionId, detail });

export class SomeonesRoom extends Room<{ state: BoardState }> {
  override state = new BoardState();
  override maxClients = 1_000;
  override plugins = definePlugins([relayable({ secret: SECRET, graceMs: 2_500 })]);

  /** Calls of onAuth. */
  static asked = 0;

  static override async onAuth(_token: string, options: { name?: string }, context: AuthContext): Promise<unknown> {
    SomeonesRoom.asked++;
    if (options.name === 'mallory') throw new ServerError(469, 'not you');
    return { name: options.name ?? 'anon', token: context.token ?? null };
  }

  override onCreate(options: { max?: number }): void {
    if (options.max !== undefined) this.maxClients = options.max;
    this.onMessage('move', (client, x: number) => {
      const player = this.state.players.get(client.sessionId);
      if (player === undefined) return;
      player.x += x;
      this.state.moves++;
      this.state.last = this.state.moves % 3 === 0 ? undefined : 'moved';
      client.send('moved', player.x);
    });
    this.onMessage('say', (client, text: string) => this.broadcast('said', { by: client.sessionId, text }));
    this.onMessage('others', (client, text: string) => this.broadcast('heard', { by: client.sessionId, text }, { except: client }));
    this.onMessage('later', (client, text: string) => {
      this.state.moves++;
      this.broadcast('patched', { text, moves: this.state.moves }, { afterNextPatch: true });
      client.send('soon', text);
    });
    this.onMessage('add', (_client, { a, b }: { a: number; b: number }) => a + b);
    this.onMessage('slow', async (_client, x: number) => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      return x * 2;
    });
    this.onMessage('refuse', (_client, why: string, ctx: { reject(reason: unknown): unknown }) => ctx.reject({ why }));
    this.onMessage('fail', () => {
      throw new Error('no such luck');
    });
    this.onMessage('kick', (client, code: number) => client.leave(code, 'asked for'));
    this.onMessage('error', (client, code: number) => client.error(code, 'you asked'));
    this.onMessageBytes('raw', (client, bytes: Uint8Array) => client.sendBytes('raw', bytes));
    this.onMessage('*', (client, type, message) => client.send('unknown', { type, message }));
  }

  override onJoin(client: Client, options: { name?: string; early?: boolean }, auth: { name: string }): void {
    note('join', client, auth);
    const player = new Player();
    player.name = auth.name;
    this.state.players.set(client.sessionId, player);
    client.send('welcome', { name: auth.name });
    if (options.early === true) throw new ServerError(470, 'changed my mind');
  }

  override async onDrop(client: Client, code?: number): Promise<void> {
    note('drop', client, code);
    const player = this.state.players.get(client.sessionId);
    if (player !== undefined) player.connected = false;
    this.allowReconnection(client, 2).catch(() => undefined);
  }

  override onReconnect(client: Client): void {
    note('reconnect', client, undefined);
    const player = this.state.players.get(client.sessionId);
    if (player !== undefined) player.connected = true;
    client.send('back', true);
  }

  override onLeave(client: Client, code?: number): void {
    note('leave', client, code);
    this.state.players.delete(client.sessionId);
  }
}
