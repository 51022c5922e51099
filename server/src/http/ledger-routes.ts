import { CrowdcueError } from '@crowdcue/protocol';
import { z } from 'zod';
import { OWN_WORKSPACE, type HostPerson } from '../events/workspace-desk.js';
import { reconcileAll, type CareStatus, type Checker, type Ledger, type LedgerCare } from '../ledger/index.js';
import type { HostDoor } from './host-door.js';
import { json } from './reply.js';
import { route, type Route } from './router.js';

export interface LedgerRoutesOptions {
  readonly door: HostDoor;
  readonly ledger: Pick<Ledger, 'entries' | 'reconcile'>;
  readonly care: LedgerCare;
  /** Parts of other layers that a reconciliation compares too. */
  readonly checkers?: readonly Checker[];
}

/** Lost receipts and differences in one answer; the command line tells all of them. */
const TOLD = 100;
const reconcileSpec = z.object({ event: z.string().min(1).max(64).optional(), repair: z.boolean().optional(), accept: z.boolean().optional() }).strict();

const statusOf = ({ lost, ...status }: CareStatus): object => ({ ...status, lost: lost.length, receipts: lost.slice(0, TOLD).map(({ told, stands }) => ({ event: told.event, seq: told.seq, receipt: told.receipt ?? told.entry, ...(stands !== undefined && { stands }) })) });

/** The ledger of the whole installation: for its own hosts alone, whatever workspaces there are. */
export const ledgerRoutes = ({ door, ledger, care, checkers = [] }: LedgerRoutesOptions): Route[] => {
  const { guard } = door;
  const installation = ({ workspace }: HostPerson): void => {
    if (workspace !== OWN_WORKSPACE) throw new CrowdcueError('role_forbidden', 'The ledger is cared for by the host of the installation.');
  };
  return [
    route({
      method: 'GET', path: '/api/ledger', guard,
      handle: async ({ who }) => {
        installation(who);
        return json(statusOf(await care.status()));
      },
    }),
    route({
      method: 'POST', path: '/api/ledger/reconcile', guard, body: reconcileSpec,
      handle: async ({ who, body: { event, repair, accept } }) => {
        installation(who);
        if (event !== undefined && !(await care.events()).includes(event)) throw new CrowdcueError('event_unknown');
        const { status, repair: repaired, events } = await reconcileAll({ ledger, care }, { event, repair, accept, checkers });
        return json({
          ...statusOf(status), ...(repaired !== undefined && { repair: repaired }),
          events: events.map(({ event: name, findings }) => ({ event: name, differences: findings.length, findings: findings.slice(0, TOLD) })),
        });
      },
    }),
  ];
};
