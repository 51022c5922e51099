import { numberOn, speechIn, textOn, type GameText } from '../../text.js';
import { FALSE_START_SCORE, reactionOfScore } from '../score.js';

const say = speechIn('de');

/** The words of quickdraw in German. */
export const text: GameText = {
  title: 'Schnellzieher',
  howTo: 'Warte, bis es umschlägt, und tippe; wer zu früh ist, scheidet aus.',
  choices: { draw: 'Ziehen' },
  press: 'Ziehen',
  phrases: {
    wait: 'Warte',
    waitHint: 'Tippe, sobald es umschlägt',
    go: 'JETZT!',
    early: 'Zu früh',
    earlyHint: 'In der nächsten Runde bist du wieder dabei.',
    drew: 'Gezogen',
    drewHint: 'Das Ergebnis kommt am Ende der Runde.',
  },
  players: () => 'Spieler',
  keys: 'Leertaste oder Eingabetaste zieht.',
  headline: (board) => {
    const fastest = numberOn(board, 'fastestMs');
    return fastest > 0 ? `${say.number(fastest)} ms` : 'Niemand hat gezogen';
  },
  outcome: (board) => {
    const drew = numberOn(board, 'drew');
    if (drew === 0) return 'Diesmal zählte kein Schuss.';
    if (drew === 1) return 'Der schnellste von einem Schuss.';
    return `Der schnellste von ${say.number(drew)} Schüssen; die Hälfte lag unter ${say.number(numberOn(board, 'medianMs'))} ms.`;
  },
  score: (me) => {
    if (me.score === FALSE_START_SCORE) return 'Zu früh';
    return me.score > 0 ? `${say.number(reactionOfScore(me.score))} ms` : 'Nicht gewertet';
  },
  live: (board) => (textOn(board, 'signal') === 'go' ? 'Jetzt ziehen!' : 'Warte noch.'),
};
