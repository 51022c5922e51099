import { StoreError } from '../errors.js';
import type { RecordTable } from '../records.js';
import { ADD_RECORD } from './lua/add-record.js';
import { CHANGE_RECORD } from './lua/change-record.js';
import { PUT_RECORD } from './lua/put-record.js';
import { READ_RECORDS } from './lua/read-records.js';
import { REMOVE_RECORD } from './lua/remove-record.js';
import type { RedisClient } from './redis-client.js';
import type { RecordKeys } from './redis-keys.js';
import type { RedisScript } from './redis-script.js';

type Changed = (key: string, value: unknown) => void;

/** Keys are URI-encoded in Redis: a message is words with spaces between. */
const encode = (key: string): string => {
  try {
    return encodeURIComponent(key);
  } catch (error) {
    throw StoreError.badKey('a key is not well-formed text', error);
  }
};

const pack = (value: unknown): string => {
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) throw StoreError.badKey('a record is a JSON value');
  return text;
};

/** Whether one of us wrote it: what somebody put there by hand must not end the process. */
const isReadable = (field: string, text: string | undefined): boolean => {
  try {
    decodeURIComponent(field);
    if (text !== undefined) JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

/** One table, as one process sees it. */
export class RedisTable implements RecordTable<unknown> {
  /** encoded key → JSON: parsed for each reader, so that none changes what another sees */
  readonly #texts = new Map<string, string>();
  /** Version of the newest reading of all; what came since, by key, so that an older reading or message changes nothing. */
  #floor = -1;
  readonly #newer = new Map<string, number>();
  readonly #watchers: Changed[] = [];
  /** Writes and readings go one after the other: a script that Redis has forgotten would be sent again behind later ones. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(private readonly client: RedisClient, private readonly keys: RecordKeys, private readonly writer: string) {}

  async open(): Promise<void> {
    // Heard before read, so that nothing is missed in between.
    await this.client.listen(this.keys.channel, { message: (bytes) => this.#heard(String(bytes)), resumed: () => void this.refresh() });
    await this.#inTurn(() => this.#read());
  }

  *entries(): Iterable<readonly [key: string, value: unknown]> {
    for (const [key, text] of this.#texts) yield [decodeURIComponent(key), JSON.parse(text)] as const;
  }

  async put(key: string, value: unknown): Promise<void> {
    const [field, text] = [encode(key), pack(value)];
    const [version] = await this.#write(PUT_RECORD, [field, text]);
    this.#apply(field, text, Number(version), 'ours');
  }

  async add(key: string, value: unknown): Promise<boolean> {
    const [field, text] = [encode(key), pack(value)];
    const [version, there] = await this.#write(ADD_RECORD, [field, text]);
    if (there === undefined) this.#apply(field, text, Number(version), 'ours');
    else this.#apply(field, String(there), Number(version), 'theirs');
    return there === undefined;
  }

  async change(key: string, make: (before: unknown) => unknown): Promise<unknown> {
    const field = encode(key);
    // Where we know of none Redis is asked all the same: another process may have put one that no message has told yet.
    for (let before = this.#texts.get(field) ?? ''; ;) {
      const text = before === '' ? '' : pack(make(JSON.parse(before) as unknown));
      const [version, present] = await this.#write(CHANGE_RECORD, [field, before, text]);
      if (present === undefined) {
        this.#apply(field, text, Number(version), 'ours');
        return this.#newest(field);
      }
      const theirs = String(present);
      this.#apply(field, theirs === '' ? undefined : theirs, Number(version), 'theirs');
      if (theirs === '') return undefined;
      if (theirs === before || !isReadable(field, theirs)) throw StoreError.badKey('what has this key is no record');
      before = theirs;
    }
  }

  async remove(key: string): Promise<void> {
    const field = encode(key);
    const [version] = await this.#write(REMOVE_RECORD, [field]);
    this.#apply(field, undefined, Number(version), 'ours');
  }

  watch(changed: Changed): void {
    this.#watchers.push(changed);
  }

  /** Not what we wrote: a change after ours may have been told before the answer to ours came, and is not told again. */
  #newest(field: string): unknown {
    const text = this.#texts.get(field);
    return text === undefined ? undefined : (JSON.parse(text) as unknown);
  }

  /** Reads everything again and tells what differs. Without a connection nothing happens; it is tried again when there is one. */
  async refresh(): Promise<void> {
    await this.#inTurn(() => this.#read()).catch(() => undefined);
  }

  async #write(script: RedisScript, args: string[]): Promise<(Buffer | number)[]> {
    try {
      const { table, version, channel } = this.keys;
      return (await this.#inTurn(() => this.client.run(script, [table, version], [channel, this.writer, ...args]))) as (Buffer | number)[];
    } catch (error) {
      void this.refresh(); // it may have been done all the same
      throw error;
    }
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(work);
    this.#last = mine.catch(() => undefined);
    return await mine;
  }

  async #read(): Promise<void> {
    const seen = Math.max(this.#floor, ...this.#newer.values());
    const [version, rows] = (await this.client.run(READ_RECORDS, [this.keys.table, this.keys.version], [])) as [number, Buffer[]];
    // It can only be lower when Redis itself went back, as after a failover: then what it has now is what there is.
    if (version < seen) this.#newer.clear();
    this.#floor = version;
    const gone = new Set(this.#texts.keys());
    for (let at = 0; at + 1 < rows.length; at += 2) {
      const field = String(rows[at]);
      gone.delete(field);
      this.#apply(field, String(rows[at + 1]), version, 'theirs');
    }
    for (const field of gone) this.#apply(field, undefined, version, 'theirs');
    for (const [field, at] of this.#newer) if (at <= version) this.#newer.delete(field);
  }

  /** `version writer key [value]`. Our own come by the reply to the write. */
  #heard(message: string): void {
    const [version, writer, field] = message.split(' ', 3);
    if (version === undefined || field === undefined || writer === this.writer) return;
    const start = version.length + writer!.length + field.length + 3;
    this.#apply(field, start > message.length ? undefined : message.slice(start), Number(version), 'theirs');
  }

  #apply(field: string, text: string | undefined, version: number, whose: 'ours' | 'theirs'): void {
    if (!isReadable(field, text)) return;
    if (version < (this.#newer.get(field) ?? this.#floor)) return;
    this.#newer.set(field, version);
    const before = this.#texts.get(field);
    if (text === before) return;
    if (text === undefined) this.#texts.delete(field);
    else this.#texts.set(field, text);
    if (whose === 'ours') return;
    const [key, value] = [decodeURIComponent(field), text === undefined ? undefined : (JSON.parse(text) as unknown)];
    for (const changed of this.#watchers) changed(key, value);
  }
}
