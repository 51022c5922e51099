/** The synchronised state of an event's room: small, maps only, the same for every game, so that a relay's log survives a change of game. */
import { schema, t, type SchemaType } from '@colyseus/schema';

export const TopEntry = schema({ name: t.string(), score: t.float64() }, 'TopEntry');

export const DropEntry = schema({ name: t.string(), supply: t.float64(), left: t.float64(), open: t.boolean(), draw: t.string().default('') }, 'DropEntry');

export const CrowdState = schema({
  phase: t.string().default('idle'),
  round: t.uint32().default(0),
  game: t.string().default(''),
  startsAt: t.float64().default(0),
  endsAt: t.float64().default(0),
  viewers: t.uint32().default(0),
  players: t.uint32().default(0),
  numbers: t.map('float64'),
  texts: t.map('string'),
  top: t.map(TopEntry),
  drops: t.map(DropEntry),
  closesAt: t.float64().default(0),
  flashFrom: t.float64().default(0),
  packagerEpoch: t.float64().default(0),
  packagerError: t.float64().default(0),
}, 'CrowdState');
export type CrowdState = SchemaType<typeof CrowdState>;
