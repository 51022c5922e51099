/**
 * Workspaces, and who works in them. A workspace owns events. The installation's own one is always there and belongs to whoever opens a
 * host link of the start; others are made by that host. A member is invited by a one-time link; what it may do is the role in its record,
 * asked with every command, so that a changed role or a revoked member counts at once, at every origin.
 */
import { CrowdcueError, type HostRole, type MemberView, type WorkspaceView } from '@crowdcue/protocol';
import type { Clock } from '../clock.js';
import { randomText, type RandomSource } from '../identity/index.js';
import type { RecordTable } from '../store/index.js';

/** The workspace that every installation has; events without another one are its. */
export const OWN_WORKSPACE = 'own';

export interface WorkspaceRecord {
  readonly id: string;
  readonly name: string;
  /** ms since 1970. */
  readonly createdAt: number;
}

/** Whose event it is. */
export const workspaceOf = ({ workspace = OWN_WORKSPACE }: { readonly workspace?: string }): string => workspace;

/** A member as it is kept. */
export interface MemberRecord extends MemberView {
  readonly workspace: string;
  /** Raised to end its sessions and void its links. */
  readonly version: number;
}

/** Who gives a command. */
export interface HostPerson {
  readonly workspace: string;
  readonly id: string;
  readonly name: string;
  readonly role: HostRole;
  /** As links and sessions name the member; the installation's host has none. */
  readonly member: string | undefined;
}

const ID_LETTERS = 'abcdefghijkmnpqrstuvwxyz23456789';
const ID_LENGTH = 10;
/** Of one workspace: a team, not a crowd. */
const MEMBERS = 50;
const WORKSPACES = 1_000;

const OWNER: HostPerson = { workspace: OWN_WORKSPACE, id: 'host', name: 'Host', role: 'host', member: undefined };
const OWN: WorkspaceRecord = { id: OWN_WORKSPACE, name: 'This installation', createdAt: 0 };
const memberText = ({ workspace, id, version }: MemberRecord): string => `${workspace}~${id}~${version}`;

export interface WorkspaceDeskOptions {
  readonly workspaces: RecordTable<WorkspaceRecord>;
  readonly members: RecordTable<MemberRecord>;
  readonly clock: Clock;
  readonly random: RandomSource;
}

export class WorkspaceDesk {
  readonly #workspaces: Map<string, WorkspaceRecord>;
  readonly #members: Map<string, MemberRecord>;

