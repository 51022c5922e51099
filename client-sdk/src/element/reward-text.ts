import type { Languages } from '@crowdcue/games/texts';
import { whole, type PanelText } from './text.js';

/** The words of the reward sheet in one language; what is also said outside of it is in text.ts. */
export interface RewardText {
  readonly claim: string;
  readonly claiming: string;
  readonly left: (left: number, supply: number) => string;
  readonly unlimited: string;
  readonly keep: string;
  readonly copy: string;
  readonly copied: string;
  readonly receipt: string;
  readonly soldOut: (supply: number) => PanelText;
  readonly notOpen: PanelText;
  readonly closed: PanelText;
  readonly claimFailed: PanelText;
  readonly close: string;
}

const en: RewardText = {
  claim: 'Claim',
  claiming: 'Claiming',
  left: (left, supply) => `${whole(left)} of ${whole(supply)} left`,
  unlimited: 'Enough for everybody',
  keep: 'It is saved on this device. Copy the receipt to keep it elsewhere.',
  copy: 'Copy receipt',
  copied: 'Copied',
  receipt: 'Receipt',
  soldOut: (supply) => ({ title: 'All gone', body: supply > 0 ? `All ${whole(supply)} have found an owner.` : 'Every one has found an owner.' }),
  notOpen: { title: 'Not open yet', body: 'It is unlocked for you. Try again in a moment.' },
  closed: { title: 'Closed', body: 'The time to claim this one is over.' },
  claimFailed: { title: 'That didn’t work', body: 'Nothing was lost. Try again.' },
  close: 'Close',
};

/** The words of the reward sheet. */
export const rewardTexts: Languages<RewardText> = { en };
