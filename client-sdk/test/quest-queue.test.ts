import { describe, expect, it } from 'vitest';
import { CrowdcueError } from '@crowdcue/protocol';
import { QuestQueue, type QuestWord } from '../src/index.js';
import { MapStorage } from './fake-relay.js';

const ITEM = 'crowdcue.questwords.show.7';
const bench = (storage = new MapStorage()) => {
  const asked: { path: string; body: unknown }[] = [];
  const settled: [string, unknown][] = [];
  let answer: (path: string) => unknown = () => ({ done: false });
  const queue = new QuestQueue(storage, ITEM, {
    ask: async (path, body) => {
      asked.push({ path, body });
      const value = answer(path);
      if (value instanceof Error) throw value;
      return value;
    },
    settled: ({ step }: QuestWord, outcome) => settled.push([step, outcome instanceof CrowdcueError ? outcome.code : outcome]),
  });
  return { queue, storage, asked, settled, answers: (next: typeof answer) => { answer = next; } };
};

describe('untimed steps without a network', () => {
  it('[QST7] are kept under one key until the origin has them, over failures and a reload, and said in order', async () => {
    const first = bench();
    first.answers(() => new CrowdcueError('unavailable'));
    first.queue.say({ quest: 'tour', step: 'shop' });
    first.queue.say({ quest: 'tour', step: 'year', answer: 1 });
    await first.queue.flush();
    await first.queue.flush();
    expect(first.asked.map(({ path }) => path)).toEqual(['/quests/tour/steps/shop', '/quests/tour/steps/shop']); // the second waits for the first
    const again = bench(first.storage); // the page was loaded anew
    expect(again.queue.waiting.map(({ step }) => step)).toEqual(['shop', 'year']);
    await Promise.all([again.queue.flush(), again.queue.flush()]);
    expect(again.asked.map(({ body }) => body)).toEqual([first.asked[0]!.body, { key: expect.stringMatching(/^[\da-f]{32}$/), answer: 1 }]);
    expect(again.settled).toEqual([['shop', { done: false }], ['year', { done: false }]]);
    expect([again.queue.waiting, first.storage.map.size]).toEqual([[], 0]);
  });

  it('[QST7] are given up when they will never count, and wait while they may; the last word on a step is the one that is said', async () => {
    const { queue, asked, settled, answers } = bench();
    answers((path) => (path.endsWith('year') ? new CrowdcueError('quest_answer_wrong') : new CrowdcueError('too_many_requests')));
    queue.say({ quest: 'tour', step: 'year', answer: 0 });
    queue.say({ quest: 'tour', step: 'shop' });
    queue.say({ quest: 'tour', step: 'shop' });
    await queue.flush();
    expect([settled, queue.waiting.map(({ step }) => step), asked.length]).toEqual([[['year', 'quest_answer_wrong']], ['shop'], 2]);
  });

  it('[QST7] a storage that somebody wrote nonsense into is an empty one', async () => {
    for (const nonsense of ['{', 'null', '7', '[null, 5, {}, {"quest": 1}]', '{"quest":"a"}']) {
      const storage = new MapStorage();
      storage.setItem(ITEM, nonsense);
      const { queue, asked } = bench(storage);
      await queue.flush();
      expect([queue.waiting, asked]).toEqual([[], []]);
    }
  });
});
