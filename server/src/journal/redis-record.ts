import { StoreError } from '../store/index.js';
import type { Checkpoint, CheckpointChange, JournalRecord } from './journal.js';

/** Of stored records. */
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

/** Of a checkpoint. One of format 1 had no parts: it is passed over, for the records say the same. */
export const CHECKPOINT_FORMAT = 2;
const PART = 'p:';

/** Names and values of the checkpoint's hash in turn. */
export const readCheckpoint = (fields: readonly Buffer[]): Checkpoint | undefined => {
  const about = new Map<string, string>();
  const parts = new Map<string, Uint8Array>();
  for (let at = 0; at < fields.length; at += 2) {
    const name = fields[at]!.toString();
    if (name.startsWith(PART)) parts.set(name.slice(PART.length), fields[at + 1]!);
    else if (name !== 'bytes') about.set(name, fields[at + 1]!.toString());
  }
  const format = Number(about.get('format') ?? 0);
  if (format > CHECKPOINT_FORMAT) throw StoreError.unavailable(`journal checkpoint of format ${format}; this version reads ${CHECKPOINT_FORMAT}`);
  return format < CHECKPOINT_FORMAT ? undefined : { tick: Number(about.get('tick')), time: Number(about.get('time')), parts };
};

/** Arguments for parts: name and bytes of each in turn, in pieces of about `most` bytes. The parts are not copied. */
export const packParts = (parts: CheckpointChange['parts'], most: number): (string | Buffer)[][] => {
  const pieces: (string | Buffer)[][] = [[]];
  let bytes = 0;
  for (const [name, part] of parts) {
    if (bytes > 0 && bytes + part.length > most) {
      pieces.push([]);
      bytes = 0;
    }
    pieces.at(-1)!.push(name, Buffer.from(part.buffer, part.byteOffset, part.byteLength));
    bytes += part.length;
  }
  return pieces;
};
