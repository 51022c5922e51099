import { games } from '@crowdcue/games';
import { describe, expect, it } from 'vitest';
import { checkCue } from '../../src/rooms/cue-check.js';
import { CrowdState } from '../../src/rooms/state.js';

const cue = (game: string, params: Record<string, number | string>) => checkCue({ game, params }, games, 0);
const trivia = { question: 'Where?', answer1: 'Rome', answer2: 'Paris', right: 2 };
const poll = { question: 'What?', option1: 'A', option2: 'B' };

describe('cue check', () => {
  it('[GAM50] refuses a question that asks nothing, has fewer than two choices, or whose right answer is none, before it runs', () => {
    expect(cue('trivia', trivia).params).toMatchObject({ ...trivia, answer3: '', answer4: '' });
    expect(cue('poll', poll).game).toBe('poll');
    const bad: [string, Record<string, number | string>][] = [
      ['poll', {}], ['poll', { ...poll, question: '   ' }], ['poll', { ...poll, option2: '' }], ['poll', { ...poll, option3: 'x'.repeat(41) }], ['poll', { ...poll, option1: 7 }],
      ['poll', { ...poll, question: 'x'.repeat(121) }], ['poll', { ...poll, option7: 'C' }], ['predict', { question: 'Who?', outcome1: 'Red' }],
      ['trivia', { ...trivia, right: 3 }], ['trivia', { ...trivia, right: 0 }], ['trivia', { ...trivia, right: 1.5 }], ['trivia', { ...trivia, right: '2' }],
      ['boss', { toughness: 9 }], ['boss', { toughness: Infinity }],
    ];
    for (const [game, params] of bad) expect(() => cue(game, params), JSON.stringify(params)).toThrowError(expect.objectContaining({ code: 'bad_request' }) as Error);
  });

  it('[GAM51] has no place in the shared state for parameters: what only the rules may know stays with them', () => {
    expect(Object.keys(new CrowdState().toJSON()).toSorted()).toEqual([
      'closesAt', 'drops', 'endsAt', 'flashFrom', 'game', 'numbers', 'packagerEpoch', 'packagerError', 'phase', 'players', 'round', 'startsAt', 'texts', 'top', 'viewers',
    ]);
  });
});
