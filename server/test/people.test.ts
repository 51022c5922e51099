import { describe, expect, it, onTestFinished } from 'vitest';
import type { CrowdcueError } from '@crowdcue/protocol';
import { dueAt, PeopleRetention } from '../src/events/people-retention.js';
import { Keys, systemRandom } from '../src/identity/index.js';
import { CODE_LIFE_MS, CODE_TRIES, codeMail, ProofCodes, MAIL_LANGUAGES, MOST_VIEWERS, PeopleTable, readAddress, withTold, type CodeRecord, type PersonRecord } from '../src/people/index.js';
import { lmdbRecords, openRedisRecords, type RecordStore } from '../src/store/index.js';
import { handClock, tempDir, tempStore, type HandClock } from './store-helper.js';
import { HAS_REDIS } from './support/redis-server.js';
import { sharedRedis } from './support/shared-redis.js';

const keys = new Keys(Buffer.alloc(32, 7));
const E = 'show';

interface Opened {
  readonly records: RecordStore;
  reopen(): Promise<RecordStore>;
  /** The same data in another process, where that can be. */
  readonly other?: RecordStore;
}

const tableOf = (records: RecordStore, clock: HandClock = handClock(), under = keys): PeopleTable =>
  new PeopleTable({ table: records.table<PersonRecord>('people'), keys: under, clock, random: systemRandom });
const rawOf = (records: RecordStore): string => JSON.stringify([...records.table('people').entries(), ...records.table('proof-codes').entries()]);

