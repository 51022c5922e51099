import { describe, expect, it } from 'vitest';
import { originOf, snippetsOf } from '../src/host/embed-panel.js';
import { emptyQuest, emptyStep, idOf, questFormOf, questSpecOf, type QuestForm, type QuestSpec } from '../src/host/quest-form.js';
import { problemOf } from '../src/host/setup-fields.js';
import { channelOf } from '../src/host/twitch-panel.js';
import { placeAfter, placesOf } from '../src/host/workplaces.js';
import { ApiError } from '../src/shared/api.js';

let last = 0;
const letters = (): string => `x${String(++last).padStart(3, '0')}`;

const TOUR: QuestSpec = {
  id: 'tour', title: 'The tour', steps: [
    { id: 'pull', title: 'Play', when: { fact: 'RoundPlayed', game: 'tug', count: 2, scope: 'crowd', where: { score: { gte: 5 } } } },
    { id: 'won', title: 'Win', achievement: 'round-won' },
    { id: 'year', title: 'Since when?', untimed: true, answer: { question: 'Q', choices: ['1', '2'], right: 1 } },
    { id: 'shop', title: 'Look', untimed: true, visit: { url: 'https://shop.example/' } },
  ],
};

describe('quests while they are composed', () => {
  const withStep = (at: number, change: object): QuestForm => {
    const form = questFormOf(TOUR);
    return { ...form, steps: form.steps.map((step, i) => (i === at ? { ...step, ...change } : step)) };
  };
  const idsOf = (form: QuestForm): string[] => questSpecOf(form, letters).steps.map(({ id }) => id);

  it('[QST13] come back as they were given, with what the form does not show', () => {
    expect(questSpecOf(questFormOf(TOUR), letters)).toEqual(TOUR);
  });

  it('[QST13] keep an id while words are mended, and get another when something else is asked for', () => {
    expect(idsOf(withStep(0, { title: 'Play twice' }))).toEqual(['pull', 'won', 'year', 'shop']);
    expect(idsOf(withStep(2, { question: 'Since when, again?', choices: ['2015', '2019'], right: 0 }))).toEqual(['pull', 'won', 'year', 'shop']);
    expect(idsOf(withStep(3, { url: 'https://shop.example/new' }))).toEqual(['pull', 'won', 'year', 'shop']);
    for (const [at, change] of [[0, { count: '3' }], [0, { game: '' }], [0, { kind: 'RoundWon' }], [1, { achievement: 'fastest' }], [2, { kind: 'visit', url: 'https://a.example/' }], [3, { kind: 'RoundPlayed' }]] as const) {
      const before = TOUR.steps.map(({ id }) => id);
      const after = idsOf(withStep(at, change));
      expect([at, change, after.filter((id) => !before.includes(id)).length, after.filter((_, i) => i !== at)]).toEqual([at, change, 1, before.filter((_, i) => i !== at)]);
    }
    expect(questSpecOf(withStep(0, { kind: 'RoundWon' }), letters).steps[0]).toMatchObject({ when: { fact: 'RoundWon', game: 'tug', count: 2 } });
    expect(questSpecOf(withStep(0, { kind: 'RoundWon' }), letters).steps[0]!.when).not.toHaveProperty('where'); // that was of another fact
  });

  it('[QST13] get ids that can be read, of any title, and none that was there before', () => {
    expect([idOf('Die große Öffnung!', () => 'abcd'), idOf('日本', () => 'abcd'), idOf('x'.repeat(99), () => 'abcdefgh'), idOf('--', () => 'abcd')]).toEqual(['die-gro-e-o-ffnung-abcd', 'step-abcd', `${'x'.repeat(24)}-abcd`, 'step-abcd']);
    const made = [questSpecOf({ ...emptyQuest, title: 'Tour', steps: [{ ...emptyStep, title: 'A' }] }, letters), questSpecOf({ ...emptyQuest, title: 'Tour', steps: [{ ...emptyStep, title: 'A' }] }, letters)];
    expect(new Set(made.flatMap(({ id, steps }) => [id, steps[0]!.id])).size).toBe(4);
    for (const { id } of made) expect(id).toMatch(/^[a-z0-9][a-z0-9-]{0,31}$/);
  });
});

describe('the set-up', () => {
  it('[WSP22] finds the field that a refusal is about, and says it in the field’s words with its code', () => {
    const words = { name: 'Give a name.', 'quests.*.steps.*.title': 'Say what.', twitch_key_needed: 'Another key.' };
    const of = (code: string, message: string) => problemOf(new ApiError(code as never, message, false), words);
    expect(of('bad_request', 'name: Too small')).toEqual({ path: 'name', text: 'Give a name.', code: 'bad_request' });
    expect(of('quest_bad_request', 'The quest is not of the right shape. quests.0.steps.12.title: Too small')).toEqual({ path: 'quests.0.steps.12.title', text: 'Say what.', code: 'quest_bad_request' });
    expect(of('bad_request', 'url: must be an https address')).toEqual({ path: 'url', text: 'must be an https address', code: 'bad_request' });
    expect(of('twitch_key_needed', 'whatever: it says')).toEqual({ path: '', text: 'Another key.', code: 'twitch_key_needed' });
    expect(of('event_ended', 'x')).toEqual({ path: '', text: 'This event is over.', code: 'event_ended' });
    expect(of('bad_request', 'no path at all')).toMatchObject({ path: '', code: 'bad_request' });
  });

  it('[EMB24] takes a site out of a page’s address, leaves to the origin what is none, and writes addresses below a prefix', () => {
    expect([' https://Blog.example/a?b#c ', 'https://blog.example:8443', 'http://127.0.0.1:81/x'].map(originOf)).toEqual(['https://blog.example', 'https://blog.example:8443', 'http://127.0.0.1:81']);
    for (const text of ['javascript:alert(1)', 'blog.example', '', 'https://a:b@blog.example/', 'data:text/html,x']) expect(originOf(text)).toBe(text);
    expect(snippetsOf('https://play.example/live/join/ABCDEF', 'ABCDEF').script).toContain('src="https://play.example/live/element.js"></script>\n<crowdcue-game origin="https://play.example/live" event="ABCDEF">');
  });

  it('[TWI17] reads the channel out of its key', () => {
    expect([channelOf(' 44322889.1795.AbC_-9 '), channelOf('44322889'), channelOf('x.1.y'), channelOf(''), channelOf(`${'9'.repeat(33)}.1.a`)]).toEqual(['44322889', undefined, undefined, undefined, undefined]);
  });

  it('[WSP21] has each workspace once, by its own session where there is one, in the order of names, round and round', () => {
    const place = (id: string, more: object) => ({ id, name: id.toUpperCase(), role: 'host' as const, ...more });
    const places = placesOf([place('own', { session: 'o' }), place('b', { via: 'o' }), place('a', { via: 'o' }), place('b', { session: 'b', role: 'moderator' })]);
    expect(places.map(({ id, session, role }) => [id, session, role])).toEqual([['a', undefined, 'host'], ['b', 'b', 'moderator'], ['own', 'o', 'host']]);
    expect([placeAfter(places, 'a')?.id, placeAfter(places, 'own')?.id, placeAfter(places, undefined)?.id, placeAfter(places.slice(0, 1), 'a')]).toEqual(['b', 'a', 'a', undefined]);
  });
});
