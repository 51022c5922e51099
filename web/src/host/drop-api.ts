/** What a host does with drops and money, one function a route; loaded with the panels that need it. */
import type { StatementRow, TierLink } from '@crowdcue/protocol';
import { FILE_MS } from '../shared/api.js';
import { eventPath, type HostApi } from './host-api.js';

export interface Statement {
  readonly from: number;
  readonly to: number;
  readonly rows: readonly StatementRow[];
  readonly closed: readonly { readonly number: number; readonly at: number; readonly to: number }[];
  /** What does not balance: then nothing can be closed. */
  readonly faults: readonly { readonly seq: number; readonly what: string }[];
}

const dropPath = (event: string, drop: string, rest: string): string => eventPath(event, `/drops/${encodeURIComponent(drop)}${rest}`);

export const setOpen = (api: HostApi, event: string, drop: string, open: boolean): Promise<void> => api.once(dropPath(event, drop, '/open'), { open });

/** Answers the variant's new supply. */
export const restock = (api: HostApi, event: string, drop: string, more: { variant: string; add: number; reason: string }): Promise<{ readonly supply: number }> =>
  api.once(dropPath(event, drop, '/restock'), more);

/** Answers each variant's new supply. */
export const uploadCodes = (api: HostApi, event: string, drop: string, csv: string): Promise<{ readonly supply: Readonly<Record<string, number>> }> =>
  api.once(dropPath(event, drop, '/codes'), { csv }, { timeoutMs: FILE_MS });

export const takeBack = (api: HostApi, event: string, drop: string, viewer: number, reason: string): Promise<void> =>
  api.ask(dropPath(event, drop, `/viewers/${viewer}`), { method: 'DELETE', body: { reason } });

export const winnersCsv = (api: HostApi, event: string, drop: string): Promise<Blob> => api.file(dropPath(event, drop, '/winners.csv'));

/** Links that let viewers in as the tiers that the event's drops name. */
export const tierLinks = (api: HostApi, event: string): Promise<{ readonly tiers: readonly TierLink[] }> => api.ask(eventPath(event, '/tiers'));

/** Takes a link back; answers the next one. */
export const replaceTierLink = (api: HostApi, event: string, tier: string): Promise<TierLink> =>
  api.ask(eventPath(event, `/tiers/${encodeURIComponent(tier)}`), { method: 'DELETE' });

export const statement = (api: HostApi, event: string, all: boolean): Promise<Statement> => api.ask(eventPath(event, `/settlement${all ? '?all' : ''}`));

export const statementFile = (api: HostApi, event: string, all: boolean, kind: 'csv' | 'json'): Promise<Blob> =>
  api.file(eventPath(event, `/settlement${kind === 'csv' ? '.csv' : ''}${all ? '?all' : ''}`));

export const closeStatement = (api: HostApi, event: string): Promise<Statement> => api.once(eventPath(event, '/settlement'), {});

/** Gives a file to whoever is at the desk. */
export const save = (file: Blob, name: string): void => {
  const url = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000); // browsers begin to read it when they like
};
