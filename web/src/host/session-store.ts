/**
 * The host sessions of this browser, kept per installation until they expire: one a workspace that its person works in. Which of them is on
 * the desk is each tab's own choice; a new tab begins with the latest of any.
 */
import type { HostRole } from '@crowdcue/protocol';
import { wallClock } from '../shared/clock.js';
import { sitePath } from '../shared/site.js';
import { stored, storedInTab } from '../shared/stored.js';
import type { HostSession } from './host-api.js';

/** A session, and whose it is as far as the origin has said. */
export interface KeptDesk extends HostSession {
  readonly workspace?: { readonly id: string; readonly name: string };
  readonly person?: { readonly id: string; readonly name: string; readonly role: HostRole };
}

/** More than anybody works in; a page that opens links in a loop fills nothing. */
const MOST = 16;

const keyOf = (what: string): string => `crowdcue.${what}:${sitePath()}`;

const isText = (...values: unknown[]): boolean => values.every((value) => typeof value === 'string');

const isDesk = (value: unknown): value is KeptDesk => {
  if (typeof value !== 'object' || value === null) return false;
  const { session, expiresAt, workspace, person } = value as Partial<KeptDesk>;
  return isText(session) && typeof expiresAt === 'number' && expiresAt > wallClock()
    && (workspace === undefined || isText(workspace.id, workspace.name)) && (person === undefined || isText(person.id, person.name, person.role));
};

/** Those that are not over, the newest first. */
export const keptDesks = (): readonly KeptDesk[] => {
  try {
    const value: unknown = JSON.parse(stored.get(keyOf('host')) ?? '[]');
    return (Array.isArray(value) ? value : [value]).filter(isDesk).slice(0, MOST);
  } catch {
    return [];
  }
};

const write = (desks: readonly KeptDesk[]): void => stored.set(keyOf('host'), desks.length === 0 ? undefined : JSON.stringify(desks.slice(0, MOST)));

/** Keeps a session, or what is known of it now. Of a workspace one session is kept: the link that was opened last decides as whom. */
export const keepDesk = (desk: KeptDesk): void => {
  const before = keptDesks();
  const others = before.filter(({ session, workspace }) => session !== desk.session && (workspace === undefined || workspace.id !== desk.workspace?.id));
  const at = before.findIndex(({ session }) => session === desk.session);
  write(others.toSpliced(Math.max(at, 0), 0, desk));
};

export const dropDesk = (session: string): void => write(keptDesks().filter((each) => each.session !== session));

/** The one that this tab has on its desk, or had before a reload; else the latest choice of any tab; else any. */
export const chosenDesk = (): KeptDesk | undefined => {
  const desks = keptDesks();
  const find = (id: string | undefined): KeptDesk | undefined => desks.find(({ workspace }) => workspace !== undefined && workspace.id === id);
  return find(storedInTab.get(keyOf('workspace'))) ?? find(stored.get(keyOf('workspace'))) ?? desks[0];
};

export const chooseWorkspace = (id: string): void => {
  storedInTab.set(keyOf('workspace'), id);
  stored.set(keyOf('workspace'), id);
};

/** The event that the desk of a workspace showed last. */
export const keptEvent = (workspace: string): string | undefined => stored.get(keyOf(`event.${workspace}`));
export const keepEvent = (workspace: string, id: string): void => stored.set(keyOf(`event.${workspace}`), id);

/** The key in a link's last part. */
export const keyIn = (hash: string): string | undefined => new URLSearchParams(hash.slice(1)).get('key') || undefined;

/** Takes the one-time key out of the address bar and the history, and gives it back. */
export const takeKey = (): string | undefined => {
  const key = keyIn(location.hash);
  if (key !== undefined) history.replaceState(null, '', location.pathname + location.search);
  return key;
};
