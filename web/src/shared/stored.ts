/** Browser storage that may be off (private mode, an embedding page): then nothing is kept and nothing breaks. */
const over = (storage: () => Storage) => ({
  get(key: string): string | undefined {
    try {
      return storage().getItem(key) ?? undefined;
    } catch {
      return undefined;
    }
  },
  set(key: string, value: string | undefined): void {
    try {
      if (value === undefined) storage().removeItem(key);
      else storage().setItem(key, value);
    } catch {
      // storage is off: the choice holds until the page is closed
    }
  },
});

export const stored = over(() => localStorage);

/** Of this tab alone, over reloads. */
export const storedInTab = over(() => sessionStorage);
