import { CodedError } from '../store/index.js';

/** What makes a whole call fail. A claim that is merely refused is a receipt, not an error. */
export class LedgerError extends CodedError {
  static eventUnknown(event: string): LedgerError {
    return new LedgerError('event_unknown', `no event ${event}`, false);
  }
  static eventExists(event: string): LedgerError {
    return new LedgerError('event_exists', `event ${event} exists`, false);
  }
  static dropExists(drop: string): LedgerError {
    return new LedgerError('drop_exists', `drop ${drop} exists`, false);
  }
  static unknownDrop(drop: string): LedgerError {
    return new LedgerError('claim_unknown_drop', `no drop ${drop}`, false);
  }
  /** Nothing was written, and nothing will be until what was delivered is known to stand. */
  static frozen(why: string): LedgerError {
    return new LedgerError('ledger_frozen', `the ledger is frozen: ${why}`, true);
  }
  static lotWrongState(drop: string, why: string): LedgerError {
    return new LedgerError('lot_wrong_state', `the lot of drop ${drop}: ${why}`, false);
  }
  static badRequest(why: string): LedgerError {
    return new LedgerError('claim_bad_request', why, false);
  }
}
