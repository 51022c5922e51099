import { html, nothing, type TemplateResult } from 'lit';
import type { CrowdView } from '@crowdcue/protocol';
import type { PanelText } from './element-text.js';
import { icons } from './icons.js';
import type { PanelContext } from './panels.js';
import type { RewardSlot } from './reward-slot.js';
import type { Notice, Stage } from './stage.js';

/** Event, on-air tag and how many are here. */
export const headerBar = ({ text, language }: PanelContext, stage: Stage, name: string, state: CrowdView | undefined): TemplateResult => html`<header part="header">
  ${stage.kind === 'live' ? html`<span class="live-tag" part="live-tag">${text.onAir}</span>` : nothing}
  <b dir="auto">${name}</b><span class="gap"></span>
  ${state === undefined || stage.kind === 'idle' || stage.kind === 'ended' ? nothing : html`<span class="people" part="people">${icons.people}
    <crowdcue-number .value=${state.viewers} .language=${language}></crowdcue-number><span class="said">${text.here(state.viewers)}</span></span>`}
</header>`;

/** What is wrong, as a quiet strip: the game stays where it is. */
export const noticeBar = ({ text }: PanelContext, notice: Notice | undefined): TemplateResult | typeof nothing =>
  notice === undefined ? nothing : html`<p class="notice" part="notice ${notice}" role="status">${notice === 'hold' ? icons.pause : icons.signal}${text.notices[notice]}</p>`;

/** Over what was last known, while no relay is in reach: calm, for there is nothing to do. */
export const awayCover = ({ title, body }: PanelText, fallback?: TemplateResult): TemplateResult => html`<div class="away" part="away">
  <div>${fallback ?? html`<span class="beacon" aria-hidden="true"><i></i><i></i><i></i></span><h2>${title}</h2><p>${body}</p>`}</div>
</div>`;

/** Who the viewer is here, and the way to their rewards; it is also how to try again when those did not load. */
export const footerBar = ({ text }: PanelContext, name: unknown, rewards: RewardSlot, open: () => void, quests: unknown): TemplateResult => {
  const { list, broken } = rewards;
  const loud = broken || list.some((reward) => reward.state === 'unlocked');
  return html`<footer part="footer">${name}<span class="gap"></span>${quests}
    ${list.length === 0 && !broken ? nothing : html`<button type="button" class="gifts ${loud ? 'new' : ''}" part="rewards" @click=${open}>${icons.gift}${broken ? text.retry : text.rewards(list.length)}</button>`}
  </footer>`;
};
