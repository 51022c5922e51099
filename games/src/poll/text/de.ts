import { numberOn, questionSaid, speechIn, textOn, type GameText } from '../../text.js';
import { leadersOn } from '../leaders.js';

const say = speechIn('de');

/** The words of poll in German. */
export const text: GameText = {
  title: 'Abstimmung',
  howTo: 'Tippe an, was du willst; bis zum Ende kannst du wechseln.',
  choices: { 1: '1', 2: '2', 3: '3', 4: '4', 5: '5', 6: '6' },
  press: 'Abstimmen',
  phrases: {
    ask: 'Tippe zum Abstimmen',
    own: 'Deine Stimme',
    hint: 'Tippe eine andere an, um zu wechseln.',
  },
  players: (count) => say.form(count, { one: 'Stimme', other: 'Stimmen' }),
  keys: 'Die Tasten 1 bis 6 stimmen ab.',
  headline: (board) => {
    const leaders = numberOn(board, 'leaders');
    if (leaders === 0) return 'Keine Stimmen';
    return leaders === 1 ? textOn(board, 'leading') : 'Gleichstand';
  },
  outcome: (board) => {
    const leaders = numberOn(board, 'leaders');
    const share = say.percent(numberOn(board, 'leadingShare'));
    if (leaders === 0) return 'Diesmal hat niemand abgestimmt.';
    if (leaders > 1) return `${say.list(textOn(board, 'leading'))} liegen mit je ${share} gleichauf.`;
    return `${share} von ${say.counted(numberOn(board, 'votes'), { one: '# Stimme', other: '# Stimmen' })}.`;
  },
  score: () => 'Deine Stimme hat gezählt',
  live: (board) => {
    const { names, percent } = leadersOn(board);
    if (names.length === 0) return questionSaid(board).trim() || 'Gleich kommt die Frage.';
    const named = say.list(names.join('\n'));
    return names.length > 1 ? `${named} liegen gleichauf.` : `${named} führt mit ${percent} Prozent.`;
  },
};
