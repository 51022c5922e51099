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

/** Of what a line lists; `gone`: what was told is let go of. */
interface Line extends Told {
  readonly gone?: true;
}

/** The lines of a file that are whole, and which turn of the two files it is; none where there is no file. The last one may have been cut by a crash. */
const readLines = (path: string): { readonly turn: number; readonly lines: readonly Line[] } => {
  let text = '';
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const read = text.split('\n').flatMap((line) => {
    try {
      return line === '' ? [] : [JSON.parse(line) as Line | readonly Line[] | { readonly turn: number }];
    } catch {
      return [];
    }
  });
  const turns = read.map((each) => ('turn' in each ? each.turn : 0));
  return { turn: Math.max(0, ...turns.slice(0, 1)), lines: read.flatMap((each) => ('turn' in each ? [] : (each as Line | Line[]))) };
};

/** The two files of a folder, the older one first. */
const readFolder = (dir: string): ReturnType<typeof readLines>[] => FILES.map((name) => readLines(join(dir, name))).sort((a, b) => a.turn - b.turn);

/** What lines tell of and do not let go of again. */
const stillTold = (lines: readonly Line[]): Told[] => {
  const all = new Map<string, Told>();
  for (const { gone, ...told } of lines) {
    const name = `${told.seq} ${told.event}`;
    if (gone === true) all.delete(name);
    else if (!all.has(name)) all.set(name, told);
  }
  return [...all.values()];
};

/** What a file of a memory tells of. */
export const readToldFile = (path: string): Told[] => stillTold(readLines(path).lines);

/** What a memory's folder tells of. */
export const readToldFolder = (dir: string): Told[] => stillTold(readFolder(dir).flatMap(({ lines }) => lines));

export class ReceiptMemory {
  readonly #told = new Map<string, Map<number, Told>>();
  /** What is remembered, and what was let go of, oldest first, from `#oldest` on. */
  #order: Told[] = [];
  #oldest = 0;
  #size = 0;
  readonly #limit: number;
  readonly #ageMs: number;
  #file: FileHandle | undefined;
  #turn = 0;
  #lines = 0;
  /** What the next write takes along, and that write. */
  #waiting: Line[] = [];
  #next: Promise<void> | undefined;
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
    const [older, newer] = readFolder(dir) as [ReturnType<typeof readLines>, ReturnType<typeof readLines>];
    for (const { gone, ...told } of [...older.lines, ...newer.lines]) {
      if (gone === true) memory.#drop(told);
      else memory.#keep(told);
    }
    memory.#turn = newer.turn;
    if (newer.turn === 0) await memory.#nextFile();
    else memory.#file = await open(join(dir, FILES[newer.turn % 2]!), 'a', 0o600);
    memory.#lines = newer.lines.length;
    return memory;
  }

  get size(): number {
    return this.#size;
  }

  /** ms of age that is kept. */
  get ageMs(): number {
    return this.#ageMs;
  }

  /** What is remembered, oldest first. */
  all(): Told[] {
    return this.#order.slice(this.#oldest).filter((told) => this.#told.get(told.event)?.get(told.seq) === told);
  }

  /** Keeps what is new of it; resolves when a process that is started after this one would know it too. */
  async add(told: readonly Told[]): Promise<void> {
    const fresh = told.filter((each) => this.#keep(each));
    if (fresh.length > 0 && this.options.dir !== undefined) await this.#append(fresh);
  }

  /** Lets go of what can never stand again, by the word of a person; a process that is started after this one lets go of it too. */
  async forget(told: readonly Told[]): Promise<void> {
    for (const each of told) this.#drop(each);
    if (this.options.dir !== undefined) await this.#append(told.map((each) => ({ ...each, gone: true as const })));
  }

  async close(): Promise<void> {
    await (this.#next ?? this.#writing).catch(() => undefined);
    await this.#file?.close();
    this.#file = undefined;
  }

  /** Whether it was new. */
  #keep(told: Told): boolean {
    let known = this.#told.get(told.event);
    if (known === undefined) this.#told.set(told.event, (known = new Map<number, Told>()));
    if (known.has(told.seq)) return false;
    known.set(told.seq, told);
    this.#order.push(told);
    this.#size++;
    while (this.#size > this.#limit || this.#order[this.#oldest]!.at < told.at - this.#ageMs) this.#drop(this.#order[this.#oldest++]!);
    if (this.#oldest > this.#limit) {
      this.#order = this.#order.slice(this.#oldest);
      this.#oldest = 0;
    }
    return true;
  }

  #drop({ event, seq }: Told): void {
    const known = this.#told.get(event);
    if (known?.delete(seq) !== true) return;
    this.#size--;
    if (known.size === 0) this.#told.delete(event);
  }

  /** One write at a time; what comes meanwhile is one more. */
  #append(told: readonly Line[]): Promise<void> {
    for (const each of told) this.#waiting.push(each);
    this.#next ??= this.#writing.catch(() => undefined).then(() => {
      const lines = this.#waiting;
      this.#waiting = [];
      this.#next = undefined;
      return (this.#writing = this.#write(lines));
    });
    return this.#next;
  }

  /** The file that was written last is full: the other one, whose receipts are older than all that is kept, begins anew. */
  async #nextFile(): Promise<void> {
    await this.#file?.close();
    this.#turn += 1;
    this.#lines = 0;
    this.#file = await open(join(this.options.dir!, FILES[this.#turn % 2]!), 'w', 0o600);
    await this.#file.write(`${JSON.stringify({ turn: this.#turn })}\n`);
  }

  /** One line for all of them: that is half of what a line each would cost. */
  async #write(told: readonly Line[]): Promise<void> {
    if (this.#lines >= this.#limit) await this.#nextFile();
    await this.#file?.write(`${JSON.stringify(told)}\n`);
    this.#lines += told.length;
  }
}
