/**
 * What this process told of the ledger lately: the receipts that it delivered. A store that comes back is compared with it.
 *
 * Life cycle: `ReceiptMemory.open` reads what the process before it had told → `add` before an answer leaves → `all` when the store may
 * have changed. Bounded in number and age. Kept in two files of one folder that take turns, appended to and never synced one by one: a
 * killed process loses nothing; a machine that loses power at the same moment as its store's may, and the files of others are asked too.
 * Must not import anything above the ledger.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { Told } from './told.js';

export interface ReceiptMemoryOptions {
  /** Folder of the files; made if missing. Undefined: nothing outlives the process. */
  readonly dir?: string | undefined;
  /** how many are kept; by default 65,536, about 30 MB */
  readonly limit?: number;
  /** ms; what was told this much before the newest is let go. By default ten minutes: no replica that anybody would promote is that late. */
  readonly ageMs?: number;
}

const LIMIT = 65_536;
/** ms that count as lately. */
export const RECEIPT_AGE_MS = 10 * 60_000;
const FILES = ['told-0.jsonl', 'told-1.jsonl'] as const;

/** A line of a file; `gone`: what was told is let go of. */
interface Line extends Told {
  readonly gone?: true;
}

const nameOf = ({ event, seq }: Told): string => `${seq} ${event}`;

/** The lines of a file that are whole, and which turn of the two files it is; none where there is no file. The last one may have been cut by a crash. */
const readLines = (path: string): { readonly turn: number; readonly lines: readonly Line[] } => {
  let text = '';
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const [head, ...lines] = text.split('\n').flatMap((line) => {
    try {
      return line === '' ? [] : [JSON.parse(line) as Line & { readonly turn?: number }];
    } catch {
      return [];
    }
  });
  return { turn: head?.turn ?? 0, lines };
};

/** What a file of a memory, or several one after the other, tells of. */
export const readToldFile = (path: string): Told[] => readLines(path).lines.flatMap(({ gone, ...told }) => (gone === true ? [] : [told]));

export class ReceiptMemory {
  /** Oldest first. */
  readonly #told = new Map<string, Told>();
  readonly #limit: number;
  readonly #ageMs: number;
  #file: FileHandle | undefined;
  #turn = 0;
  #lines = 0;
  #writing: Promise<void> = Promise.resolve();

  private constructor(private readonly options: ReceiptMemoryOptions) {
    this.#limit = options.limit ?? LIMIT;
    this.#ageMs = options.ageMs ?? RECEIPT_AGE_MS;
  }

  static async open(options: ReceiptMemoryOptions = {}): Promise<ReceiptMemory> {
    const memory = new ReceiptMemory(options);
    const { dir } = options;
    if (dir === undefined) return memory;
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    const [a, b] = FILES.map((name) => readLines(join(dir, name))) as [ReturnType<typeof readLines>, ReturnType<typeof readLines>];
    const [older, newer] = a.turn < b.turn ? [a, b] : [b, a];
    for (const line of [...older.lines, ...newer.lines]) memory.#keep(line);
    memory.#turn = newer.turn;
    if (newer.turn === 0) await memory.#nextFile();
    else memory.#file = await open(join(dir, FILES[newer.turn % 2]!), 'a', 0o600);
    memory.#lines = newer.lines.length;
    return memory;
  }

  get size(): number {
    return this.#told.size;
  }

  /** ms of age that is kept. */
  get ageMs(): number {
    return this.#ageMs;
  }

  all(): Iterable<Told> {
    return this.#told.values();
  }

  /** Keeps what is new of it; resolves when a process that is started after this one would know it too. */
  async add(told: readonly Told[]): Promise<void> {
    const fresh = told.filter((each) => {
      const known = this.#told.has(nameOf(each));
      if (!known) this.#keep(each);
      return !known;
    });
    if (fresh.length === 0) return;
    if (this.options.dir !== undefined) await this.#append(fresh);
  }

  /** Lets go of what can never stand again, by the word of a person; a process that is started after this one lets go of it too. */
  async forget(told: readonly Told[]): Promise<void> {
    for (const each of told) this.#told.delete(nameOf(each));
    if (this.options.dir === undefined) return;
    await this.#append(told.map((each) => ({ ...each, gone: true as const })));
  }

  async close(): Promise<void> {
    await this.#writing.catch(() => undefined);
    await this.#file?.close();
    this.#file = undefined;
  }

  #append(told: readonly Line[]): Promise<void> {
    this.#writing = this.#writing.catch(() => undefined).then(() => this.#write(told));
    return this.#writing;
  }

  #keep({ gone, ...told }: Line): void {
    if (gone === true) return void this.#told.delete(nameOf(told));
    this.#told.set(nameOf(told), told);
    for (const [name, oldest] of this.#told) {
      if (this.#told.size <= this.#limit && oldest.at >= told.at - this.#ageMs) break;
      this.#told.delete(name);
    }
  }

  /** The file that was written last is full: the other one, whose receipts are older than all that is kept, begins anew. */
  async #nextFile(): Promise<void> {
    await this.#file?.close();
    this.#turn += 1;
    this.#lines = 0;
    this.#file = await open(join(this.options.dir!, FILES[this.#turn % 2]!), 'w', 0o600);
    await this.#file.write(`${JSON.stringify({ turn: this.#turn })}\n`);
  }

  async #write(told: readonly Line[]): Promise<void> {
    if (this.#lines >= this.#limit) await this.#nextFile();
    if (told.length > 0) await this.#file?.write(told.map((each) => `${JSON.stringify(each)}\n`).join(''));
    this.#lines += told.length;
  }
}