  constructor(private readonly options: WorkspaceDeskOptions) {
    this.#workspaces = new Map([[OWN.id, OWN], ...options.workspaces.entries()]);
    this.#members = new Map(options.members.entries());
    options.workspaces.watch((id, record) => (record === undefined ? this.#workspaces.delete(id) : this.#workspaces.set(id, record)));
    options.members.watch((id, record) => (record === undefined ? this.#members.delete(id) : this.#members.set(id, record)));
  }

  workspace(id: string): WorkspaceRecord {
    const record = this.#workspaces.get(id);
    if (record === undefined) throw new CrowdcueError('not_found', 'No workspace has this id.');
    return record;
  }

  /** Those that a person's session gets into: its own first; the installation's host makes links to every other one, the oldest first. */
  of(person: HostPerson): WorkspaceView[] {
    const { id, name } = this.workspace(person.workspace);
    const all = person.workspace === OWN_WORKSPACE && person.role === 'host' ? [...this.#workspaces.values()] : [];
    const others = all.filter((each) => each.id !== id).sort((a, b) => a.createdAt - b.createdAt);
    return [{ id, name, role: person.role }, ...others.map((each): WorkspaceView => ({ id: each.id, name: each.name, role: 'host' }))];
  }

  /** Whether a link or session of this member is good. */
  stands(member: string): boolean {
    return this.#named(member) !== undefined;
  }

  /** Who a checked session belongs to. Throws `host_forbidden` of a member that is none any more. */
  person(member: string | undefined): HostPerson {
    if (member === undefined) return OWNER;
    const record = this.#named(member);
    if (record === undefined) throw new CrowdcueError('host_forbidden');
    return { workspace: record.workspace, id: record.id, name: record.name, role: record.role, member };
  }

  /** The one invited longest first. */
  members(workspace: string): MemberView[] {
    return this.#of(workspace).map(({ id, name, role, since, joined }) => ({ id, name, role, since, joined }));
  }

  /** A new member, and how its links name it. Throws `bad_request` when there are enough. */
  async invite(workspace: string, name: string, role: HostRole): Promise<{ readonly member: MemberView; readonly subject: string }> {
    if (this.#of(workspace).length >= MEMBERS) throw new CrowdcueError('bad_request', `A workspace has ${MEMBERS} members at most; revoke somebody first.`);
    const id = randomText(this.options.random, ID_LETTERS, ID_LENGTH);
    const record: MemberRecord = { workspace, id, name, role, since: this.options.clock.now(), joined: false, version: 1 };
    await this.options.members.put(id, record);
    this.#members.set(id, record);
    const { version: _, workspace: __, ...member } = record;
    return { member, subject: memberText(record) };
  }

  /** How a link names this member. Throws `member_unknown`. */
  subject(workspace: string, id: string): string {
    return memberText(this.#get(workspace, id));
  }

  /** The link of the invitation was opened. */
  async joined(member: string | undefined): Promise<void> {
    const record = member === undefined ? undefined : this.#named(member);
    if (record !== undefined && !record.joined) await this.#change(record.id, (before) => ({ ...before, joined: true }));
  }

  /** Throws `member_unknown`, and `role_forbidden` of a host: a workspace keeps its own. */
  async change(workspace: string, id: string, role: HostRole): Promise<MemberView> {
    const record = this.#get(workspace, id);
    if (record.role === 'host') throw new CrowdcueError('role_forbidden', 'The host of a workspace stays its host.');
    if ((await this.#change(id, (before) => ({ ...before, role }))) === undefined) throw new CrowdcueError('member_unknown');
    return this.members(workspace).find((each) => each.id === id)!;
  }

  /** Ends the member's sessions and links at once. Throws as `change`. */
  async revoke(workspace: string, id: string): Promise<void> {
    const record = this.#get(workspace, id);
    if (record.role === 'host') throw new CrowdcueError('role_forbidden', 'The host of a workspace cannot be revoked.');
    await this.options.members.remove(id);
    this.#members.delete(id); // now: until it was durable, another origin's change of the member may have come in
  }

  /** A workspace with a host of its own. Throws `bad_request` when there are enough. */
  async create(name: string): Promise<{ readonly workspace: WorkspaceRecord; readonly subject: string }> {
    const { random, clock, workspaces } = this.options;
    if (this.#workspaces.size > WORKSPACES) throw new CrowdcueError('bad_request', `There are ${WORKSPACES} workspaces at most.`);
    const workspace = { id: randomText(random, ID_LETTERS, ID_LENGTH), name, createdAt: clock.now() };
    await workspaces.put(workspace.id, workspace);
    this.#workspaces.set(workspace.id, workspace);
    const { subject } = await this.invite(workspace.id, 'Host', 'host');
    return { workspace, subject };
  }

  /** How a link names the host of another workspace, who has lost theirs. Throws `not_found`. */
  hostOf(workspace: string): string {
    this.workspace(workspace);
    const host = this.#of(workspace).find(({ role }) => role === 'host');
    if (host === undefined) throw new CrowdcueError('not_found', 'This workspace has no host of its own.');
    return memberText(host);
  }

  /** Ends every session of a workspace's members and voids their links. */
  async signOut(workspace: string): Promise<void> {
    for (const { id } of this.#of(workspace)) await this.#change(id, (before) => ({ ...before, version: before.version + 1 }));
  }

  #named(member: string): MemberRecord | undefined {
    const [workspace, id, version] = member.split('~');
    const record = this.#members.get(id ?? '');
    return record?.workspace === workspace && String(record?.version) === version ? record : undefined;
  }

  #get(workspace: string, id: string): MemberRecord {
    const record = this.#members.get(id);
    if (record?.workspace !== workspace) throw new CrowdcueError('member_unknown');
    return record;
  }

  #of(workspace: string): MemberRecord[] {
    return [...this.#members.values()].filter((each) => each.workspace === workspace).sort((a, b) => a.since - b.since);
  }

  /** Of a member who is one still: what one origin revokes or signs out, another does not bring back. */
  async #change(id: string, make: (before: MemberRecord) => MemberRecord): Promise<MemberRecord | undefined> {
    const record = await this.options.members.change(id, make);
    if (record === undefined) this.#members.delete(id);
    else this.#members.set(id, record);
    return record;
  }
}
