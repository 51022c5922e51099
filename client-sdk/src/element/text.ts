import { speechIn, type Texts } from '@crowdcue/games/texts';
import { minutesOf, timeText, type ElementText } from './element-text.js';

const say = speechIn('en');

const en: ElementText = {
  lang: 'en',
  loading: 'Getting you in',
  here: (count) => (count === 1 ? 'person here' : 'people here'),
  queue: {
    title: 'You are in line',
    place: (place) => (place === 1 ? 'You are next.' : `You are number ${say.number(place)}.`),
    wait: (waitMs) => {
      if (waitMs === 0) return 'You will get in as soon as there is a place.';
      return minutesOf(waitMs) <= 1 ? 'About a minute, or less.' : `About ${timeText(minutesOf(waitMs), 'minute', 'en')}.`;
    },
  },
  idle: { title: 'Stay close', body: 'The round starts the moment the host gives the cue.' },
  next: 'The next round starts when the host gives the cue.',
  startsIn: (seconds) => `Starts in ${timeText(seconds, 'second', 'en')}`,
  go: 'Go',
  onAir: 'Live',
  secondsLeft: (seconds) => `${timeText(seconds, 'second', 'en')} left`,
  outcomeIn: (seconds) => `Some pictures are later than yours. The outcome comes in ${timeText(seconds, 'second', 'en')}.`,
  unscored: 'Your picture is too late to score here. You play along.',
  won: 'You won',
  played: 'You played',
  watched: 'You watched this one',
  fastest: 'Fastest of all',
  place: (rank, players) => `No. ${say.number(rank)} of ${say.number(players)}`,
  top: 'Top of the round',
  unknownGame: { title: 'This round needs a newer page', body: 'Reload the page to play it.' },
  notices: {
    offline: 'You are offline. Your taps are kept.',
    reconnecting: 'Reconnecting. Your taps are kept.',
    hold: 'One moment…',
    rewards: 'Your rewards did not load. Nothing is lost.',
  },
  away: { title: 'Enjoy the show', body: 'We can’t reach the game right now. We keep trying, and you are back in by yourself.' },
  offline: { title: 'You are offline', body: 'The game goes on as soon as you have a connection.' },
  back: 'You are back in.',
  endings: {
    taken_over: { title: 'Playing somewhere else', body: 'You opened this event in another tab or on another device.' },
    banned: { title: 'You can’t take part', body: 'The host has removed you from this event.' },
    event_ended: { title: 'That’s a wrap', body: 'This event is over. Thanks for playing.' },
    event_off: { title: 'Back soon', body: 'The host is taking a break. You are in as soon as it goes on.' },
    event_unknown: { title: 'No such event', body: 'Check the link or the six letters and try again.' },
    event_full: { title: 'The event is full', body: 'Every place is taken right now.' },
    token: { title: 'Your pass is over', body: 'Join again to go on.' },
    unavailable: { title: 'We can’t reach the event', body: 'Check your connection, then try again.' },
    misused: { title: 'This page is not set up', body: 'It names no event that we could join.' },
    other: { title: 'The connection ended', body: 'Something went wrong on our side.' },
  },
  retry: 'Try again',
  playHere: 'Play here',
  rewards: (count) => say.counted(count, { one: '# reward', other: '# rewards' }),
  unlocked: 'Unlocked',
  serial: (serial, supply) => (supply < 0 ? `No. ${say.number(serial)}` : `No. ${say.number(serial)} of ${say.number(supply)}`),
  yours: 'Yours',
  refused: (code) => {
    switch (code) {
      case 'round_over': return 'That came after the end.';
      case 'action_bad_choice': return 'You are on the other side.';
      default: return 'That tap did not count.';
    }
  },
  sponsor: 'Sponsored by',
  newTab: 'opens in a new tab',
};

/** The words of the element. */
export const elementTexts: Texts<ElementText> = {
  en,
  others: {
    ar: () => import('./text/ar.js'),
    de: () => import('./text/de.js'),
    es: () => import('./text/es.js'),
    ja: () => import('./text/ja.js'),
    'pt-br': () => import('./text/pt-br.js'),
  },
};
