/** Chance that a replay repeats: a generator whose whole state is one integer (mulberry32 by Tommy Ettinger, public domain). */
export const nextRandom = (seed: number): { seed: number; value: number } => {
  const next = (seed + 0x6d2b79f5) | 0;
  let x = Math.imul(next ^ (next >>> 15), next | 1);
  x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
  return { seed: next, value: ((x ^ (x >>> 14)) >>> 0) / 0x1_0000_0000 };
};

/** A seed from a text (FNV-1a, 32 bit). */
export const seedOf = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash | 0;
};
