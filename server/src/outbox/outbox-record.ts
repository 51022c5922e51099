/** Delivery state of one entry's message; its body is the entry itself. Written with the entry, then moved by the outbox alone. */
export interface OutboxRecord {
  event: string;
  seq: number;
  state: 'pending' | 'parked';
  /** failed tries so far */
  attempts: number;
  /** ms, of the next try; 0 while an earlier message of the same entitlement is pending */
  due: number;
  /** seq of the message that waits for this one */
  next?: number;
  error?: string;
}
