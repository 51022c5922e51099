import { definePlugins, Room, type AuthContext, type Client } from '@colyseus/core';
import { schema, t } from '@colyseus/schema';
import { relayable } from '@crowdcue/server';
import { SECRET } from './someones-room.js';

const Secret = schema({ hint: t.string().default('').view() }, 'Secret');

/** A room of words only. */
export class Stateless extends Room {
  static readonly addresses: unknown[] = [];
  override plugins = definePlugins([relayable({ secret: SECRET })]);

  static override async onAuth(_token: string, _options: unknown, context: AuthContext): Promise<unknown> {
    Stateless.addresses.push(context.ip);
    return true;
  }

  override onCreate(): void {
    this.onMessage('say', (_client, text: string) => this.broadcast('said', text));
    this.onMessage('turn', () => { this.state = new Secret(); });
  }

  override onJoin(client: Client): void {
    client.send('hi');
  }
}

const Loose = schema({ x: t.number().default(0).unreliable() }, 'Loose');
const Open = schema({ x: t.number().default(0) }, 'Open');
const Input = schema({ dx: t.number().default(0) }, 'Input');

export class Viewed extends Room {
  override state = new Secret();
  override plugins = definePlugins([relayable({ secret: SECRET })]);
}

export class Unreliable extends Room {
  override state = new Loose();
  override plugins = definePlugins([relayable({ secret: SECRET })]);
}

export class Inputs extends Room {
  override state = new Open();
  override inputs = this.defineInput(Input);
  override plugins = definePlugins([relayable({ secret: SECRET })]);
}

const Items = schema({ items: t.map('number'), joined: t.number().default(0) }, 'Items');

/** A room whose author says when there is a patch. */
export class ByHand extends Room<{ state: InstanceType<typeof Items> }> {
  override state = new Items();
  override patchRate = null;
  override plugins = definePlugins([relayable({ secret: SECRET })]);

  override onJoin(): void {
    this.state.joined++;
  }
}