const contract = (name: string, open: () => Promise<Opened>): void => {
  describe(`people on ${name}`, () => {
    it('[PPL1] keeps what names somebody sealed, under keys that name nobody, over a restart', async () => {
      const { records, reopen } = await open();
      const people = tableOf(records);
      const ada = await people.prove(E, 5, 'email', 'ada@example.org', { email: 'Ada+show@example.org' });
      await people.change(ada, (data) => withTold(data, { name: 'Ada Byron', shipping: { lines: ['St James 12'], city: 'London', country: 'GB' }, consents: { news: false } }, 77));
      for (const word of ['ada', 'Ada', 'example', 'Byron', 'James', 'London', 'news']) expect(rawOf(records)).not.toContain(word);
      const after = await reopen();
      const again = tableOf(after);
      const [known] = again.of(E, 5);
      expect(again.data(known!)).toEqual({
        email: 'Ada+show@example.org', name: 'Ada Byron', shipping: { lines: ['St James 12'], city: 'London', country: 'GB' }, consents: { news: { given: false, at: 77 } },
      });
      expect(again.find(E, 'email', 'ada@example.org')).toEqual(known);
      // Nobody without the root secret reads it, and a record that was put in another's place does not open.
      expect(() => tableOf(after, handClock(), new Keys(Buffer.alloc(32, 8))).data(known!)).toThrow();
      const eve = await again.prove(E, 6, 'email', 'eve@example.org', { email: 'eve@example.org' });
      expect(() => again.data({ ...known!, sealed: eve.sealed })).toThrow();
      expect(() => again.data({ ...known!, event: 'other' })).toThrow();
    });

    it('[PPL2] one person is one subject in an event, on any number of devices; another event, kind or person is another', async () => {
      const { records } = await open();
      const people = tableOf(records);
      const subjects = await Promise.all(Array.from({ length: 50 }, async (_, viewer) => (await people.prove(E, viewer + 1, 'email', 'ada@example.org', { email: 'ada@example.org' })).subject));
      expect(new Set(subjects).size).toBe(1);
      expect(subjects[0]).toBeGreaterThanOrEqual(1);
      expect(subjects[0]).toBeLessThanOrEqual(2 ** 52);
      const others = await Promise.all([
        people.prove('other', 1, 'email', 'ada@example.org', {}), people.prove(E, 1, 'twitch', 'ada@example.org', {}), people.prove(E, 1, 'email', 'eve@example.org', {}),
      ]);
      expect(new Set([subjects[0], ...others.map(({ subject }) => subject)]).size).toBe(4);
      expect(people.find(E, 'email', 'ada@example.org')!.viewers).toHaveLength(50);
      expect(people.size).toBe(4);
    });

    it('[PPL2] the newest proof of a viewer comes first, also where it is of somebody known', async () => {
      const { records } = await open();
      const clock = handClock();
      const people = tableOf(records, clock);
      const ada = await people.prove(E, 1, 'email', 'ada@example.org', {});
      clock.time += 1;
      const eve = await people.prove(E, 1, 'email', 'eve@example.org', {});
      expect(people.of(E, 1).map(({ subject }) => subject)).toEqual([eve.subject, ada.subject]);
      clock.time += 1;
      await people.prove(E, 1, 'email', 'ada@example.org', {});
      expect(people.of(E, 1).map(({ subject }) => subject)).toEqual([ada.subject, eve.subject]);
    });

    it('[PPL3] forgets for good: nothing is found by any number or address, and the same address is somebody new', async () => {
      const { records, reopen } = await open();
      const people = tableOf(records);
      const ada = await people.prove(E, 1, 'email', 'ada@example.org', { email: 'ada@example.org' });
      await people.prove(E, 2, 'email', 'ada@example.org', {});
      await people.erase(ada);
      expect([people.of(E, 1), people.of(E, 2), people.find(E, 'email', 'ada@example.org'), people.all(E), people.events(), people.size]).toEqual([[], [], undefined, [], [], 0]);
      expect(await people.change(ada, (data) => ({ ...data, name: 'x' }))).toBeUndefined(); // what comes too late brings nobody back
      await people.erase(ada);
      const after = await reopen();
      expect(rawOf(after)).not.toContain(String(ada.subject));
      const anew = await tableOf(after).prove(E, 1, 'email', 'ada@example.org', {});
      expect(anew.subject).not.toBe(ada.subject);
      expect(anew.viewers).toHaveLength(1);
    });

    it('[PPL4] devices of one person are bounded; the first stays', async () => {
      const { records } = await open();
      const people = tableOf(records);
      const full = await people.prove(E, 1, 'email', 'ada@example.org', {});
      const viewers = Array.from({ length: MOST_VIEWERS }, (_, at) => [at + 1, 5] as const);
      await records.table<PersonRecord>('people').put(full.key, { ...full, viewers });
      const again = tableOf(records);
      const { viewers: now } = await again.prove(E, 9_999, 'email', 'ada@example.org', {});
      expect(now.map(([viewer]) => viewer)).toEqual([1, ...viewers.slice(2).map(([viewer]) => viewer), 9_999]);
      expect(again.of(E, 2)).toEqual([]);
    });

    it('[PRF2] a code is good once asked for, for ten minutes, five tries, this viewer and this mailbox', async () => {
      const { records } = await open();
      const clock = handClock();
      const codes = new ProofCodes({ table: records.table<CodeRecord>('proof-codes'), keys, clock, random: systemRandom });
      const refused = async (code: string, viewer = 1, person = 'a@b.example'): Promise<string> =>
        codes.check(E, viewer, person, code).then(() => 'right', (error: unknown) => (error as CrowdcueError).code);
      expect(await refused('123456')).toBe('proof_code_over'); // none was asked for
      const { code, until } = await codes.make(E, 1, 'a@b.example', true);
      expect(code).toMatch(/^\d{6}$/);
      expect(until).toBe(clock.time + CODE_LIFE_MS);
      expect(rawOf(records)).not.toMatch(new RegExp(`${code}|b\\.example`));
      // Who asks again while it is young is mailed the same, so that mails may overtake each other.
      clock.time += CODE_LIFE_MS / 2;
      expect(await codes.make(E, 1, 'a@b.example', true)).toEqual({ code, until });
      const wrong = code === '000000' ? '111111' : '000000';
      expect([await refused(wrong), await refused(code, 2), await refused(code, 1, 'other@b.example')]).toEqual(['proof_code_wrong', 'proof_code_over', 'proof_code_wrong']);
      expect(await refused(`${code.slice(0, 3)} ${code.slice(3)}`)).toBe('right');
      clock.time = until;
      expect(await refused(code)).toBe('proof_code_over');
      const next = await codes.make(E, 1, 'a@b.example', true);
      expect(next.until).toBe(until + CODE_LIFE_MS);
      for (let at = 0; at < CODE_TRIES; at++) expect(await refused('nope')).toBe('proof_code_wrong');
      expect(await refused(next.code)).toBe('proof_code_over');
      // What was tried too often is not tried on: asking again gives another.
      expect((await codes.make(E, 1, 'a@b.example', true)).until).toBe(until + CODE_LIFE_MS);
      expect(await refused(next.code === (await codes.make(E, 1, 'a@b.example', true)).code ? 'same' : next.code)).toBe('proof_code_wrong');
    });

    it('[PRF2] tries at once are each counted, and no code that was not mailed confirms', async () => {
      const { records, other = records } = await open();
      const codes = [records, other].map((each) => new ProofCodes({ table: each.table<CodeRecord>('proof-codes'), keys, clock: handClock(), random: systemRandom }));
      const { code } = await codes[0]!.make(E, 1, 'a@b.example', true);
      await expect.poll(() => rawOf(other)).toContain('nonce');
      const wrong = code === '000000' ? '111111' : '000000';
      const ends = await Promise.allSettled(Array.from({ length: 20 }, (_, at) => codes[at % 2]!.check(E, 1, 'a@b.example', wrong)));
      const counted = (what: string): number => ends.filter((end) => (end as PromiseRejectedResult).reason.code === what).length;
      expect([counted('proof_code_wrong'), counted('proof_code_over')]).toEqual([CODE_TRIES, 20 - CODE_TRIES]);
      await expect(codes[0]!.check(E, 1, 'a@b.example', code)).rejects.toMatchObject({ code: 'proof_code_over' });
      const held = await codes[0]!.make(E, 2, 'a@b.example', false);
      await expect(codes[0]!.check(E, 2, 'a@b.example', held.code)).rejects.toMatchObject({ code: 'proof_code_wrong' });
      await codes[0]!.make(E, 2, 'a@b.example', true); // now one is mailed
      const mailed = await codes[0]!.make(E, 2, 'a@b.example', true);
      expect(mailed.code).not.toBe(held.code);
      await codes[0]!.check(E, 2, 'a@b.example', mailed.code);
    });

    it('[PPL7] forgets the people of an event days after its end, and codes that are over', async () => {
      const { records } = await open();
      const DAY = 24 * 3_600_000;
      const clock = handClock(100 * DAY);
      const people = tableOf(records, clock);
      const codes = new ProofCodes({ table: records.table<CodeRecord>('proof-codes'), keys, clock, random: systemRandom });
      const events = new Map<string, { endedAt?: number; retentionDays?: number }>([['ended', { endedAt: clock.time }], ['short', { endedAt: clock.time, retentionDays: 2 }], ['open', {}]]);
      const erased: string[] = [];
      const retention = new PeopleRetention({
        people, codes, clock, days: 30, erased: (why) => erased.push(why), logger: { info: () => undefined, error: (_, message) => expect.fail(message) },
        events: { has: (id: string) => events.has(id), get: (id: string) => events.get(id) as never },
      });
      for (const event of ['ended', 'short', 'open', 'gone']) await people.prove(event, 1, 'email', 'ada@example.org', {});
      await codes.make('ended', 3, 'a@b.example', true);
      const left = (): string[] => people.events().toSorted();
      await retention.run();
      expect(left()).toEqual(['ended', 'gone', 'open', 'short']);
      clock.time += 2 * DAY - 1;
      expect([await retention.sweep(), left()]).toEqual([0, ['ended', 'gone', 'open', 'short']]);
      expect([...records.table('proof-codes').entries()]).toEqual([]);
      clock.time += 1;
      expect([await retention.sweep(), left()]).toEqual([1, ['ended', 'gone', 'open']]);
      clock.time += 10 * DAY;
      await people.prove('open', 2, 'email', 'eve@example.org', {}); // an event that nobody ends lives while it is used
      clock.time += 18 * DAY;
      await retention.run();
      expect(left()).toEqual(['open']);
      clock.time -= 12 * DAY; // a clock that is set back erases nothing, and does not stop it
      await retention.run();
      clock.time += 12 * DAY + 11 * DAY;
      expect(left()).toEqual(['open']);
      clock.time += DAY;
      await retention.run();
      expect([left(), erased.length, rawOf(records)]).toEqual([[], 5, '[]']);
      expect(dueAt(undefined, Array.from({ length: 2_000 }, () => ({ viewers: Array.from({ length: 100 }, (_, at) => [at, at] as const) })), 1)).toBe(99 + DAY); // more than fit into one call
      expect(dueAt({ endedAt: 5, retentionDays: 1 }, [], 30)).toBe(5 + DAY);
    });
  });
};

