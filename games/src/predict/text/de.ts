import { numberOn, questionSaid, speechIn, textOn, type GameText, type Plurals } from '../../text.js';

const say = speechIn('de');
const POINTS: Plurals = { one: '# Punkt', other: '# Punkte' };

/** The words of predict in German. */
export const text: GameText = {
  title: 'Vorhersage',
  howTo: 'Tippe an, wie es deiner Meinung nach ausgeht.',
  choices: { 1: '1', 2: '2', 3: '3', 4: '4' },
  press: 'Setzen',
  phrases: {
    ask: 'Tippe deine Wette',
    own: 'Deine Wette',
    hint: 'Sie gilt, bis das Ergebnis feststeht.',
    stake: 'Einsatz',
    closed: 'Wetten geschlossen',
    closedHint: 'Gleich kommt das Ergebnis.',
    right: 'So kam es',
  },
  players: () => 'Spieler',
  keys: 'Die Tasten 1 bis 4 setzen.',
  headline: (board) => textOn(board, 'outcome') || 'Abgesagt',
  outcome: (board) => {
    const right = numberOn(board, 'right');
    if (numberOn(board, 'settled') === 0) return 'Die Wette gilt nicht; niemand verliert Punkte.';
    if (right === 0) return 'Niemand lag richtig; alle Einsätze gehen zurück.';
    const [winners, points] = [say.counted(right, { one: '# Person', other: '# Personen' }), say.counted(numberOn(board, 'pool'), { one: '# Punkt', other: '# Punkte' })];
    return `${winners} teilen sich ${points}.`;
  },
  score: (me) => {
    if (me.score === 0) return 'Einsatz zurück';
    const sign = me.score > 0 ? '+' : '−';
    return `${sign}${say.counted(Math.abs(me.score), POINTS)}`;
  },
  live: (board) => (textOn(board, 'bets') === 'closed' ? 'Die Wetten sind geschlossen.' : questionSaid(board).trim() || 'Gleich kommt die Frage.'),
};
