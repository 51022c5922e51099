/** Serves viewers' messages that are not actions: a request gets its response, anything unknown a clear no. */
import { CrowdcueError, decodeClientMessage, encodeError, encodeRoomResponse } from '@crowdcue/protocol';
import { Packr, Unpackr } from 'msgpackr';
import type { CrowdCore, ViewerMessage } from './crowd-core.js';
import type { MessageServer } from './room-control.js';

const packr = new Packr({ useRecords: false });
const unpackr = new Unpackr({ useRecords: false });
const REJECTED = 1;

export class MessageDesk {
  constructor(
    readonly server: MessageServer,
    readonly event: string,
    readonly core: CrowdCore,
    readonly reply: (row: number, frame: Uint8Array) => void,
  ) {}

  async serve({ row, frame }: ViewerMessage): Promise<void> {
    const message = decodeClientMessage(frame);
    if (message.kind !== 'request') return this.reply(row, encodeError('message_unknown'));
    try {
      const payload = message.payload.length > 0 ? unpack(message.payload) : undefined;
      const answer = message.type === 'me' ? this.core.me(row) : await this.server.request(this.event, this.core.viewers.columns.viewer[row]!, String(message.type), payload);
      this.reply(row, encodeRoomResponse(message.requestId, 0, packr.pack(answer)));
    } catch (error) {
      const refusal = error instanceof CrowdcueError ? error : new CrowdcueError('internal', undefined, { cause: error });
      this.reply(row, encodeRoomResponse(message.requestId, REJECTED, packr.pack(refusal.toJSON())));
    }
  }
}

const unpack = (payload: Uint8Array): unknown => {
  try {
    return unpackr.unpack(payload);
  } catch (cause) {
    throw new CrowdcueError('bad_request', 'The payload is not msgpack.', { cause });
  }
};
