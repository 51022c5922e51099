import { html, nothing, type TemplateResult } from 'lit';
import type { CrowdView, MeView } from '@crowdcue/protocol';
import { icons } from './icons.js';
import type { PanelContext } from './panels.js';
import type { Reward } from './rewards.js';
import type { Notice, Stage } from './stage.js';

/** Event, on-air tag and how many are here. */
export const headerBar = ({ text, language }: PanelContext, stage: Stage, name: string, state: CrowdView | undefined): TemplateResult => html`<header part="header">
  ${stage.kind === 'live' ? html`<span class="live-tag" part="live-tag">${text.onAir}</span>` : nothing}
  <b>${name}</b><span class="gap"></span>
  ${state === undefined || stage.kind === 'idle' || stage.kind === 'ended' ? nothing : html`<span class="people" part="people">${icons.people}
    <crowdcue-number .value=${state.viewers} .language=${language}></crowdcue-number><span class="said">${text.here(state.viewers)}</span></span>`}
</header>`;

/** What is wrong with the connection, as a quiet strip: the game stays where it is. */
export const noticeBar = ({ text }: PanelContext, notice: Notice | undefined): TemplateResult | typeof nothing =>
  notice === undefined ? nothing : html`<p class="notice" part="notice ${notice}" role="status">${notice === 'hold' ? icons.pause : icons.signal}${text.notices[notice]}</p>`;

/** Who the viewer is here, and the way to their rewards. */
export const footerBar = ({ text }: PanelContext, me: MeView | undefined, fallbackName: string, rewards: readonly Reward[], open: () => void): TemplateResult => {
  const waiting = rewards.some((reward) => reward.state === 'unlocked');
  return html`<footer part="footer"><span class="name">${me?.name ?? fallbackName}</span><span class="gap"></span>
    ${rewards.length === 0 ? nothing : html`<button type="button" class="gifts ${waiting ? 'new' : ''}" part="rewards" @click=${open}>${icons.gift}${text.rewards(rewards.length)}</button>`}
  </footer>`;
};