contract('lmdb', async () => {
  const path = tempDir();
  const store = await tempStore(path);
  return {
    records: lmdbRecords(store),
    reopen: async () => {
      await store.close();
      return lmdbRecords(await tempStore(path));
    },
  };
});

describe.skipIf(!HAS_REDIS)('with a real server', () => {
  const redis = sharedRedis();
  contract('redis', async () => {
    const prefix = redis.freshPrefix();
    const openOne = async (): Promise<RecordStore> => {
      const records = await openRedisRecords(await redis.client(prefix), ['people', 'proof-codes']);
      onTestFinished(() => records.close());
      return records;
    };
    return { records: await openOne(), reopen: openOne, other: await openOne() };
  });

  it('[PPL2] origins that share a Redis give one person one subject, and forget them together', async () => {
    const prefix = redis.freshPrefix();
    const two = await Promise.all([1, 2].map(async () => {
      const records = await openRedisRecords(await redis.client(prefix), ['people', 'proof-codes']);
      onTestFinished(() => records.close());
      return tableOf(records);
    }));
    const known = await Promise.all(Array.from({ length: 30 }, (_, at) => two[at % 2]!.prove(E, at + 1, 'email', 'ada@example.org', { email: 'ada@example.org' })));
    expect(new Set(known.map(({ subject }) => subject)).size).toBe(1);
    await expect.poll(() => two.map((each) => each.find(E, 'email', 'ada@example.org')?.viewers.length)).toEqual([30, 30]);
    await two[0]!.erase(known[0]!);
    await expect.poll(() => two[1]!.size).toBe(0);
    expect(two[1]!.of(E, 7)).toEqual([]);
  });
});

