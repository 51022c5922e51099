/**
 * The endpoints: where a workspace wants to be told of its drops, all of its events or one. Secrets are kept sealed and shown once.
 * Life of one: made → perhaps paused, changed, its secret replaced → removed; or `gone`, when it answered 410: until its host says otherwise.
 */
import { CrowdcueError } from '@crowdcue/protocol';
import type { Clock } from '../clock.js';
import { randomText, type RandomSource } from '../identity/index.js';
import type { Outbox } from '../outbox/index.js';
import type { RecordTable } from '../store/index.js';
import type { AddressGuard } from './address-guard.js';
import { DEFAULT_TYPES, MESSAGE_TYPES } from './messages.js';
import { type KeptSecret, Secrets } from './secrets.js';

export type EndpointState = 'on' | 'paused' | 'gone';

/** An endpoint as it is kept. */
export interface EndpointRecord {
  readonly id: string;
  readonly workspace: string;
  /** its only event; left out: all of the workspace's, also those to come */
  readonly event?: string;
  readonly url: string;
  readonly types: readonly string[];
  readonly description: string;
  readonly state: EndpointState;
  readonly secrets: readonly KeptSecret[];
  /** ms since 1970 */
  readonly createdAt: number;
}

/** An endpoint as its host sees it. */
export interface EndpointView extends Omit<EndpointRecord, 'secrets' | 'workspace'> {
  /** ms since 1970, until when the secret before this one signs too */
  readonly oldSecretUntil?: number;
}

export interface EndpointSpec {
  readonly url: string;
  readonly event?: string | undefined;
  readonly types?: readonly string[] | undefined;
  readonly description?: string | undefined;
  /** whether it is told what happened before it was made */
  readonly from?: 'start' | 'now' | undefined;
}

export interface EndpointChange extends Pick<EndpointSpec, 'types' | 'description'> {
  readonly url?: string | undefined;
  readonly paused?: boolean | undefined;
}

/** Of one workspace. */
const ENDPOINTS = 20;
const ID_LETTERS = 'abcdefghijkmnpqrstuvwxyz23456789';
const ID_LENGTH = 12;

export interface EndpointDeskOptions {
  readonly table: RecordTable<EndpointRecord>;
  readonly secrets: Secrets;
  readonly guard: AddressGuard;
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly random: RandomSource;
  /** Ids of a workspace's events. */
  eventsOf(workspace: string): readonly string[];
  /** Whose event it is; undefined of one that is none. */
  workspaceOf(event: string): string | undefined;
}

const typesOf = (types: readonly string[] = DEFAULT_TYPES): string[] => {
  const unknown = types.find((type) => !MESSAGE_TYPES.includes(type));
  if (unknown !== undefined) throw new CrowdcueError('webhook_bad_request', `types: there is no type ${unknown.slice(0, 60)}; there are ${MESSAGE_TYPES.join(', ')}.`);
  if (types.length === 0) throw new CrowdcueError('webhook_bad_request', 'types: name one at least.');
  return [...new Set(types)];
};

type WorkspaceOf = EndpointDeskOptions['workspaceOf'];

/** Whether what happens in an event is an endpoint's to know: it is the event's own, or of its workspace. */
const isOf = ({ event: own, workspace }: EndpointRecord, event: string, workspaceOf: WorkspaceOf): boolean => (own === undefined ? workspaceOf(event) === workspace : own === event);

/** Ids of those that an event's messages go to. */
export const endpointsOf = (all: readonly EndpointRecord[], event: string, workspaceOf: WorkspaceOf): string[] => all.filter((each) => isOf(each, event, workspaceOf)).map(({ id }) => id);

export class EndpointDesk {
  readonly #endpoints: Map<string, EndpointRecord>;
  readonly #listeners: (() => void)[] = [];

