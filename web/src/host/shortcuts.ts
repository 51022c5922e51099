/** The desk's keys. A key means nothing while somebody types, holds a modifier or answers a dialog. */
export type Shortcut = 'cue' | 'stop' | 'workspace' | 'help';

const BY_KEY: Readonly<Record<string, Shortcut>> = { c: 'cue', s: 'stop', w: 'workspace', '?': 'help' };

/** What of a key press decides. */
export interface KeyPress {
  readonly key: string;
  readonly repeat: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  composedPath(): readonly unknown[];
}

const takesText = (target: unknown): boolean => {
  const { tagName, type } = target as { tagName?: string; type?: string };
  if (tagName === 'DIALOG' || tagName === 'TEXTAREA' || tagName === 'SELECT') return true;
  return tagName === 'INPUT' && type !== 'radio';
};

/** The command of a key press, if it is one. */
export const shortcutOf = (press: KeyPress): Shortcut | undefined => {
  if (press.repeat || press.ctrlKey || press.metaKey || press.altKey) return undefined;
  if (press.composedPath().some(takesText)) return undefined;
  return Object.hasOwn(BY_KEY, press.key.toLowerCase()) ? BY_KEY[press.key.toLowerCase()] : undefined;
};
