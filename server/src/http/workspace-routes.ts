import { CrowdcueError } from '@crowdcue/protocol';
import { z } from 'zod';
import type { AuditLog } from '../events/audit-log.js';
import { OWN_WORKSPACE, type HostPerson, type WorkspaceDesk } from '../events/workspace-desk.js';
import type { HostAccess } from '../identity/index.js';
import type { HostDoor } from './host-door.js';
import { ROLE_MAY } from './host-permissions.js';
import { DONE, json } from './reply.js';
import { NO_BODY, route, type Route } from './router.js';

export interface WorkspaceRoutesOptions {
  readonly door: HostDoor;
  readonly access: HostAccess;
  readonly workspaces: WorkspaceDesk;
  readonly audit: AuditLog;
}

const AUDIT_PAGE = 50;
const name = z.string().trim().min(1).max(60);
const role = z.enum(['co-host', 'moderator']); // a host is whom a workspace was made for
const inviteSpec = z.object({ name, role });

/** Who works here, and what they did. */
export const workspaceRoutes = ({ door, access, workspaces, audit }: WorkspaceRoutesOptions): Route[] => {
  const { guard } = door;
  const members = '/api/workspaces/members';
  const installation = (who: HostPerson): void => {
    if (who.workspace !== OWN_WORKSPACE) throw new CrowdcueError('role_forbidden', 'Workspaces are made by the host of the installation.');
  };
  return [
    route({
      method: 'GET', path: '/api/host/me', guard,
      handle: ({ who }) => {
        const { id, name: title } = workspaces.workspace(who.workspace);
        return json({ workspace: { id, name: title }, id: who.id, name: who.name, role: who.role, may: ROLE_MAY[who.role] });
      },
    }),
    route({ method: 'GET', path: '/api/workspaces', guard, handle: ({ who }) => json({ workspaces: workspaces.of(who) }) }),
    route({
      method: 'GET', path: '/api/workspaces/audit', guard,
      handle: (call) => json({ entries: audit.list(call.who.workspace, call.query.get('before') ?? undefined, AUDIT_PAGE) }),
    }),
    route({ method: 'GET', path: members, guard, handle: (call) => json({ members: workspaces.members(call.who.workspace) }) }),
    route({
      method: 'POST', path: members, guard, body: inviteSpec,
      handle: async ({ who, body }) => {
        const { member, subject } = await workspaces.invite(who.workspace, body.name, body.role);
        return json({ member, ...access.createLink(subject) }, 201);
      },
    }),
    route({
      method: 'PUT', path: `${members}/:member`, guard, body: z.object({ role }),
      handle: async ({ who, params, body }) => json(await workspaces.change(who.workspace, params['member']!, body.role)),
    }),
    route({
      method: 'DELETE', path: `${members}/:member`, guard,
      handle: async ({ who, params }) => {
        await workspaces.revoke(who.workspace, params['member']!);
        return DONE;
      },
    }),
    route({
      method: 'POST', path: `${members}/:member/link`, guard, body: NO_BODY,
      handle: ({ who, params }) => json(access.createLink(workspaces.subject(who.workspace, params['member']!)), 201),
    }),
    route({
      method: 'POST', path: '/api/workspaces', guard, body: z.object({ name }),
      handle: async ({ who, body }) => {
        installation(who);
        const { workspace, subject } = await workspaces.create(body.name);
        return json({ workspace, ...access.createLink(subject) }, 201);
      },
    }),
    route({
      method: 'POST', path: '/api/workspaces/:workspace/link', guard, body: NO_BODY,
      handle: ({ who, params }) => {
        installation(who);
        return json(access.createLink(workspaces.hostOf(params['workspace']!)), 201);
      },
    }),
  ];
};
