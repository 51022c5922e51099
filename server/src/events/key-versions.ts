import type { KeyKind, KeyVersions } from '../identity/index.js';
import type { RecordTable } from '../store/index.js';

/** Versions of an event's keys in a record table; 1 until one is taken back. */
export const keptKeyVersions = (table: RecordTable<number>): KeyVersions => {
  const nameOf = (event: string, kind: KeyKind): string => `${event}|${kind}`;
  const versions = new Map(table.entries());
  const rise = (name: string, version: number): void => void versions.set(name, Math.max(version, versions.get(name) ?? 1));
  table.watch((name, version) => {
    if (version !== undefined) rise(name, version);
  });
  return {
    get: (event, kind) => versions.get(nameOf(event, kind)) ?? 1,
    raise: async (event, kind) => {
      const name = nameOf(event, kind);
      const raised = (versions.get(name) ?? 1) + 1;
      await table.put(name, raised);
      rise(name, raised);
      return raised;
    },
  };
};
