import { speechIn } from '@crowdcue/games/texts';
import type { RewardText } from './element-text.js';

const say = speechIn('en');

/** The words of the reward sheet in English. */
export const rewardText: RewardText = {
  claim: 'Claim',
  claiming: 'Claiming',
  left: (left, supply) => `${say.number(left)} of ${say.number(supply)} left`,
  unlimited: 'Enough for everybody',
  keep: 'It is saved on this device. Copy the receipt to keep it elsewhere.',
  copy: 'Copy receipt',
  copied: 'Copied',
  receipt: 'Receipt',
  until: (when) => `Good until ${when}`,
  soldOut: (supply) => ({ title: 'All gone', body: supply > 0 ? `All ${say.number(supply)} have found an owner.` : 'Every one has found an owner.' }),
  notOpen: { title: 'Not open yet', body: 'It is unlocked for you. Try again in a moment.' },
  closed: { title: 'Closed', body: 'The time to claim this one is over.' },
  expired: { title: 'Over', body: 'This one was yours, and its time has passed.' },
  revoked: { title: 'Taken back', body: 'The host has taken this one back.' },
  claimFailed: { title: 'That didn’t work', body: 'Nothing was lost. Try again.' },
  close: 'Close',
};
