import { html, type TemplateResult } from 'lit';
import { armedPanel, endedPanel, idlePanel, lateLine, loadingPanel, offPanel, queuedPanel, timeBar, unknownGamePanel, type PanelContext } from './panels.js';
import type { GameSession } from './session-port.js';
import type { Ending, Stage } from './stage.js';
import type { ViewSlot } from './view-slot.js';

/** What a stage is shown of. */
export interface Shown {
  readonly stage: Stage;
  readonly session: GameSession | undefined;
  readonly slot: ViewSlot;
  /** What comes over a stage that is calm. */
  readonly offer: TemplateResult | undefined;
  /** What the host shows when something fails: `status` says what. */
  fallback(status: string): TemplateResult | undefined;
  /** The viewer tries again after an end. */
  again(): void;
}

/** Endings that are nobody's fault here, and mend by themselves. */
const FAILED: ReadonlySet<Ending> = new Set(['event_off', 'unavailable', 'other']);

/** What fills the element. */
export const stageView = (context: PanelContext, { stage, session, slot, offer, again, fallback }: Shown): TemplateResult => {
  if (stage.kind === 'ended') {
    const { ending } = stage;
    return endedPanel(context, ending, again, FAILED.has(ending) ? fallback(context.text.endings[ending].title) : undefined);
  }
  if (stage.kind === 'queued') return queuedPanel(context, stage);
  if (stage.kind === 'loading' || session?.state === undefined) return loadingPanel(context);
  if (stage.kind === 'off') return offPanel(context, fallback(context.text.endings.event_off.title));
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
