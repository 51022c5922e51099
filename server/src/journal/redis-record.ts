import { StoreError } from '../store/index.js';
import type { Checkpoint, JournalRecord } from './journal.js';

/** Of stored records and checkpoints. */
export const FORMAT = 1;

const mustRead = (format: string): void => {
  if (Number(format) !== FORMAT) throw StoreError.unavailable(`journal record of format ${format}; this version reads ${FORMAT}`);
};

/** Arguments of `append`'s script for one record. Takes a copy: the caller may reuse its buffer. */
export const packRecord = ({ tick, time, bytes }: JournalRecord): [tick: string, time: string, bytes: Buffer] =>
  [String(tick), String(time), Buffer.from(bytes)];

/** An entry of the stream: its id, and names and values in turn. */
export const readEntry = ([id, fields]: [id: Buffer, fields: Buffer[]]): JournalRecord & { epoch: number } => {
  const field = (name: string): Buffer => {
    const at = fields.findIndex((text, index) => index % 2 === 0 && text.equals(Buffer.from(name)));
    return fields[at + 1] ?? Buffer.alloc(0);
  };
  mustRead(field('format').toString());
  const tick = Number(id.toString().split('-', 1)[0]);
  return { epoch: Number(field('epoch')), tick, time: Number(field('time')), bytes: field('bytes') };
};

export const readCheckpoint = ([tick, time, bytes, format]: (Buffer | null | undefined)[]): Checkpoint | undefined => {
  if (!tick || !time || !bytes) return undefined;
  mustRead(String(format));
  return { tick: Number(tick), time: Number(time), bytes };
};