  constructor(private readonly options: EndpointDeskOptions) {
    this.#endpoints = new Map(options.table.entries());
    options.table.watch((id, record) => this.#set(id, record));
  }

  /** Calls `changed` after each change, whichever origin made it. */
  onChange(changed: () => void): void {
    this.#listeners.push(changed);
  }

  all(): EndpointRecord[] {
    return [...this.#endpoints.values()];
  }

  find(id: string): EndpointRecord | undefined {
    return this.#endpoints.get(id);
  }

  list(workspace: string): EndpointView[] {
    return this.all().filter((each) => each.workspace === workspace).sort((a, b) => a.createdAt - b.createdAt).map((each) => this.#view(each));
  }

  /** Throws `webhook_unknown`. */
  get(workspace: string, id: string): EndpointRecord {
    const record = this.#endpoints.get(id);
    if (record?.workspace !== workspace) throw new CrowdcueError('webhook_unknown');
    return record;
  }

  /** Ids of those that an event's messages go to. */
  endpointsOf(event: string): string[] {
    return endpointsOf(this.all(), event, this.options.workspaceOf);
  }

  /** The events that an endpoint is told of. */
  eventsOf({ event, workspace }: EndpointRecord): readonly string[] {
    return event === undefined ? this.options.eventsOf(workspace) : [event];
  }

  /** Whether an endpoint is told of an event. */
  wants(record: EndpointRecord, event: string): boolean {
    return record.state === 'on' && isOf(record, event, this.options.workspaceOf);
  }

  /** Secrets that sign now. */
  secretsOf({ id, secrets }: EndpointRecord): string[] {
    return this.options.secrets.open(secrets, id, this.options.clock.now());
  }

  /** Throws `webhook_bad_request`, `webhook_url_refused`. The caller has checked that the event is the workspace's. */
  async create(workspace: string, { url, event, types, description = '', from = 'now' }: EndpointSpec): Promise<{ readonly endpoint: EndpointView; readonly secret: string }> {
    const { guard, outbox, secrets, clock, random, table } = this.options;
    if (this.list(workspace).length >= ENDPOINTS) throw new CrowdcueError('webhook_bad_request', `A workspace has ${ENDPOINTS} endpoints at most.`);
    const wanted = typesOf(types);
    await guard.check(url);
    const id = `wh_${randomText(random, ID_LETTERS, ID_LENGTH)}`;
    const { secret, kept } = secrets.fresh(id);
    const record: EndpointRecord = {
      id, workspace, ...(event === undefined ? {} : { event }), url, types: wanted, description, state: 'on', secrets: [kept], createdAt: clock.now(),
    };
    // Books before the record: once it is there every origin reads them. An event that comes later is read from its start.
    for (const each of this.eventsOf(record)) await outbox.open({ event: each, endpoint: id }, from);
    await table.put(id, record);
    this.#set(id, record);
    return { endpoint: this.#view(record), secret };
  }

  /** Throws `webhook_unknown`, `webhook_bad_request`, `webhook_url_refused`. */
  async change(workspace: string, id: string, { url, types, description, paused }: EndpointChange): Promise<EndpointView> {
    this.get(workspace, id);
    const wanted = types === undefined ? undefined : typesOf(types);
    if (url !== undefined) await this.options.guard.check(url);
    return this.#view(await this.#change(id, (before) => ({
      ...before, url: url ?? before.url, types: wanted ?? before.types, description: description ?? before.description,
      state: paused === undefined ? before.state : paused ? 'paused' : 'on',
    })));
  }

  /** A new secret; the one before signs beside it for `overlapMs`. Throws `webhook_unknown`. */
  async rotate(workspace: string, id: string, overlapMs: number): Promise<{ readonly endpoint: EndpointView; readonly secret: string }> {
    this.get(workspace, id);
    const { secrets, clock } = this.options;
    const { secret, kept } = secrets.fresh(id);
    const record = await this.#change(id, (before) => ({ ...before, secrets: Secrets.rotated(before.secrets, kept, clock.now(), overlapMs) }));
    return { endpoint: this.#view(record), secret };
  }

  /** It wants nothing any more; a host may put it on again. Answers whether it was on: of several tries that hear it, one switches it off. */
  async gone(id: string): Promise<boolean> {
    let wasOn = false;
    await this.#change(id, (before) => {
      wasOn = before.state === 'on';
      return wasOn ? { ...before, state: 'gone' } : before;
    });
    return wasOn;
  }

  /** Forgets it with its books. Throws `webhook_unknown`. */
  async remove(workspace: string, id: string): Promise<void> {
    const record = this.get(workspace, id);
    await this.options.table.remove(id);
    this.#set(id, undefined);
    for (const event of this.eventsOf(record)) await this.options.outbox.remove({ event, endpoint: id });
  }

  view(workspace: string, id: string): EndpointView {
    return this.#view(this.get(workspace, id));
  }

  #view({ secrets, workspace: _, ...record }: EndpointRecord): EndpointView {
    const ends = secrets.flatMap(({ until = 0 }) => (until > this.options.clock.now() ? [until] : []));
    return { ...record, ...(ends.length === 0 ? {} : { oldSecretUntil: Math.max(...ends) }) };
  }

  async #change(id: string, make: (before: EndpointRecord) => EndpointRecord): Promise<EndpointRecord> {
    const record = await this.options.table.change(id, make);
    this.#set(id, record);
    if (record === undefined) throw new CrowdcueError('webhook_unknown');
    return record;
  }

  #set(id: string, record: EndpointRecord | undefined): void {
    if (record === undefined) this.#endpoints.delete(id);
    else this.#endpoints.set(id, record);
    for (const changed of this.#listeners) changed();
  }
}
