/** WebSocket frames made by hand, right and wrong (RFC 6455, section 5.2). */

export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

export interface RawFrameOptions {
  readonly fin?: boolean;
  readonly masked?: boolean;
  /** Bits 4 to 6 of the first byte: extensions that nobody agreed on. */
  readonly reserved?: number;
}

/** One frame. The mask is all zero: that is one too, and leaves the payload as it is. */
export const rawFrame = (opcode: number, payload: Uint8Array, { fin = true, masked = true, reserved = 0 }: RawFrameOptions = {}): Buffer => {
  const { length } = payload;
  const size = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const frame = Buffer.alloc(size + (masked ? 4 : 0) + length);
  frame[0] = (fin ? 0x80 : 0) | (reserved << 4) | opcode;
  if (size === 2) frame[1] = length;
  else if (size === 4) frame.writeUInt16BE(length, 2);
  else frame.writeBigUInt64BE(BigInt(length), 2);
  if (size > 2) frame[1] = size === 4 ? 126 : 127;
  if (masked) frame[1]! |= 0x80;
  frame.set(payload, frame.length - length);
  return frame;
};
