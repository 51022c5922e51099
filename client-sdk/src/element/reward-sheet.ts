import { html, nothing, type TemplateResult } from 'lit';
import type { ClaimWords, DropBoard, ReceiptView } from '@crowdcue/protocol';
import { rewardIcons as icons } from './reward-icons.js';
import { claimForm, drawText, keepFocus, termsPart, webLink, whenText, type TermsContext } from './reward-terms.js';
import { isSoldOut, type Reward, type Rewards, type Why } from './rewards.js';
import type { PanelText } from './element-text.js';

/** What the sheet asks of the element. */
export interface SheetActions {
  claim(drop: string, said?: ClaimWords): void;
  /** `what`: names what is copied, once it was. */
  copy(what: string, text: string): void;
  /** The origin may know more. */
  ask(): void;
  close(): void;
}

/** What the sheet shows besides the rewards. */
export interface SheetContext extends TermsContext {
  readonly rewards: Pick<Rewards, 'about' | 'isKnown'>;
  readonly boards: ReadonlyMap<string, DropBoard> | undefined;
  /** What was copied last. */
  readonly copied: string;
  readonly actions: SheetActions;
  /** Asks who the viewer is; undefined while that is loaded. */
  proof(drop: string, taken: boolean): TemplateResult | undefined;
}

const supplyLine = ({ words }: SheetContext, board: DropBoard | undefined): TemplateResult | typeof nothing => {
  if (board === undefined) return nothing;
  return html`<p class="soft">${board.supply < 0 ? words.unlimited : words.left(board.left, board.supply)}</p>`;
};

/** What stands; told also to who does not see it change. */
const note = ({ title, body }: PanelText): TemplateResult => html`<p class="note" role="status"><b>${title}</b> ${body}</p>`;

const button = (context: SheetContext, drop: string, busy: boolean, label: string): TemplateResult => html`
  <button type="button" class="button loud" part="button claim" ?disabled=${busy} aria-busy=${busy} @click=${(event: Event) => {
      keepFocus(event);
      context.actions.claim(drop);
    }}>
    ${busy ? html`<i class="spin" aria-hidden="true"></i>` : nothing}${label}
  </button>`;

/** What is to be told, asked and pressed before it is theirs. */
const offer = (context: SheetContext, { drop }: Reward, label: string): TemplateResult => {
  const { rewards, boards, words, actions } = context;
  const about = rewards.about(drop);
  return html`${supplyLine(context, boards?.get(drop))}${termsPart(context, about)}
    ${rewards.isKnown(drop) ? (claimForm(context, about, (said) => actions.claim(drop, said)) ?? button(context, drop, false, label)) : button(context, drop, true, words.claim)}`;
};

const copyButton = ({ words, actions, copied }: SheetContext, what: string, text: string, label: string): TemplateResult => html`
  <button type="button" class="button quiet" part="button" @click=${() => actions.copy(what, text)}>${copied === what ? icons.check : icons.copy}${copied === what ? words.copied : label}</button>`;

const grantPart = (context: SheetContext, { name, receipt, handed }: Reward & { readonly state: 'granted' }): TemplateResult => {
  const { text, words } = context;
  const { code, id } = receipt;
  return html`<p class="stamp">${icons.check}<span>${handed === undefined ? text.yours : `${text.yours}. ${words.handed[handed]}`}</span></p>
    <p class="serial" part="serial">${text.serial(receipt.serial ?? 0, receipt.supply)}</p>
    ${code === undefined ? nothing : html`<p class="code" part="code"><span class="soft">${words.code}</span><code dir="ltr">${code}</code></p>${copyButton(context, `code:${id}`, code, words.copyCode)}`}
    ${handed === undefined ? webLink(receipt.url, words.shop, context) : nothing}
    ${receipt.expiresAt === undefined ? nothing : html`<p>${words.until(whenText(receipt.expiresAt, text.lang))}</p>`}
    ${copyButton(context, id, receiptText(context, receipt, name), words.copy)}
    <p class="soft">${words.keep}</p>`;
};

const reservedPart = (context: SheetContext, { receipt, endsAt }: Reward & { readonly state: 'reserved' }): TemplateResult => {
  const { words, language, actions } = context;
  return html`<p class="stamp">${icons.check}<span>${words.reserved}</span></p>
    <p>${words.reservedBody}</p>
    <crowdcue-countdown class="left" .endsAt=${endsAt} .words=${words.timeLeft} .language=${language} .ask=${actions.ask}></crowdcue-countdown>
    ${webLink(receipt.url, words.shop, context, 'button loud')}`;
};

