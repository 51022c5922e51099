import { numberOn, questionSaid, speechIn, textOn, type GameText } from '../../text.js';

const say = speechIn('de');

/** The words of trivia in German. */
export const text: GameText = {
  title: 'Quizfrage',
  howTo: 'Tippe die richtige Antwort, je schneller, desto besser.',
  choices: { 1: '1', 2: '2', 3: '3', 4: '4' },
  press: 'Antworten',
  phrases: {
    ask: 'Tippe deine Antwort',
    own: 'Deine Antwort',
    hint: 'Sie steht fest; die richtige kommt am Ende der Runde.',
    right: 'Richtige Antwort',
  },
  players: () => 'Spieler',
  keys: 'Die Tasten 1 bis 4 antworten.',
  headline: (board) => textOn(board, 'rightAnswer') || 'Keine Antwort',
  outcome: (board) => {
    const [answered, knew] = [numberOn(board, 'answered'), numberOn(board, 'knew')];
    if (answered === 0) return 'Diesmal hat niemand geantwortet.';
    return knew === 0 ? 'Niemand wusste es.' : `${say.number(knew)} von ${say.number(answered)} wussten es.`;
  },
  score: (me) => (me.score > 0 ? say.counted(me.score, { one: '# Punkt', other: '# Punkte' }) : 'Diesmal nicht'),
  live: (board) => questionSaid(board).trim() || 'Gleich kommt die Frage.',
};
