/** What only reads, or is asked too often for what it says: nobody is told of it. */
const SILENT: ReadonlySet<string> = new Set(['openGates', 'receipts', 'drops', 'entries', 'state', 'replay', 'reconcile', 'lotTickets']);

const eventIn = (first: unknown): string | undefined => {
  const asked: unknown = Array.isArray(first) ? first[0] : first;
  if (typeof asked === 'string') return asked;
  const { event } = (asked ?? {}) as { event?: unknown };
  return typeof event === 'string' ? event : undefined;
};

/**
 * The same ledger, which tells of each call that may have written to an event, when it is answered: whoever delivers what stands in it need
 * not ask all the time. Nothing depends on being told: who missed it finds the entries where they are.
 */
export const toldLedger = <L extends object>(ledger: L, written: (event: string) => void): L => {
  const told = new Map<PropertyKey, unknown>();
  const wrap = (name: PropertyKey, method: (...args: unknown[]) => unknown): unknown => {
    if (SILENT.has(String(name))) return method.bind(ledger);
    return async (...args: unknown[]): Promise<unknown> => {
      try {
        return await method.apply(ledger, args);
      } finally {
        const event = eventIn(args[0]); // also after an error: it may have been done
        if (event !== undefined) written(event);
      }
    };
  };
  return new Proxy(ledger, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      if (!told.has(name)) told.set(name, wrap(name, value as (...args: unknown[]) => unknown));
      return told.get(name);
    },
  });
};