/** Between entering and settlement the lot alone decides; its state is everybody's. */
const enteredPart = (context: SheetContext, { drop, receipt }: Reward & { readonly state: 'entered' }): TemplateResult => {
  const { words, boards, rewards } = context;
  const board = boards?.get(drop);
  const drawn = board?.draw === 'drawing' || board?.draw === 'settled';
  return html`<p class="stamp">${icons.check}<span>${words.entered(receipt.ticket ?? 0)}</span></p>
    ${supplyLine(context, board)}${drawn ? note(words.drawing) : html`<p>${drawText(context, rewards.about(drop))}</p>`}`;
};

const refusedPart = (context: SheetContext, reward: Reward, why: Why): TemplateResult => {
  const { text, words, boards } = context;
  const board = boards?.get(reward.drop);
  switch (why) {
    case 'sold_out': return note(words.soldOut(board?.supply ?? -1));
    case 'closed': return note(words.closed);
    case 'tier': return note(words.tier);
    case 'lost': return board === undefined || isSoldOut(board) || !board.open ? note(words.lost) : html`${note({ ...words.lost, body: words.lostButLeft })}${offer(context, reward, words.claim)}`;
    case 'country':
    case 'age': return html`${note(words[why])}${offer(context, reward, text.retry)}`; // asked again: a slip is corrected there
    case 'drawing':
    case 'frozen': return html`${note(words[why])}${offer(context, reward, text.retry)}`;
    case 'not_open': return html`${note(words.notOpen)}${offer(context, reward, words.claim)}`;
    case 'proof':
    case 'taken': return html`${supplyLine(context, board)}${context.proof(reward.drop, why === 'taken') ?? button(context, reward.drop, true, words.claim)}`;
    case 'failed': return html`${note(words.claimFailed)}${offer(context, reward, text.retry)}`;
  }
};

const body = (context: SheetContext, reward: Reward): TemplateResult => {
  const { words, boards } = context;
  const board = boards?.get(reward.drop);
  switch (reward.state) {
    case 'granted': return grantPart(context, reward);
    case 'reserved': return reservedPart(context, reward);
    case 'entered': return enteredPart(context, reward);
    case 'claiming': return html`${supplyLine(context, board)}${button(context, reward.drop, true, words.claiming)}`;
    case 'unlocked': {
      if (isSoldOut(board)) return note(words.soldOut(board!.supply));
      return html`${reward.lapsed ? note(words.lapsed) : nothing}${offer(context, reward, words.claim)}`;
    }
    case 'expired':
    case 'revoked':
    case 'refunded': return note(words[reward.state]);
    case 'refused': return refusedPart(context, reward, reward.why);
  }
};

/** A receipt as text, for a note or a message to the host. */
export const receiptText = ({ text, words }: SheetContext, receipt: ReceiptView, name: string): string =>
  [name, text.serial(receipt.serial ?? 0, receipt.supply), ...(receipt.code === undefined ? [] : [`${words.code} ${receipt.code}`]), `${words.receipt} ${receipt.id}`].join('\n');

/** Every reward of the viewer as a ticket, over whatever stands below. */
export const rewardSheet = (context: SheetContext, rewards: readonly Reward[]): TemplateResult => html`
  <div class="sheet" part="sheet" role="dialog" aria-label=${context.text.rewards(rewards.length)} @keydown=${(event: KeyboardEvent) => {
    if (event.key === 'Escape') context.actions.close();
  }}>
    <button type="button" class="shut" part="close" aria-label=${context.words.close} @click=${() => context.actions.close()}>${icons.close}</button>
    ${rewards.map((reward) => html`<article tabindex="-1" class="ticket ${reward.state}" part="ticket ${reward.state}">
      <p class="kicker" dir="auto">${reward.state === 'unlocked' || reward.state === 'claiming' ? context.text.unlocked : reward.reason}</p>
      <h2 dir="auto">${reward.name}</h2>
      ${(reward.state !== 'unlocked' && reward.state !== 'claiming') || reward.reason === '' ? nothing : html`<p class="why" dir="auto">${reward.reason}</p>`}
      ${body(context, reward)}
    </article>`)}
  </div>`;
