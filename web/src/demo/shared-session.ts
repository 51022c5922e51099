import type { OpenSession } from '@crowdcue/client/element';

/**
 * Opens one session for several elements: a viewer is in an event once. One that did not come, or has ended, is forgotten, so that who
 * asks next gets a new one. Who leaves takes nobody along.
 */
export const sharedSession = (open: OpenSession): OpenSession => {
  let shared: ReturnType<OpenSession> | undefined;
  const begin = (options: Parameters<OpenSession>[0]): ReturnType<OpenSession> => {
    const opening = open(options);
    const forget = (): void => {
      if (shared === opening) shared = undefined;
    };
    // Heard before any element hears it: the first that begins anew opens the next.
    opening.then((session) => void session.on('closed', forget), forget);
    return opening;
  };
  return ({ signal: _, ...options }) => (shared ??= begin(options)).then((session) => new Proxy(session, {
    get: (target, name) => {
      if (name === 'leave') return () => undefined;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(target) : value;
    },
  }));
};