describe('addresses of mail', () => {
  it('[PRF3] every spelling of one mailbox is one person', () => {
    const one = ['ada@example.org', 'Ada@EXAMPLE.org', ' ada+show@example.org', 'ADA+a+b@Example.Org  '];
    expect(new Set(one.map((text) => readAddress(text)?.person))).toEqual(new Set(['ada@example.org']));
    expect(new Set(['a.d.a@gmail.com', 'ada@googlemail.com', 'AdA+1@GMail.com'].map((text) => readAddress(text)?.person))).toEqual(new Set(['ada@gmail.com']));
    expect(readAddress('a.da@example.org')!.person).toBe('a.da@example.org'); // dots mean something elsewhere
    expect(readAddress('+x@example.org')!.person).toBe('+x@example.org');
    expect(readAddress('Ada@bücher.example')).toEqual({ to: 'Ada@xn--bcher-kva.example', person: 'ada@xn--bcher-kva.example' });
    expect(readAddress('Ada+tag@Example.org')!.to).toBe('Ada+tag@example.org'); // mail goes where it was said
  });

  it.each([
    '', '@', 'ada', 'ada@', '@example.org', 'ada@example', 'ada@-a.org', 'ada@a..org', 'a b@example.org', '.ada@example.org', 'ada.@example.org', 'a..b@example.org', '"a b"@example.org',
    'ada@example.org\r\nBcc: all@example.org', 'ada@example.org\n', '\r\nada@example.org', 'ada@example.org,eve@example.org', 'ada@example.org;eve@example.org', 'Ada <ada@example.org>', 'ada\u0000@example.org',
    'ada@[127.0.0.1]', 'ada@127.0.0.1', 'ada@localhost', 'ada@example.org/x', 'ada@example.org?x', 'ada@exa%6dple.org', 'ada(c)@example.org', `${'a'.repeat(65)}@example.org`, `a@${'b'.repeat(64)}.org`, `a@${'b.'.repeat(130)}org`, 'аda@example.org',
  ])('[PRF4] %j is none', (text) => expect(readAddress(text)).toBeUndefined());
});

describe('mails with codes', () => {
  it('[PRF5] are plain text in six languages, with the code alone on a line and no link', () => {
    expect(MAIL_LANGUAGES.toSorted()).toEqual(['ar', 'de', 'en', 'es', 'ja', 'pt-br']);
    const texts = MAIL_LANGUAGES.map((language) => codeMail('012345', 'The Show', language));
    expect(new Set(texts.map(({ text }) => text)).size).toBe(6);
    for (const { subject, text } of texts) {
      expect(text).toMatch(/^ {4}012345$/m);
      expect(`${subject}${text}`).toContain('The Show');
      expect(subject).toContain('012345');
      expect(`${subject}${text}`).not.toMatch(/https?:|www\.|[<>]/);
    }
    const subjectIn = (language: string): string => codeMail('1', 'S', language).subject;
    expect(subjectIn('de-AT, en;q=0.8')).toBe(subjectIn('de'));
    expect(subjectIn('pt-PT')).toBe(subjectIn('pt-br'));
    for (const unknown of ['', '*', 'xx', '__proto__', 'constructor,en']) expect(subjectIn(unknown)).toBe(subjectIn('en'));
    expect(subjectIn('fr, ja;q=0.5')).toBe(subjectIn('ja'));
  });

  it('[PRF4] an event\'s name makes no header', () => {
    expect(codeMail('1', 'Show\r\nBcc: all@example.org', 'en').subject).toBe('1 is your code for Show Bcc: all@example.org');
  });
});
