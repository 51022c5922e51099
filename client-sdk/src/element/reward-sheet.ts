import { html, nothing, type TemplateResult } from 'lit';
import type { DropBoard, ReceiptView } from '@crowdcue/protocol';
import { icons } from './icons.js';
import type { PanelContext } from './panels.js';
import { isSoldOut, type Reward } from './rewards.js';
import type { PanelText } from './text.js';

/** What the sheet asks of the element. */
export interface SheetActions {
  claim(drop: string): void;
  copy(receipt: ReceiptView, name: string): void;
  close(): void;
}

interface SheetContext extends PanelContext {
  readonly boards: ReadonlyMap<string, DropBoard> | undefined;
  /** Id of the receipt that was copied last. */
  readonly copied: string;
  readonly actions: SheetActions;
}

const supplyLine = ({ text }: SheetContext, board: DropBoard | undefined): TemplateResult | typeof nothing => {
  if (board === undefined) return nothing;
  return html`<p class="soft">${board.supply < 0 ? text.unlimited : text.left(board.left, board.supply)}</p>`;
};

const note = ({ title, body }: PanelText): TemplateResult => html`<p class="note"><b>${title}</b> ${body}</p>`;

const offer = (context: SheetContext, reward: Reward, busy: boolean, label: string): TemplateResult => html`
  <button type="button" class="button loud" part="button claim" ?disabled=${busy} aria-busy=${busy} @click=${() => context.actions.claim(reward.drop)}>
    ${busy ? html`<i class="spin" aria-hidden="true"></i>` : nothing}${label}
  </button>`;

const receiptPart = (context: SheetContext, name: string, receipt: ReceiptView): TemplateResult => {
  const { text, actions, copied } = context;
  return html`<p class="stamp">${icons.check}<span>${text.yours}</span></p>
    <p class="serial" part="serial">${text.serial(receipt.serial ?? 0, receipt.supply)}</p>
    <button type="button" class="button quiet" part="button" @click=${() => actions.copy(receipt, name)}>${copied === receipt.id ? icons.check : icons.copy}${copied === receipt.id ? text.copied : text.copy}</button>
    <p class="soft">${text.keep}</p>`;
};

const body = (context: SheetContext, reward: Reward): TemplateResult => {
  const { text, boards } = context;
  const board = boards?.get(reward.drop);
  switch (reward.state) {
    case 'granted': return receiptPart(context, reward.name, reward.receipt);
    case 'claiming': return html`${supplyLine(context, board)}${offer(context, reward, true, text.claiming)}`;
    case 'unlocked':
      return isSoldOut(board) ? note(text.soldOut(board!.supply)) : html`${supplyLine(context, board)}${offer(context, reward, false, text.claim)}`;
    case 'refused':
      switch (reward.why) {
        case 'sold_out': return note(text.soldOut(board?.supply ?? -1));
        case 'closed': return note(text.closed);
        case 'not_open': return html`${note(text.notOpen)}${offer(context, reward, false, text.claim)}`;
        case 'failed': return html`${note(text.claimFailed)}${offer(context, reward, false, text.retry)}`;
      }
  }
};

/** A receipt as text, for a note or a message to the host. */
export const receiptText = ({ text }: PanelContext, receipt: ReceiptView, name: string): string =>
  `${name}\n${text.serial(receipt.serial ?? 0, receipt.supply)}\n${text.receipt} ${receipt.id}`;

/** Every reward of the viewer as a ticket, over whatever stands below. */
export const rewardSheet = (context: SheetContext, rewards: readonly Reward[]): TemplateResult => html`
  <div class="sheet" part="sheet" role="dialog" aria-label=${context.text.rewards(rewards.length)} @keydown=${(event: KeyboardEvent) => {
    if (event.key === 'Escape') context.actions.close();
  }}>
    <button type="button" class="shut" part="close" aria-label=${context.text.close} @click=${() => context.actions.close()}>${icons.close}</button>
    ${rewards.map((reward) => html`<article class="ticket ${reward.state}" part="ticket ${reward.state}">
      <p class="kicker">${reward.state === 'granted' ? reward.reason : context.text.unlocked}</p>
      <h2>${reward.name}</h2>
      ${reward.state === 'granted' || reward.reason === '' ? nothing : html`<p class="why">${reward.reason}</p>`}
      ${body(context, reward)}
    </article>`)}
  </div>`;
