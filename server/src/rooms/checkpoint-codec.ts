/**
 * A checkpoint as bytes: length-prefixed blocks, each packed on its own with the event loop let through in between, so that a crowd of a
 * hundred thousand does not stall a tick. The image itself is taken in one go, by copies of typed arrays.
 */
import { setImmediate as breathe } from 'node:timers/promises';
import { Packr, Unpackr } from 'msgpackr';
import { ByteReader, ByteWriter, CrowdcueError } from '@crowdcue/protocol';
import type { CoreImage } from './crowd-core.js';
import type { ViewerTableImage } from './viewer-table.js';

/** A room's whole state after `core.tick`. */
export interface RoomImage {
  /** `toJSON()` of the schema state. */
  state: unknown;
  /** Next id of the schema encoder. */
  refs: number;
  core: CoreImage;
}

const VERSION = 1;
/** Strings packed between two breaths: about a millisecond. */
const CHUNK = 2_000;
/** About what a viewer takes, and everything else; a larger image only costs a copy more. */
const ROW_BYTES = 160;
const SLACK_BYTES = 64 * 1024;
const packr = new Packr({ useRecords: false });
const unpackr = new Unpackr({ useRecords: false });
const TEXTS = ['names', 'tiers', 'sessions'] as const;

export const encodeImage = async (image: RoomImage): Promise<Uint8Array> => {
  const { viewers, ...core } = image.core;
  const columns = Object.entries(viewers.columns);
  const writer = new ByteWriter(SLACK_BYTES + viewers.length * ROW_BYTES).u8(VERSION);
  writer.block(packr.pack({ state: image.state, refs: image.refs, core }));
  writer.block(packr.pack({ length: viewers.length, refusals: viewers.refusals, past: viewers.past, columns: columns.map(([name]) => name) }));
  for (const [, bytes] of columns) {
    await breathe();
    writer.block(bytes);
  }
  for (const name of TEXTS) {
    for (let from = 0; from < viewers.length; from += CHUNK) {
      await breathe();
      writer.block(packr.pack(viewers[name].slice(from, from + CHUNK)));
    }
  }
  return writer.bytes();
};

export const decodeImage = (bytes: Uint8Array): RoomImage => {
  const reader = new ByteReader(bytes);
  const version = reader.u8();
  if (version !== VERSION) throw new CrowdcueError('internal', `The checkpoint is of format ${version}.`);
  const { state, refs, core } = unpackr.unpack(reader.block()) as Omit<RoomImage, 'core'> & { core: Omit<CoreImage, 'viewers'> };
  const { columns: names, ...table } = unpackr.unpack(reader.block()) as Pick<ViewerTableImage, 'length' | 'refusals' | 'past'> & { columns: string[] };
  const columns = Object.fromEntries(names.map((name) => [name, reader.block()]));
  const texts = TEXTS.map(() => {
    const all: string[] = [];
    while (all.length < table.length) all.push(...(unpackr.unpack(reader.block()) as string[]));
    return all;
  });
  return { state, refs, core: { ...core, viewers: { ...table, columns, names: texts[0]!, tiers: texts[1]!, sessions: texts[2]! } } };
};
