import { randomBytes } from 'node:crypto';

/** Where unguessable bytes come from; tests hand in known ones. */
export interface RandomSource {
  /** `count` bytes that nobody can predict. */
  bytes(count: number): Buffer;
}

export const systemRandom: RandomSource = { bytes: (count) => randomBytes(count) };

/** `length` letters of `alphabet`, each equally likely. */
export const randomText = (random: RandomSource, alphabet: string, length: number): string => {
  const fair = 256 - (256 % alphabet.length); // bytes from here on would favour the first letters
  let text = '';
  while (text.length < length) {
    for (const byte of random.bytes(length)) {
      if (byte < fair && text.length < length) text += alphabet[byte % alphabet.length];
    }
  }
  return text;
};

/** A viewer number: 1 to 2^52 - 1. */
export const randomViewer = (random: RandomSource): number => {
  for (;;) {
    const bytes = random.bytes(7); // 56 bits, of which 52 are taken
    const viewer = (bytes[0]! & 0x0f) * 2 ** 48 + bytes.readUIntBE(1, 6);
    if (viewer > 0) return viewer;
  }
};
