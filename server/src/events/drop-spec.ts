import { randomText, type RandomSource } from '../identity/index.js';

const ID_LETTERS = 'abcdefghijkmnpqrstuvwxyz23456789';

/** What a host's page may leave to us: an id made of the name, and -1 for an unlimited supply. Everything else stays as it is. */
export const dropWithId = (spec: unknown, random: RandomSource): unknown => {
  if (typeof spec !== 'object' || spec === null) return spec;
  const { id, name, supply } = spec as { id?: unknown; name?: unknown; supply?: unknown };
  const completed: Record<string, unknown> = { ...spec, supply: supply === -1 ? null : supply };
  if (id === undefined && typeof name === 'string') completed['id'] = `${slug(name)}-${randomText(random, ID_LETTERS, 4)}`;
  return completed;
};

/** "Golden Rope!" as "golden-rope". */
const slug = (name: string): string => {
  const words = name.normalize('NFKD').toLowerCase().match(/[a-z0-9]+/g) ?? ['drop'];
  return words.join('-').slice(0, 40).replace(/-$/, '');
};
