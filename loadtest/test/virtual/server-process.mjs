/** One process of somebody's Colyseus server, for tests that need several, or need to kill one. It prints its port when it listens. */
import { definePlugins, matchMaker, Room, Server } from '@colyseus/core';
import { RedisDriver } from '@colyseus/redis-driver';
import { RedisPresence } from '@colyseus/redis-presence';
import { schema, t } from '@colyseus/schema';
import { uWebSocketsTransport } from '@colyseus/uwebsockets-transport';
import { relayable } from '@crowdcue/server';

const { PORT, REDIS_URL, RELAY_SECRET, HERE } = process.env;
const State = schema({ count: t.number().default(0) }, 'State');

class Counter extends Room {
  state = new State();
  plugins = definePlugins([relayable({ secret: RELAY_SECRET, graceMs: 1_000 })]);

  static onAuth(token, options, context) {
    return { token: context.token ?? null };
  }

  onCreate() {
    this.onMessage('count', (client, by) => {
      this.state.count += by;
      return { count: this.state.count, process: matchMaker.processId, token: client.auth.token };
    });
  }

  onDrop(client) {
    this.allowReconnection(client, 20).catch(() => undefined);
  }

  onReconnect(client) {
    client.send('back', matchMaker.processId);
  }
}

const server = new Server({
  transport: new uWebSocketsTransport(), greet: false, driver: new RedisDriver(REDIS_URL), presence: new RedisPresence(REDIS_URL),
  publicAddress: `127.0.0.1:${PORT}`, selectProcessIdToCreateRoom: async (_name, { at }) => (at === HERE ? matchMaker.processId : (await matchMaker.stats.fetchAll()).find(({ processId }) => processId !== matchMaker.processId).processId),
});
server.define('counter', Counter).filterBy(['at']);
await server.listen(Number(PORT));
process.stdout.write('listening\n');
