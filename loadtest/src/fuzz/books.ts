/** Books of a fuzz run: how many connections of each kind, what they sent, and where one did not end as it must. */
import { closeForError, FRAME, decodeError, type ErrorCode } from '@crowdcue/protocol';

/** How a connection ended, and the last error that it was told as a frame. */
export interface Ending {
  readonly code: number;
  readonly reason: string;
  readonly told: string | undefined;
}

export interface CategoryCount {
  connections: number;
  /** Heard by the other side: those after the offence are not. */
  frames: number;
  offences: number;
  /** How often it ended in which close code and reason. */
  readonly endings: Record<string, number>;
}

const FAILURES_KEPT = 20;

export class Books {
  readonly categories: Record<string, CategoryCount> = {};
  readonly failures: string[] = [];
  failed = 0;

  get frames(): number {
    return Object.values(this.categories).reduce((sum, { frames }) => sum + frames, 0);
  }

  get connections(): number {
    return Object.values(this.categories).reduce((sum, { connections }) => sum + connections, 0);
  }

  count(category: string, frames: number, ending: string, offence: boolean): void {
    const of = (this.categories[category] ??= { connections: 0, frames: 0, offences: 0, endings: {} });
    of.connections++;
    of.frames += frames;
    if (offence) of.offences++;
    of.endings[ending] = (of.endings[ending] ?? 0) + 1;
  }

  fail(category: string, what: string): void {
    this.failed++;
    if (this.failures.length < FAILURES_KEPT) this.failures.push(`${category}: ${what}`);
  }

  /** An offence is answered with an ERROR frame, the close code of the table, and the error's code as reason. */
  offence(category: string, frames: number, code: ErrorCode, ending: Ending | undefined, toldInFrame: boolean, detail: () => string): void {
    const wanted = closeForError(code);
    const told = !toldInFrame || ending?.told?.startsWith(`${code}:`) === true;
    if (ending === undefined || ending.code !== wanted || ending.reason !== code || !told) {
      this.fail(category, `wanted ${wanted} ${code}, got ${ending === undefined ? 'nothing' : `${ending.code} ${ending.reason} (told ${ending.told})`}; ${detail()}`);
    }
    this.count(category, frames, ending === undefined ? 'nothing' : `${ending.code} ${ending.reason}`, true);
  }
}

/** What an ERROR frame says; undefined of any other frame. */
export const toldIn = (frame: Uint8Array): string | undefined => (frame[0] === FRAME.error ? decodeError(frame).message : undefined);

/** Bytes for a report, short. */
export const hex = (frame: Uint8Array): string => {
  const text = Buffer.from(frame.subarray(0, 80)).toString('hex');
  return frame.length > 80 ? `${text}… (${frame.length} bytes)` : text;
};
