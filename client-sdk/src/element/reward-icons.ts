import { svg } from 'lit';
import { icon } from './icons.js';

/** The icons of the reward sheet. */
export const rewardIcons = {
  check: icon(svg`<path d="M4.5 12.5l5 5 10-11"/>`),
  copy: icon(svg`<rect x="9" y="9" width="11" height="11" rx="2.5"/><path d="M5 15H4.5A1.5 1.5 0 0 1 3 13.5v-9A1.5 1.5 0 0 1 4.5 3h9A1.5 1.5 0 0 1 15 4.5V5"/>`),
  close: icon(svg`<path d="M6 6l12 12M18 6L6 18"/>`),
} as const;
