/** What outlives a reload of this source, and no more; in memory where a source has no storage. */
const memory = new Map<string, string>();

export const stored = {
  get(key: string): string | undefined {
    try {
      return memory.get(key) ?? sessionStorage.getItem(key) ?? undefined;
    } catch {
      return undefined;
    }
  },
  set(key: string, value: string): void {
    try {
      sessionStorage.setItem(key, value);
    } catch {
      memory.set(key, value);
    }
  },
};
