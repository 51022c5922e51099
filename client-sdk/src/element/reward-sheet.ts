import { html, nothing, type TemplateResult } from 'lit';
import type { DropBoard, ReceiptView } from '@crowdcue/protocol';
import type { PanelContext } from './panels.js';
import { rewardIcons as icons } from './reward-icons.js';
import { isSoldOut, type Reward } from './rewards.js';
import type { PanelText, RewardText } from './element-text.js';

/** What the sheet asks of the element. */
export interface SheetActions {
  claim(drop: string): void;
  copy(receipt: ReceiptView, name: string): void;
  close(): void;
}

/** What the sheet shows besides the rewards. */
export interface SheetContext extends PanelContext {
  readonly words: RewardText;
  readonly boards: ReadonlyMap<string, DropBoard> | undefined;
  /** Id of the receipt that was copied last. */
  readonly copied: string;
  readonly actions: SheetActions;
  /** Asks who the viewer is; undefined while that is loaded. */
  proof(drop: string, taken: boolean): TemplateResult | undefined;
}

const supplyLine = ({ words }: SheetContext, board: DropBoard | undefined): TemplateResult | typeof nothing => {
  if (board === undefined) return nothing;
  return html`<p class="soft">${board.supply < 0 ? words.unlimited : words.left(board.left, board.supply)}</p>`;
};

const note = ({ title, body }: PanelText): TemplateResult => html`<p class="note"><b>${title}</b> ${body}</p>`;

const offer = (context: SheetContext, reward: Reward, busy: boolean, label: string): TemplateResult => html`
  <button type="button" class="button loud" part="button claim" ?disabled=${busy} aria-busy=${busy} @click=${() => context.actions.claim(reward.drop)}>
    ${busy ? html`<i class="spin" aria-hidden="true"></i>` : nothing}${label}
  </button>`;

/** A day and time where the viewer is. */
const whenText = (at: number, language: string): string => new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' }).format(at);

const receiptPart = (context: SheetContext, name: string, receipt: ReceiptView): TemplateResult => {
  const { text, words, actions, copied } = context;
  return html`<p class="stamp">${icons.check}<span>${text.yours}</span></p>
    <p class="serial" part="serial">${text.serial(receipt.serial ?? 0, receipt.supply)}</p>
    ${receipt.expiresAt === undefined ? nothing : html`<p>${words.until(whenText(receipt.expiresAt, text.lang))}</p>`}
    <button type="button" class="button quiet" part="button" @click=${() => actions.copy(receipt, name)}>${copied === receipt.id ? icons.check : icons.copy}${copied === receipt.id ? words.copied : words.copy}</button>
    <p class="soft">${words.keep}</p>`;
};

const body = (context: SheetContext, reward: Reward): TemplateResult => {
  const { text, words, boards } = context;
  const board = boards?.get(reward.drop);
  switch (reward.state) {
    case 'granted': return receiptPart(context, reward.name, reward.receipt);
    case 'claiming': return html`${supplyLine(context, board)}${offer(context, reward, true, words.claiming)}`;
    case 'unlocked':
      return isSoldOut(board) ? note(words.soldOut(board!.supply)) : html`${supplyLine(context, board)}${offer(context, reward, false, words.claim)}`;
    case 'expired': return note(words.expired);
    case 'revoked': return note(words.revoked);
    case 'refused':
      switch (reward.why) {
        case 'sold_out': return note(words.soldOut(board?.supply ?? -1));
        case 'closed': return note(words.closed);
        case 'not_open': return html`${note(words.notOpen)}${offer(context, reward, false, words.claim)}`;
        case 'proof':
        case 'taken': return html`${supplyLine(context, board)}${context.proof(reward.drop, reward.why === 'taken') ?? offer(context, reward, true, words.claim)}`;
        case 'failed': return html`${note(words.claimFailed)}${offer(context, reward, false, text.retry)}`;
      }
  }
};

/** A receipt as text, for a note or a message to the host. */
export const receiptText = ({ text, words }: SheetContext, receipt: ReceiptView, name: string): string =>
  `${name}\n${text.serial(receipt.serial ?? 0, receipt.supply)}\n${words.receipt} ${receipt.id}`;

/** Every reward of the viewer as a ticket, over whatever stands below. */
export const rewardSheet = (context: SheetContext, rewards: readonly Reward[]): TemplateResult => html`
  <div class="sheet" part="sheet" role="dialog" aria-label=${context.text.rewards(rewards.length)} @keydown=${(event: KeyboardEvent) => {
    if (event.key === 'Escape') context.actions.close();
  }}>
    <button type="button" class="shut" part="close" aria-label=${context.words.close} @click=${() => context.actions.close()}>${icons.close}</button>
    ${rewards.map((reward) => html`<article class="ticket ${reward.state}" part="ticket ${reward.state}">
      <p class="kicker" dir="auto">${reward.state === 'unlocked' || reward.state === 'claiming' ? context.text.unlocked : reward.reason}</p>
      <h2 dir="auto">${reward.name}</h2>
      ${(reward.state !== 'unlocked' && reward.state !== 'claiming') || reward.reason === '' ? nothing : html`<p class="why" dir="auto">${reward.reason}</p>`}
      ${body(context, reward)}
    </article>`)}
  </div>`;
