import type { SessionVersion } from '../identity/index.js';
import type { RecordTable } from '../store/index.js';

const KEY = 'host-session-version';

/** The version of host sessions, kept among the settings. */
export const keptSessionVersion = (settings: RecordTable<number>): SessionVersion => {
  let version = new Map(settings.entries()).get(KEY) ?? 1;
  settings.watch((key, raised) => {
    if (key === KEY && raised !== undefined) version = Math.max(version, raised);
  });
  return {
    get: () => version,
    raise: async () => {
      version += 1;
      await settings.put(KEY, version);
    },
  };
};
