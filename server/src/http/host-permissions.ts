/**
 * What each role may do, and what each host route needs: the one place. A host route that does not stand here is for hosts alone, and a
 * test fails that finds one. `does` is the word that the audit log and the console use for the command.
 */
import type { HostPermission, HostRole } from '@crowdcue/protocol';

export const ROLE_MAY: Readonly<Record<HostRole, readonly HostPermission[]>> = {
  moderator: ['look', 'names'],
  'co-host': ['look', 'names', 'show'],
  host: ['look', 'names', 'show', 'own'],
};

export interface HostRule {
  readonly may: HostPermission;
  readonly does: string;
  /** Answers with what opens the console: that is not kept, so the command takes no key. */
  readonly secret?: true;
  /** May be given to an event that is over: again, where the room did not hear it. */
  readonly ended?: true;
}

const rule = (may: HostPermission, does: string): HostRule => ({ may, does });
const secret = (does: string): HostRule => ({ may: 'own', does, secret: true });

export const HOST_RULES: Readonly<Record<string, HostRule>> = {
  'GET /api/host/me': rule('look', 'who am I'),
  'GET /api/workspaces': rule('look', 'list workspaces'),
  'GET /api/events': rule('look', 'list events'),
  'GET /api/events/:id': rule('look', 'overview'),
  'GET /api/events/:id/viewers': rule('look', 'list viewers'),
  'GET /api/twitch/channels': rule('look', 'list channels'),

  'POST /api/events/:id/viewers/:viewer/ban': rule('names', 'ban'),
  'DELETE /api/events/:id/viewers/:viewer/ban': rule('names', 'unban'),
  'POST /api/events/:id/viewers/:viewer/hold': rule('names', 'hold name'),
  'DELETE /api/events/:id/viewers/:viewer/hold': rule('names', 'approve name'),

  'GET /api/events/:id/names': rule('names', 'list names'),
  'POST /api/events/:id/names': rule('names', 'decide names'),

  'POST /api/events/:id/cue': rule('show', 'cue'),
  'POST /api/events/:id/stop': rule('show', 'stop round'),
  'POST /api/events/:id/settle': rule('show', 'settle'),

  'POST /api/events/:id/flashes': rule('show', 'flash'),
  'DELETE /api/events/:id/flashes': rule('show', 'end flashes'),
  'POST /api/events/:id/packager': rule('show', 'set packager'),
  'PUT /api/events/:id/fallback': rule('show', 'set fallback'),
  'POST /api/events/:id/captions': rule('show', 'post captions'),
  'POST /api/events/:id/plan/:cue/cue': rule('show', 'cue planned'),
  'POST /api/events/:id/plan/:cue/skip': rule('show', 'skip planned'),
  'POST /api/events/:id/plan/:cue/undo': rule('show', 'take planned back'),

  'GET /api/templates': rule('own', 'list templates'),
  'PUT /api/events/:id/plan': rule('own', 'set plan'),
  'PUT /api/events/:id/plan/:cue': rule('own', 'change planned'),
  'DELETE /api/events/:id/plan/:cue': rule('own', 'remove planned'),
  'POST /api/events/:id/plan/:cue/move': rule('own', 'move planned'),
  'POST /api/events/:id/rehearsal': rule('own', 'prepare rehearsal'),
  'GET /api/events/:id/rehearsal/run': rule('own', 'look at rehearsal'),
  'POST /api/events/:id/rehearsal/run': rule('own', 'run rehearsal'),
  'DELETE /api/events/:id/rehearsal/run': rule('own', 'stop rehearsal'),
  'GET /api/events/:id/keys': rule('own', 'read keys'),
  'DELETE /api/events/:id/keys/:kind': secret('replace key'),
  'POST /api/events': rule('own', 'create event'),
  'POST /api/events/:id/off': rule('own', 'take off air'),
  'POST /api/events/:id/on': rule('own', 'put on air'),
  'POST /api/events/:id/end': { ...rule('own', 'end event'), ended: true },
  'POST /api/events/:id/drops': rule('own', 'add drop'),
  'POST /api/events/:id/drops/:drop/codes': rule('own', 'upload codes'),
  'POST /api/events/:id/drops/:drop/restock': rule('own', 'restock'),
  'POST /api/events/:id/drops/:drop/open': rule('show', 'open or close drop'),
  'DELETE /api/events/:id/drops/:drop/viewers/:viewer': { ...rule('own', 'take drop back'), ended: true },
  'GET /api/events/:id/drops/:drop/winners': rule('own', 'read winners'),
  'GET /api/events/:id/drops/:drop/winners.csv': rule('own', 'read winners'),
  'GET /api/events/:id/tiers': rule('own', 'read tier links'),
  'DELETE /api/events/:id/tiers/:tier': secret('replace tier link'),
  'GET /api/events/:id/settlement': rule('own', 'read statement'),
  'GET /api/events/:id/settlement.csv': rule('own', 'read statement'),
  'POST /api/events/:id/settlement': { ...rule('own', 'close statement'), ended: true },
  'GET /api/events/:id/ledger': rule('own', 'read ledger'),
  'POST /api/events/:id/sponsor': rule('own', 'set sponsor'),
  'DELETE /api/events/:id/sponsor': rule('own', 'remove sponsor'),
  'PUT /api/events/:id/names': rule('own', 'set names'),
  'POST /api/events/:id/embed': rule('own', 'set embedding'),
  // What is answered is personal: it is not kept for a repeated key.
  'POST /api/events/:id/people/export': { ...secret('export person'), ended: true },
  'POST /api/events/:id/people/erase': { ...secret('erase person'), ended: true },
  'PUT /api/events/:id/retention': { ...rule('own', 'set retention'), ended: true },
  'GET /api/events/:id/quests/given': rule('own', 'read quests'), // right answers stand in them
  'PUT /api/events/:id/quests': rule('own', 'set quests'),
  'GET /api/ledger': rule('own', 'ledger status'),
  'POST /api/ledger/reconcile': rule('own', 'reconcile ledger'),
  'PUT /api/twitch/channels/:channel': rule('own', 'link channel'),
  'DELETE /api/twitch/channels/:channel': rule('own', 'unlink channel'),
  'POST /api/host/links': secret('make host link'),
  'DELETE /api/host/session': rule('own', 'sign all out'),
  'GET /api/webhooks': rule('own', 'list webhooks'),
  'POST /api/webhooks': secret('add webhook'),
  'PUT /api/webhooks/:webhook': rule('own', 'change webhook'),
  'DELETE /api/webhooks/:webhook': rule('own', 'remove webhook'),
  'POST /api/webhooks/:webhook/secret': secret('replace webhook secret'),
  'POST /api/webhooks/:webhook/ping': rule('own', 'ping webhook'),
  'GET /api/webhooks/:webhook/deliveries': rule('own', 'list deliveries'),
  'GET /api/webhooks/:webhook/dead': rule('own', 'list dead letters'),
  'POST /api/webhooks/:webhook/replay': rule('own', 'replay dead letters'),
  'POST /api/webhooks/:webhook/discard': rule('own', 'discard dead letters'),
  'GET /api/commerce/secret': rule('own', 'look for commerce secret'),
  'POST /api/commerce/secret': secret('replace commerce secret'),
  'DELETE /api/commerce/secret': rule('own', 'remove commerce secret'),
  'GET /api/events/:id/commerce/secret': rule('own', 'look for commerce secret'),
  'POST /api/events/:id/commerce/secret': { ...secret('replace commerce secret'), ended: true },
  'DELETE /api/events/:id/commerce/secret': { ...rule('own', 'remove commerce secret'), ended: true },
  'GET /api/workspaces/audit': rule('own', 'read audit log'),
  'GET /api/workspaces/members': rule('own', 'list members'),
  'POST /api/workspaces/members': secret('invite'),
  'PUT /api/workspaces/members/:member': rule('own', 'change role'),
  'DELETE /api/workspaces/members/:member': rule('own', 'revoke'),
  'POST /api/workspaces/members/:member/link': secret('make member link'),
  'POST /api/workspaces': secret('create workspace'),
  'POST /api/workspaces/:workspace/link': secret('make workspace link'),
};

/** What a host route needs. */
export const ruleOf = (method: string, path: string): HostRule => HOST_RULES[`${method} ${path}`] ?? { may: 'own', does: `${method} ${path}` };
