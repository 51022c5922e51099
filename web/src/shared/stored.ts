/** Browser storage that may be off (private mode, an embedding page): then nothing is kept and nothing breaks. */
export const stored = {
  get(key: string): string | undefined {
    try {
      return localStorage.getItem(key) ?? undefined;
    } catch {
      return undefined;
    }
  },
  set(key: string, value: string | undefined): void {
    try {
      if (value === undefined) localStorage.removeItem(key);
      else localStorage.setItem(key, value);
    } catch {
      // storage is off: the choice holds until the page is closed
    }
  },
};
