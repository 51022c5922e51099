/** Our errors as Colyseus hands them on: its error codes are HTTP statuses, so the stable code leads the message. */
import { ServerError } from '@colyseus/core';
import { CrowdcueError, ERRORS, type ErrorCode } from '@crowdcue/protocol';

export const serverError = (code: ErrorCode): ServerError => new ServerError(ERRORS[code].http, `${code}: ${ERRORS[code].message}`);

/** Runs `check`; what it throws of ours leaves as Colyseus expects it. */
export const forColyseus = <T>(check: () => T): T => {
  try {
    return check();
  } catch (error) {
    throw error instanceof CrowdcueError ? serverError(error.code) : error;
  }
};
