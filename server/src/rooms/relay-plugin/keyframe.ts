/**
 * Keyframes: the full state plus tombstones. A stock decoder that gets a full state over an existing one prunes collections but keeps
 * fields that were set back to undefined, so those are named as deleted (WIRE, rule 3). Take one at a patch boundary only (rule 1).
 */
import { $refId, Metadata, Schema } from '@colyseus/schema';
import { ByteWriter } from '@crowdcue/protocol';

const DELETE = 0x40;
const SWITCH_TO_STRUCTURE = 0xff;

/** What both the field list and the walk need of a schema instance. */
type Instance = Schema & { [$refId]?: number };

/** Bytes that delete every unset field of every schema instance reachable from `root`. */
export const encodeTombstones = (root: Schema): Uint8Array => {
  const writer = new ByteWriter(256);
  const visit = (value: unknown): void => {
    if (value instanceof Schema) {
      const unset: number[] = [];
      const fields = Metadata.getFields(value.constructor) as Record<string, unknown>;
      let index = 0;
      for (const name of Object.keys(fields)) {
        const field = (value as unknown as Record<string, unknown>)[name];
        if (field === undefined || field === null) unset.push(index);
        else visit(field);
        index++;
      }
      const refId = (value as Instance)[$refId];
      if (unset.length > 0 && refId !== undefined) {
        writer.u8(SWITCH_TO_STRUCTURE).colyNumber(refId);
        for (const field of unset) writer.u8(DELETE | field);
      }
    } else if (value !== null && typeof value === 'object' && 'forEach' in value) {
      (value as { forEach(each: (item: unknown) => void): void }).forEach(visit);
    }
  };
  visit(root);
  return writer.bytes();
};
