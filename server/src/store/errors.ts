/** An error of ours: `code` is stable and public, `retryable` says whether the same call may succeed later. */
export class CodedError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly retryable: boolean,
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
  }
}

export class StoreError extends CodedError {
  static unavailable(why: string, cause?: unknown): StoreError {
    return new StoreError('store_unavailable', why, true, cause);
  }
  /** An id that no key can hold: too long, or not well-formed text. The caller's mistake; the store is unharmed. */
  static badKey(why: string, cause?: unknown): StoreError {
    return new StoreError('store_bad_key', why, false, cause);
  }
  /** The store may lose what it acknowledged. Whoever runs it must change a setting, which the message names. */
  static unsafe(why: string): StoreError {
    return new StoreError('store_unsafe', why, false);
  }
}
