/**
 * Everything that only a viewer with a reward needs: the rewards and their claims, what is told and asked before one, the sheet that shows
 * them, its words, icons and styles. reward-slot.ts loads it with the first reward; nothing else may import it, or it travels with the element.
 */
import type { CSSResult, TemplateResult } from 'lit';
import { html } from 'lit';
import type { ClaimWords, DropBoard, JoinAnswer, ReceiptView } from '@crowdcue/protocol';
import '../claim-drop.js'; // the session's claim loads it: whoever presses the button must not wait for that
import type { ElementText } from './element-text.js';
import { Later } from './later.js';
import type { PanelContext } from './panels.js';
import type { ProofSight } from './proof-card.js';
import { defineCountdown } from './reward-countdown.js';
import { rewardSheet, type SheetContext } from './reward-sheet.js';
import { rewardStyles } from './reward-styles.js';
import { rewardText } from './reward-text.js';
import { RewardWatch } from './reward-watch.js';
import { Rewards } from './rewards.js';
import type { GameSession } from './session-port.js';

/** What the desk tells. */
export interface DeskEvents {
  changed(): void;
  /** What became of a claim, in words; with the receipt of a grant. */
  told(words: string, receipt?: ReceiptView): void;
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
  readonly #watch: RewardWatch;
  readonly #proofs: Later<true>;
  /** What was copied last. */
  #copied = '';
  /** What the viewer has said of themselves: asked once. */
  #said: ClaimWords = {};
  #text: ElementText | undefined;

  constructor(readonly events: DeskEvents) {
    defineCountdown();
    this.rewards = new Rewards(() => events.changed(), (receipt) => this.#tell(receipt));
    this.#watch = new RewardWatch(this.rewards);
    this.#proofs = new Later(async () => ((await import('./proof-card.js')).defineProofCard(), true as const), () => events.changed());
  }

  /** Follows the shared state, also while the sheet is not seen. */
  look(session: GameSession | undefined, text: ElementText): void {
    this.#text = text;
    this.#watch.look(session);
  }

  #tell(receipt: ReceiptView): void {
    const { status, serial = 0, supply, ticket = 0 } = receipt;
    const text = this.#text;
    const words = text?.tickets ?? rewardText;
    switch (status) {
      case 'granted': return this.events.told(text === undefined ? '' : `${text.yours}. ${text.serial(serial, supply)}`, receipt);
      case 'entered': return this.events.told(words.entered(ticket));
      case 'reserved': return this.events.told(`${words.reserved}. ${words.reservedBody}`);
      case 'refused': return this.events.told(`${words.lost.title}. ${words.lost.body}`);
    }
  }

  async #claim(session: GameSession | undefined, drop: string, said: ClaimWords = this.#said): Promise<void> {
    if (session === undefined) return;
    this.#said = said;
    const { terms = {} } = this.rewards.about(drop) ?? {};
    // Nothing leaves the page that the drop does not ask for.
    const asked = { ...(terms.countries !== undefined && said.country !== undefined && { country: said.country }), ...(terms.minAge !== undefined && said.age !== undefined && { age: said.age }) };
    await this.rewards.claim(session, drop, asked);
    const refused = this.rewards.list.find((reward) => reward.drop === drop);
    if (refused?.state !== 'refused' || (refused.why !== 'country' && refused.why !== 'age')) return;
    const { [refused.why]: _, ...rest } = this.#said; // a slip: it is asked again
    this.#said = rest;
    this.events.changed();
  }

  #copy(what: string, text: string): void {
    void navigator.clipboard?.writeText(text).then(() => {
      this.#copied = what;
      this.events.told((this.#text?.tickets ?? rewardText).copied);
      this.events.changed();
    }, () => undefined);
  }

  #proof({ session, language, text: { serial } }: DeskContext, drop: string, taken: boolean): TemplateResult | undefined {
    if (this.#proofs.want() === undefined) return undefined;
    const sight: ProofSight = { session, drop, language, taken, serial, proven: () => void this.#claim(session, drop), moved: (answer) => this.events.moved(answer) };
    return html`<crowdcue-proof exportparts="button" data-taken=${taken} .sight=${sight}></crowdcue-proof>`;
  }

  /** Every reward as a ticket, with what can be done about it. */
  sheet(given: DeskContext): TemplateResult {
    const context: SheetContext = {
      ...given, words: given.text.tickets ?? rewardText, copied: this.#copied, said: this.#said, rewards: this.rewards,
      proof: (drop, taken) => this.#proof(given, drop, taken),
      actions: {
        claim: (drop, said) => void this.#claim(given.session, drop, said),
        copy: (what, text) => this.#copy(what, text),
        ask: this.#ask,
        close: () => {
          this.rewards.wanted = false;
          given.close();
        },
      },
    };
    return rewardSheet(context, this.rewards.list);
  }

  readonly #ask = (): void => this.#watch.ask();
}
