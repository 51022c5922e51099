/** The part of the Web Storage interface that the SDK uses. */
export interface StorageLike {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/**
 * A storage that never throws: what the real one does not take (none there, blocked by the browser's settings, full) is kept in
 * memory for as long as the page lives.
 */
class SafeStorage implements StorageLike {
  readonly #memory = new Map<string, string>();

  constructor(readonly real: StorageLike | undefined) {}

  getItem(key: string): string | null {
    const kept = this.#memory.get(key);
    if (kept !== undefined) return kept;
    try {
      return this.real?.getItem(key) ?? null;
    } catch {
      return null;
    }
  }

  setItem(key: string, value: string): void {
    this.#memory.set(key, value);
    try {
      if (this.real === undefined) return;
      this.real.setItem(key, value);
      this.#memory.delete(key); // another tab may write a newer one
    } catch {
      // it stays in memory
    }
  }

  removeItem(key: string): void {
    this.#memory.delete(key);
    try {
      this.real?.removeItem(key);
    } catch {
      // a storage that cannot be written has nothing to remove
    }
  }
}

/** `given`, or the page's own of that name, or memory; made safe. Reading `window.localStorage` alone may throw. */
export const safeStorage = (given: StorageLike | undefined, name: 'localStorage' | 'sessionStorage'): StorageLike => {
  if (given instanceof SafeStorage) return given;
  let real = given;
  try {
    if (real === undefined && typeof document !== 'undefined') real = globalThis[name];
  } catch {
    real = undefined;
  }
  return new SafeStorage(real);
};

/** The JSON at `key`, or undefined when there is none or it is damaged. */
export const readJson = (storage: StorageLike, key: string): unknown => {
  try {
    return JSON.parse(storage.getItem(key) ?? 'null') ?? undefined;
  } catch {
    return undefined;
  }
};
