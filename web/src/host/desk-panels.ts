/** How the desk is laid out: which panels there are for whom, and which command each of their events is. */
import type { HostViewer, MemberView } from '@crowdcue/protocol';
import { html, nothing, type TemplateResult } from 'lit';
import './audit-panel.js';
import './cue-panel.js';
import type { DeskCommands } from './desk-commands.js';
import type { DeskStore } from './desk-store.js';
import type { DropTools } from './drop-panel.js';
import './drops-panel.js';
import './fallback-panel.js';
import type { KeyKind } from './host-api.js';
import type { CueDraft, PackagerDraft } from './host-drafts.js';
import './join-card.js';
import './names-panel.js';
import './on-air-panel.js';
import './pictures-panel.js';
import './plan-panel.js';
import type { PlanCommand } from './plan-panel.js';
import './pulse-panel.js';
import './rehearsal-card.js';
import './relays-panel.js';
import './rounds-panel.js';
import './setup-card.js';
import type { SetupDesk } from './setup-panel.js';
import './stream-card.js';
import type { Toast } from './toasts.js';
import './viewers-panel.js';

/** What is laid out. */
export interface DeskSight {
  readonly store: DeskStore;
  readonly commands: DeskCommands;
  readonly busy: boolean;
  /** For the set-up; absent where the event is not known yet. */
  readonly setup: SetupDesk | undefined;
  /** For the parts of drops. */
  readonly drops: DropTools | undefined;
}

export const deskPanels = ({ store, commands, busy, setup, drops }: DeskSight): TemplateResult => {
  const { overview, event, games } = store;
  const game = games.find(({ id }) => id === overview?.game);
  return html`<main @tell=${(e: CustomEvent<Toast>) => commands.tell(e.detail)} class="desk ${store.link.kind === 'unreachable' ? 'stale' : ''} ${store.may('show') ? '' : 'watching'}">
    <h1 class="hidden-text" tabindex="-1">${event?.name}</h1>
    <cc-on-air .overview=${overview} .game=${game} .eventNow=${() => store.eventNow()} ?busy=${busy} ?watching=${!store.may('show')} @stop-round=${() => commands.stop()} @settle-round=${(e: CustomEvent<{ outcome: number; name: string }>) => commands.settle(e.detail)}></cc-on-air>
    ${store.may('show') ? html`<cc-cue .games=${games} .overview=${overview} ?reachable=${store.link.kind === 'live'} ?busy=${busy} @cue=${(e: CustomEvent<CueDraft>) => commands.cue(e.detail)}></cc-cue>` : nothing}
    <cc-pulse .overview=${overview} .pulses=${store.pulses}></cc-pulse>
    <div class="side">
      ${event === undefined ? nothing : html`<cc-join-card .event=${event}></cc-join-card>`}
      ${event?.plan === undefined ? nothing : html`<cc-plan .plan=${event.plan} .games=${games} .now=${() => event.createdAt + store.eventNow()} ?busy=${busy} .may=${store.me?.may ?? []} .give=${(command: PlanCommand) => commands.plan(command)}></cc-plan>`}
      ${store.may('own') ? html`<cc-stream-card .eventId=${store.eventId} .overview=${overview} .load=${() => store.api.keys(store.eventId ?? '')} @revoke-key=${(e: CustomEvent<KeyKind>) => commands.revokeKey(e.detail)}></cc-stream-card>` : nothing}
      <cc-drops ?fixed=${!store.may('own')} .drops=${overview?.drops ?? []} .tools=${drops} @add-drop=${() => commands.addDrop()}></cc-drops>
      <cc-viewers .eventId=${store.eventId} .find=${(query: string) => store.api.viewers(store.eventId ?? '', query)}
        @ban=${(e: CustomEvent<HostViewer>) => commands.ban(e.detail)} @unban=${(e: CustomEvent<HostViewer>) => commands.unban(e.detail)}
        @hold=${(e: CustomEvent<HostViewer>) => commands.hold(e.detail, true)} @approve=${(e: CustomEvent<HostViewer>) => commands.hold(e.detail, false)}></cc-viewers>
      ${store.may('names') && event !== undefined ? html`<cc-names .eventId=${event.id} .api=${store.api} .ask=${commands.ask} ?own=${store.may('own')}></cc-names>` : nothing}
      ${store.may('show') && event !== undefined ? html`<cc-fallback .event=${event} .api=${store.api}></cc-fallback>` : nothing}
      ${store.may('show') ? html`<cc-pictures .overview=${overview} .eventNow=${() => store.eventNow()} ?busy=${busy} @flash=${() => commands.run(() => store.flash(true))}
        @end-flashes=${() => commands.run(() => store.flash(false))} @calibrate=${(e: CustomEvent<PackagerDraft>) => commands.run(() => store.calibrate(e.detail))}></cc-pictures>` : nothing}
      ${event === undefined || !store.may('own') ? nothing : html`<cc-rehearsal .event=${event} .api=${store.api} .prepare=${() => store.rehearse()} @show-event=${(e: CustomEvent<string>) => store.show(e.detail)}></cc-rehearsal>`}
      ${setup === undefined ? nothing : html`<cc-setup .desk=${setup}></cc-setup>`}
      <cc-relays .relays=${overview?.relays ?? []}></cc-relays>
      ${store.may('own') ? html`<cc-team .api=${store.api} @ask-revoke=${(e: CustomEvent<MemberView>) => commands.revoke(e.detail)}></cc-team><cc-audit .api=${store.api}></cc-audit>` : nothing}
    </div>
    <cc-rounds .rounds=${overview?.rounds ?? []} .games=${games}></cc-rounds>
  </main>`;
};
