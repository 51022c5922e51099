import type { Languages } from '@crowdcue/games/texts';
import type { ErrorCode } from '@crowdcue/protocol';
import type { Ending, Notice } from './stage.js';

/** Title and sentence of a panel. */
export interface PanelText {
  readonly title: string;
  readonly body: string;
}

/** The words of the element in one language. */
export interface ElementText {
  readonly loading: string;
  readonly here: (count: number) => string;
  readonly queue: { readonly title: string; readonly place: (place: number) => string; readonly wait: (waitMs: number) => string };
  readonly idle: PanelText;
  readonly next: string;
  readonly startsIn: string;
  readonly go: string;
  readonly onAir: string;
  readonly secondsLeft: (seconds: number) => string;
  readonly outcomeIn: (seconds: number) => string;
  readonly unscored: string;
  readonly won: string;
  readonly played: string;
  readonly watched: string;
  readonly fastest: string;
  readonly place: (rank: number, players: number) => string;
  readonly top: string;
  readonly unknownGame: PanelText;
  readonly notices: Readonly<Record<Notice, string>>;
  readonly endings: Readonly<Record<Ending, PanelText>>;
  readonly retry: string;
  readonly playHere: string;
  readonly rewards: (count: number) => string;
  readonly unlocked: string;
  readonly serial: (serial: number, supply: number) => string;
  readonly yours: string;
  readonly refused: (code: ErrorCode) => string;
}

/** A whole number in English. */
export const whole = (value: number): string => value.toLocaleString('en');

const en: ElementText = {
  loading: 'Getting you in',
  here: (count) => (count === 1 ? 'person here' : 'people here'),
  queue: {
    title: 'You are in line',
    place: (place) => (place === 1 ? 'You are next.' : `You are number ${whole(place)}.`),
    wait: (waitMs) => {
      const minutes = Math.round(waitMs / 60_000);
      if (waitMs === 0) return 'You will get in as soon as there is a place.';
      return minutes <= 1 ? 'About a minute, or less.' : `About ${whole(minutes)} minutes.`;
    },
  },
  idle: { title: 'Stay close', body: 'The round starts the moment the host gives the cue.' },
  next: 'The next round starts when the host gives the cue.',
  startsIn: 'Starts in',
  go: 'Go',
  onAir: 'Live',
  secondsLeft: (seconds) => (seconds === 1 ? '1 second left' : `${seconds} seconds left`),
  outcomeIn: (seconds) => `Some pictures are later than yours. The outcome comes in ${seconds} s.`,
  unscored: 'Your picture is too late to score here. You play along.',
  won: 'You won',
  played: 'You played',
  watched: 'You watched this one',
  fastest: 'Fastest of all',
  place: (rank, players) => `No. ${whole(rank)} of ${whole(players)}`,
  top: 'Top of the round',
  unknownGame: { title: 'This round needs a newer page', body: 'Reload the page to play it.' },
  notices: {
    offline: 'You are offline. Your taps are kept.',
    reconnecting: 'Reconnecting. Your taps are kept.',
    hold: 'One moment…',
    rewards: 'Your rewards did not load. Nothing is lost.',
  },
  endings: {
    taken_over: { title: 'Playing somewhere else', body: 'You opened this event in another tab or on another device.' },
    banned: { title: 'You can’t take part', body: 'The host has removed you from this event.' },
    event_ended: { title: 'That’s a wrap', body: 'This event is over. Thanks for playing.' },
    event_unknown: { title: 'No such event', body: 'Check the link or the six letters and try again.' },
    event_full: { title: 'The event is full', body: 'Every place is taken right now.' },
    token: { title: 'Your pass is over', body: 'Join again to go on.' },
    unavailable: { title: 'We can’t reach the event', body: 'Check your connection, then try again.' },
    misused: { title: 'This page is not set up', body: 'It names no event that we could join.' },
    other: { title: 'The connection ended', body: 'Something went wrong on our side.' },
  },
  retry: 'Try again',
  playHere: 'Play here',
  rewards: (count) => (count === 1 ? '1 reward' : `${count} rewards`),
  unlocked: 'Unlocked',
  serial: (serial, supply) => (supply < 0 ? `No. ${whole(serial)}` : `No. ${whole(serial)} of ${whole(supply)}`),
  yours: 'Yours',
  refused: (code) => {
    switch (code) {
      case 'round_over': return 'That came after the end.';
      case 'action_bad_choice': return 'You are on the other side.';
      default: return 'That tap did not count.';
    }
  },
};

/** The words of the element. */
export const elementTexts: Languages<ElementText> = { en };
