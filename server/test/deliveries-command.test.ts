import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { Shop } from './support/shop.js';
import { freePort, startOrigin, until } from './support/test-origin.js';

const COMMAND = fileURLToPath(new URL('../../infra/crowdcue.mjs', import.meta.url));

const crowdcue = (...args: string[]): Promise<{ code: number; out: string; err: string }> =>
  new Promise((resolve) => {
    execFile(process.execPath, [COMMAND, 'deliveries', ...args], (error, out, err) => resolve({ code: error === null ? 0 : Number(error.code), out: out.trim(), err: err.trim() }));
  });

it('[HOK15] crowdcue deliveries lists endpoints and dead letters, replays and discards them, and pings', async () => {
  const test = await startOrigin({ WEBHOOK_ALLOW_PRIVATE: '127.0.0.1' }, { webhooks: { schedule: { wait: () => undefined } } });
  await test.event({ id: 'show', drops: [{ id: 'mug', name: 'Mug', kind: 'badge', supply: null, unlockedBy: 'round-won' }] });
  const host = ['--origin', test.url, '--host-session', test.session];
  expect(await crowdcue('list', ...host)).toEqual({ code: 0, out: 'There are no webhooks.', err: '' });
  const shop = await Shop.start();
  shop.behave('/hook', (_, response) => void response.writeHead(500).end());
  const { webhook } = (await test.call('POST', '/api/webhooks', { bearer: test.session, body: { url: shop.url('/hook'), description: 'Shop' } })).body as { webhook: { id: string } };
  for (const tick of [1, 2, 3]) {
    const me = await test.join('show');
    await test.won('show', [me.viewer], tick);
    await test.call('POST', '/api/events/show/claims', { bearer: me.token, body: { drop: 'mug', key: `key-${me.viewer}` } });
  }
  await until(async () => (await test.call('GET', `/api/webhooks/${webhook.id}/deliveries`, { bearer: test.session })).body.books[0].dead === 3, 'dead letters');
  const listed = await crowdcue('list', ...host);
  expect(listed).toMatchObject({ code: 1, err: '' });
  const [head, books, ...letters] = listed.out.split('\n');
  expect([head, books]).toEqual([`${webhook.id}  on  ${shop.url('/hook')}  (Shop)`, '  show: 0 pending, 3 dead, 0 entries not yet looked at']);
  expect(letters).toHaveLength(3);
  expect(letters[0]).toMatch(/^ {2}dead (show:\d+) {2}app\.crowdcue\.drop\.granted of \1 {2}parked \S+Z after 1 tries: HTTP 500$/);
  const id = /show:\d+/.exec(letters[0]!)![0];
  expect(await crowdcue('ping', ...host)).toMatchObject({ code: 1, out: expect.stringMatching(/^not delivered, HTTP 500: HTTP 500 \(\d+ ms\)$/) as string });
  shop.behave('/hook', (_, response) => void response.writeHead(200).end());
  expect(await crowdcue('discard', id, ...host)).toEqual({ code: 0, out: '1 discarded', err: '' });
  expect(await crowdcue('replay', id, 'show:1', '--webhook', webhook.id, ...host)).toEqual({ code: 1, out: '0 replayed', err: '' });
  const before = shop.calls.length;
  expect(await crowdcue('replay', '--event', 'show', '--json', ...host)).toEqual({ code: 0, out: '{"replayed":2}', err: '' });
  await shop.until(() => shop.calls.length === before + 2);
  expect(await crowdcue('list', '--json', ...host)).toMatchObject({ code: 0, out: expect.stringContaining('"letters":[]') as string });

  const mistakes: [string[], number, string][] = [
    [[], 2, 'list, replay, discard or ping'], [['drop'], 2, 'list, replay, discard or ping'], [['list'], 2, '--host-link'], [['discard', ...host], 2, 'name the messages'], [['list', 'x', ...host], 2, 'takes no ids'],
    [['list', '--odd', ...host], 2, '--help'], [['replay', '--webhook', 'wh_nobody', ...host], 1, 'no webhook wh_nobody'], [['list', '--host-link', 'https://example.org/x'], 2, '--host-link takes'],
    [['list', '--origin', test.url, '--host-session', 'h1.x'], 1, 'host_forbidden'], [['list', '--origin', `http://127.0.0.1:${await freePort()}`, '--host-session', 'x'], 1, 'not reachable'], [['replay', '__proto__:1', ...host], 1, ''],
  ];
  const answers = await Promise.all(mistakes.map(([args]) => crowdcue(...args)));
  for (const [index, [args, code, says]] of mistakes.entries()) {
    const answer = answers[index]!;
    expect([args, answer.code]).toEqual([args, code]);
    expect(answer.err).toContain(says);
    expect(answer.err).not.toContain('    at ');
  }
}, 60_000);
