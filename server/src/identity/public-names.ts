import { createHmac, type KeyObject } from 'node:crypto';
import { ADJECTIVES, ANIMALS } from './words.js';

/** Names of one adjective and animal differ by two digits; above that two viewers may share one: the number tells them apart. */
const NUMBERS = 100;

/** A viewer's public name within an event, always the same for the same viewer: "Golden Otter 42". */
export const publicName = (key: KeyObject, event: string, viewer: number): string => {
  const digest = createHmac('sha256', key).update(`${event}|${viewer}`).digest();
  const adjective = ADJECTIVES[digest.readUInt32LE(0) % ADJECTIVES.length]!;
  const animal = ANIMALS[digest.readUInt32LE(4) % ANIMALS.length]!;
  return `${adjective} ${animal} ${String(digest.readUInt32LE(8) % NUMBERS).padStart(2, '0')}`;
};
