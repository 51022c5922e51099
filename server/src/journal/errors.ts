import { CodedError } from '../store/index.js';

export class JournalError extends CodedError {
  static held(room: string, holder: string): JournalError {
    return new JournalError('journal_held', `room ${room} is held by ${holder}`, true);
  }
  static order(room: string, tick: number, last: number): JournalError {
    return new JournalError('journal_order', `room ${room}: tick ${tick} does not follow ${last}`, false);
  }
  static notWhole(room: string, tick: number): JournalError {
    return new JournalError('journal_order', `room ${room}: checkpoint ${tick} changes one that its epoch did not write`, false);
  }
}

/** A higher epoch holds the room: this holder must commit and acknowledge nothing more. */
export class FencedError extends JournalError {
  static by(room: string, epoch: number, current: number): FencedError {
    return new FencedError('journal_fenced', `room ${room}: epoch ${epoch} was fenced by ${current}`, false);
  }
  /** It was given back, or this process never opened it. */
  static notHeld(room: string, epoch: number): FencedError {
    return new FencedError('journal_fenced', `room ${room}: epoch ${epoch} is not held here`, false);
  }
}
