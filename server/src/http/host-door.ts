/**
 * The way of every host command: session → person → role → event of the person's own workspace → once, where it has a key → done, and
 * into the audit log. Routes name `guard` and are wrapped where the router is made; nothing about roles stands anywhere else.
 */
import { createHash } from 'node:crypto';
import { CrowdcueError } from '@crowdcue/protocol';
import type { AuditLog } from '../events/audit-log.js';
import type { CommandKeys, KeptAnswer } from '../events/command-keys.js';
import type { EventDirectory } from '../events/event-directory.js';
import type { EventRecord } from '../events/event-record.js';
import { workspaceOf, type HostPerson, type WorkspaceDesk } from '../events/workspace-desk.js';
import { isHostSession, type HostAccess } from '../identity/index.js';
import { HOST_RULES, ROLE_MAY, ruleOf, type HostRule } from './host-permissions.js';
import { codedError, type Reply } from './reply.js';
import { bearerOf, type Request } from './request.js';
import type { Route, RouteCall } from './router.js';

export interface HostDoorOptions {
  readonly access: HostAccess;
  readonly workspaces: WorkspaceDesk;
  readonly events: EventDirectory;
  readonly audit: AuditLog;
  readonly keys: CommandKeys;
}

type Params = Readonly<Record<string, string>>;
export type HostGuard = (request: Request, params: Params) => HostPerson;

const IDEMPOTENCY_KEY = /^[\w-]{1,64}$/;
/** What of a body is told in the audit log: nothing that opens anything. */
const TOLD = ['name', 'game', 'outcome', 'role', 'event'] as const;

export class HostDoor {
  readonly #mixed = new Set<unknown>();

  constructor(private readonly options: HostDoorOptions) {}

  /** Marks a route as a host's; by itself it lets only hosts in. */
  readonly guard: HostGuard = (request, params) => this.#admit({ may: 'own', does: '' }, request, params);

  /**
   * The guard of a route that a machine asks too, with a key of its own: whoever comes with a host's session needs the role that the table
   * names. What machines ask all the time is not logged.
   */
  orKey(name: string, key: (request: Request, params: Params) => void): (request: Request, params: Params) => void {
    const guard = (request: Request, params: Params): void => {
      if (isHostSession(bearerOf(request))) this.#admit(HOST_RULES[name]!, request, params);
      else key(request, params);
    };
    this.#mixed.add(guard);
    return guard;
  }

  /** Whether a route is a host's. */
  isHosts(route: Route): boolean {
    return (route.guard as unknown) === this.guard || this.#mixed.has(route.guard);
  }

  /** The route with its role, log and keys, if it is a host's. */
  wrap(route: Route): Route {
    if ((route.guard as unknown) !== this.guard) return route;
    const rule = ruleOf(route.method, route.path);
    const told = route.method !== 'GET';
    return {
      ...route,
      guard: (request, params) => {
        try {
          return this.#admit(rule, request, params);
        } catch (error) {
          if (told) this.#refused(rule, request, params, error);
          throw error;
        }
      },
      handle: (call) => (told ? this.#command(rule, route, call as RouteCall<unknown, HostPerson>) : route.handle(call)),
    };
  }

  /** The event of an id or code, when it is this person's. Throws `event_unknown`. */
  own(person: HostPerson, idOrCode: string): EventRecord {
    return ofPerson(person, this.options.events.find(idOrCode));
  }

  /** Whether there is an event of this id, and it is this person's. */
  owns(person: HostPerson, id: string): boolean {
    const { events } = this.options;
    return events.has(id) && workspaceOf(events.get(id)) === person.workspace;
  }

  #admit({ may, ended }: HostRule, request: Request, params: Params): HostPerson {
    const { access, workspaces, events } = this.options;
    const person = workspaces.person(access.check(bearerOf(request)));
    if (!ROLE_MAY[person.role].includes(may)) throw new CrowdcueError('role_forbidden', `You are here as ${person.role}.`);
    const { id } = params;
    if (id === undefined) return person;
    const { endedAt } = ofPerson(person, events.get(id));
    if (request.method !== 'GET' && request.method !== 'HEAD' && endedAt !== undefined && ended !== true) throw new CrowdcueError('event_ended');
    return person;
  }

  async #command(rule: HostRule, route: Route, call: RouteCall<unknown, HostPerson>): Promise<Reply> {
    const entry = { workspace: call.who.workspace, who: whoOf(call.who), does: rule.does, ...aboutOf(call.params), ...detailOf(call.body) };
    const run = async (): Promise<Reply> => {
      const reply = await route.handle(call);
      await this.options.audit.add({ ...entry, outcome: 'done' });
      return reply;
    };
    try {
      const key = call.headers['idempotency-key'];
      return await (key === undefined ? run() : this.#once(rule, key, call, run));
    } catch (error) {
      await this.options.audit.add({ ...entry, outcome: codedError(error).code });
      throw error;
    }
  }

  #once({ secret }: HostRule, key: string, call: RouteCall<unknown, HostPerson>, run: () => Promise<Reply>): Promise<Reply> {
    if (!IDEMPOTENCY_KEY.test(key)) throw new CrowdcueError('bad_request', 'Idempotency-Key: must be 1 to 64 letters, digits, "-" or "_"');
    if (secret) throw new CrowdcueError('bad_request', 'Idempotency-Key: the answer to this command is not kept');
    const command = createHash('sha256').update(JSON.stringify([call.method, call.path, call.body ?? null])).digest('base64url');
    return this.options.keys.once(`${call.who.workspace}|${call.who.id}|${key}`, command, async (): Promise<KeptAnswer> => {
      const { status, headers, body } = await run();
      return { status, headers, body: String(body) };
    });
  }

  /** Somebody was turned away who is known, or knocked at an event that is. */
  #refused(rule: HostRule, request: Request, params: Params, error: unknown): void {
    const who = this.#known(request);
    const event = params['id'] === undefined || !this.options.events.has(params['id']) ? undefined : this.options.events.get(params['id']);
    const workspace = who?.workspace ?? (event === undefined ? undefined : workspaceOf(event));
    if (workspace === undefined) return;
    void this.options.audit.add({ workspace, ...(who === undefined ? {} : { who: whoOf(who) }), does: rule.does, ...aboutOf(params), outcome: codedError(error).code });
  }

  #known(request: Request): HostPerson | undefined {
    try {
      return this.options.workspaces.person(this.options.access.check(bearerOf(request)));
    } catch {
      return undefined; // no session: that is why it was refused
    }
  }
}

/** The event, when it is this person's. Throws `event_unknown`. */
const ofPerson = (person: HostPerson, event: EventRecord): EventRecord => {
  if (workspaceOf(event) !== person.workspace) throw new CrowdcueError('event_unknown');
  return event;
};

const whoOf = ({ id, name, role }: HostPerson): { id: string; name: string; role: HostPerson['role'] } => ({ id, name, role });

const aboutOf = ({ id, viewer, member, channel, workspace, cue, kind, webhook }: Params): { event?: string; target?: string } => {
  const target = (viewer ?? member ?? channel ?? workspace ?? cue ?? kind ?? webhook)?.slice(0, 64);
  return { ...(id === undefined ? {} : { event: id.slice(0, 64) }), ...(target === undefined ? {} : { target }) };
};

const detailOf = (body: unknown): { detail?: string } => {
  const fields = (body ?? {}) as Record<string, unknown>;
  const words = TOLD.flatMap((name) => (['string', 'number'].includes(typeof fields[name]) ? [String(fields[name])] : []));
  return words.length === 0 ? {} : { detail: words.join(' · ').slice(0, 120) };
};
