import { numberOn, questionSaid, speechIn, textOn, type GameText, type GameTexts, type Plurals } from '../text.js';

const say = speechIn('en');
const POINTS: Plurals = { one: '# point', other: '# points' };

const en: GameText = {
  title: 'Predict',
  howTo: 'Tap how you think it will go.',
  choices: { 1: '1', 2: '2', 3: '3', 4: '4' },
  press: 'Bet',
  phrases: {
    ask: 'Tap your bet',
    own: 'Your bet',
    hint: 'It stands until the host settles it.',
    stake: 'Stake',
    closed: 'Bets are closed',
    closedHint: 'The host is about to say how it went.',
    right: 'How it went',
  },
  players: (count) => say.form(count, { one: 'player', other: 'players' }),
  keys: 'Keys 1 to 4 bet.',
  headline: (board) => textOn(board, 'outcome') || 'Called off',
  outcome: (board) => {
    const right = numberOn(board, 'right');
    if (numberOn(board, 'settled') === 0) return 'The host called it off; nobody lost a point.';
    if (right === 0) return 'Nobody had it; every stake goes back.';
    const [winners, points] = [say.counted(right, { one: '# viewer', other: '# viewers' }), say.counted(numberOn(board, 'pool'), { one: '# point', other: '# points' })];
    return `${winners} shared ${points}.`;
  },
  score: (me) => {
    if (me.score === 0) return 'Stake returned';
    const sign = me.score > 0 ? '+' : '−';
    return `${sign}${say.counted(Math.abs(me.score), POINTS)}`;
  },
  live: (board) => (textOn(board, 'bets') === 'closed' ? 'Bets are closed.' : questionSaid(board).trim() || 'Wait for the question.'),
};

/** The words of predict. */
export const predictTexts: GameTexts = {
  en,
  others: {
    ar: () => import('./text/ar.js'),
    de: () => import('./text/de.js'),
    es: () => import('./text/es.js'),
    ja: () => import('./text/ja.js'),
    'pt-br': () => import('./text/pt-br.js'),
  },
};
