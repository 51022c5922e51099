import { numberOn, questionSaid, speechIn, textOn, type GameText, type GameTexts } from '../text.js';

const say = speechIn('en');

const en: GameText = {
  title: 'Trivia',
  howTo: 'Tap the right answer, the sooner the better.',
  choices: { 1: '1', 2: '2', 3: '3', 4: '4' },
  press: 'Answer',
  phrases: {
    ask: 'Tap your answer',
    own: 'Your answer',
    hint: 'It is locked in; the right one comes when the round ends.',
    right: 'Right answer',
  },
  players: (count) => say.form(count, { one: 'player', other: 'players' }),
  keys: 'Keys 1 to 4 answer.',
  headline: (board) => textOn(board, 'rightAnswer') || 'No answer',
  outcome: (board) => {
    const [answered, knew] = [numberOn(board, 'answered'), numberOn(board, 'knew')];
    if (answered === 0) return 'Nobody answered this time.';
    return knew === 0 ? 'Nobody knew it.' : `${say.number(knew)} of ${say.number(answered)} knew it.`;
  },
  score: (me) => (me.score > 0 ? say.counted(me.score, { one: '# point', other: '# points' }) : 'Not this time'),
  live: (board) => questionSaid(board).trim() || 'Wait for the question.',
};

/** The words of trivia. */
export const triviaTexts: GameTexts = {
  en,
  others: {
    ar: () => import('./text/ar.js'),
    de: () => import('./text/de.js'),
    es: () => import('./text/es.js'),
    ja: () => import('./text/ja.js'),
    'pt-br': () => import('./text/pt-br.js'),
  },
};
