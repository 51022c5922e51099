/**
 * Everything that only a viewer with a reward needs: the rewards and their claims, the sheet that shows them, its words, icons and
 * styles. reward-slot.ts loads it with the first reward; nothing else may import it, or it travels with the element.
 */
import type { CSSResult, TemplateResult } from 'lit';
import { html } from 'lit';
import type { DropBoard, JoinAnswer, ReceiptView } from '@crowdcue/protocol';
import '../claim-drop.js'; // the session's claim loads it: whoever presses the button must not wait for that
import { Later } from './later.js';
import type { PanelContext } from './panels.js';
import type { ProofSight } from './proof-card.js';
import { receiptText, rewardSheet, type SheetContext } from './reward-sheet.js';
import { rewardStyles } from './reward-styles.js';
import { rewardText } from './reward-text.js';
import { Rewards } from './rewards.js';
import type { GameSession } from './session-port.js';

/** What the desk tells. */
export interface DeskEvents {
  changed(): void;
  granted(receipt: ReceiptView): void;
  /** The viewer goes on as another one. */
  moved(answer: JoinAnswer): void;
}

/** What the sheet needs of the element. */
export interface DeskContext extends PanelContext {
  readonly boards: ReadonlyMap<string, DropBoard> | undefined;
  readonly session: GameSession | undefined;
  /** The viewer puts the sheet away. */
  close(): void;
}

export class RewardDesk {
  /** To be adopted before the sheet is shown. */
  readonly styles: CSSResult = rewardStyles;
  readonly rewards: Rewards;
  readonly #proofs: Later<true>;
  /** Id of the receipt that was copied last. */
  #copied = '';

  constructor(readonly events: DeskEvents) {
    this.rewards = new Rewards(() => events.changed(), (receipt) => events.granted(receipt));
    this.#proofs = new Later(async () => ((await import('./proof-card.js')).defineProofCard(), true as const), () => events.changed());
  }

  /** Every reward as a ticket, with what can be done about it. */
  sheet(given: DeskContext): TemplateResult {
    const context: SheetContext = {
      ...given, words: given.text.tickets ?? rewardText, copied: this.#copied,
      proof: (drop, taken) => {
        if (this.#proofs.want() === undefined) return undefined;
        const { session, language, text: { serial } } = given;
        const sight: ProofSight = {
          session, drop, language, taken, serial,
          proven: () => {
            if (session !== undefined) void this.rewards.claim(session, drop);
          },
          moved: (answer) => this.events.moved(answer),
        };
        return html`<crowdcue-proof exportparts="button" data-taken=${taken} .sight=${sight}></crowdcue-proof>`;
      },
      actions: {
        claim: (drop) => {
          if (given.session !== undefined) void this.rewards.claim(given.session, drop);
        },
        copy: (receipt, name) => void navigator.clipboard?.writeText(receiptText(context, receipt, name)).then(() => {
          this.#copied = receipt.id;
          this.events.changed();
        }, () => undefined),
        close: () => {
          this.rewards.wanted = false;
          given.close();
        },
      },
    };
    return rewardSheet(context, this.rewards.list);
  }
}
