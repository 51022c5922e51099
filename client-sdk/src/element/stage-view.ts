import { html, type TemplateResult } from 'lit';
import { armedPanel, endedPanel, idlePanel, lateLine, loadingPanel, offPanel, queuedPanel, timeBar, unknownGamePanel, type PanelContext } from './panels.js';
import type { GameSession } from './session-port.js';
import type { Stage } from './stage.js';
import type { ViewSlot } from './view-slot.js';

/** What a stage is shown of. */
export interface Shown {
  readonly stage: Stage;
  readonly session: GameSession | undefined;
  readonly slot: ViewSlot;
  /** What comes over a stage that is calm. */
  readonly offer: TemplateResult | undefined;
  /** The viewer tries again after an end. */
  again(): void;
}

/** What fills the element. */
export const stageView = (context: PanelContext, { stage, session, slot, offer, again }: Shown): TemplateResult => {
  if (stage.kind === 'ended') return endedPanel(context, stage.ending, again);
  if (stage.kind === 'queued') return queuedPanel(context, stage);
  if (stage.kind === 'loading' || session?.state === undefined) return loadingPanel(context);
  if (stage.kind === 'off') return offPanel(context);
  const { state } = session;
  if (offer !== undefined) return offer;
  if (stage.kind === 'idle') return idlePanel(context, state.viewers);
  const { text, view, over, broken } = slot;
  if (broken) return unknownGamePanel(context);
  if (text === undefined || view === undefined) return loadingPanel(context);
  switch (stage.kind) {
    case 'armed': return armedPanel(context, text, stage.seconds);
    case 'over': return over.part?.overPanel(context, text, state, session.me, view.recap()) ?? loadingPanel(context);
    case 'live': return html`${timeBar(context, state, stage.secondsLeft)}${lateLine(context, stage.wait, session.me?.unscored)}
      <div class="game" part="game">${view}</div>`;
  }
};
