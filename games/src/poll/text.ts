import { numberOn, questionSaid, speechIn, textOn, type GameText, type GameTexts } from '../text.js';
import { leadersOn } from './leaders.js';

const say = speechIn('en');

const en: GameText = {
  title: 'Poll',
  howTo: 'Tap what you want; you may change your mind until the end.',
  choices: { 1: '1', 2: '2', 3: '3', 4: '4', 5: '5', 6: '6' },
  press: 'Vote',
  phrases: {
    ask: 'Tap to vote',
    own: 'Your vote',
    hint: 'Tap another to change it.',
  },
  players: (count) => say.form(count, { one: 'vote', other: 'votes' }),
  keys: 'Keys 1 to 6 vote.',
  headline: (board) => {
    const leaders = numberOn(board, 'leaders');
    if (leaders === 0) return 'No votes';
    return leaders === 1 ? textOn(board, 'leading') : 'A tie';
  },
  outcome: (board) => {
    const leaders = numberOn(board, 'leaders');
    const share = say.percent(numberOn(board, 'leadingShare'));
    if (leaders === 0) return 'Nobody voted this time.';
    if (leaders > 1) return `${say.list(textOn(board, 'leading'))} are level with ${share} each.`;
    return `${share} of ${say.counted(numberOn(board, 'votes'), { one: '# vote', other: '# votes' })}.`;
  },
  score: () => 'Your vote counted',
  live: (board) => {
    const { names, percent } = leadersOn(board);
    if (names.length === 0) return questionSaid(board).trim() || 'Wait for the question.';
    const named = say.list(names.join('\n'));
    return names.length > 1 ? `${named} are level.` : `${named} leads with ${percent} percent.`;
  },
};

/** The words of poll. */
export const pollTexts: GameTexts = {
  en,
  others: {
    ar: () => import('./text/ar.js'),
    de: () => import('./text/de.js'),
    es: () => import('./text/es.js'),
    ja: () => import('./text/ja.js'),
    'pt-br': () => import('./text/pt-br.js'),
  },
};
