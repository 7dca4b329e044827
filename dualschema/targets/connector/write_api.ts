import type { CrudEntry, CrudTransaction } from '@powersync/common';

// What follows is the write API, as version 1.0.0 of its draft has it:
// https://github.com/powersync-ja/powersync-reference-write-implementation

/** The most transactions that the write API takes at once. */
export const MOST_TRANSACTIONS = 50;

/** What was wrong with a transaction. */
export interface FailedOperation {
  /**
   * `CONSTRAINT_VIOLATION`, `INVALID_DATA`, `UNAUTHORIZED`, `UNCLASSIFIED_ERROR`, or another code of
   * the backend; of this connector: `INVALID_REQUEST` (the backend could not read the request),
   * `UNKNOWN_TABLE` and `INEXACT_INTEGER` (it was not sent).
   */
  errorCode: string;
  message?: string | undefined;
  /** Whatever the backend adds. */
  details?: unknown;
  /** The place of the operation in `operations`, if it was one. */
  operationIndex?: number | undefined;
}

/** An operation that changed nothing, though its transaction succeeded. */
export interface LeftOut {
  /** The place of the operation in `operations`. */
  operationIndex: number;
  /**
   * `dropped`: it was refused, and its table has such operations left out; `noop`: there is no such
   * row of the user's, or nothing to change.
   */
  outcome: 'dropped' | 'noop';
  /** Why it was dropped. */
  errorCode?: string | undefined;
  message?: string | undefined;
}

/** A transaction that succeeded, and was not applied as it was written. */
export interface Dropped {
  /** What the transaction did, in order. */
  operations: readonly CrudEntry[];
  /** Those of its operations that changed nothing. */
  leftOut: readonly LeftOut[];
  /** The backend's id of the whole transaction, if it was refused and put aside there. */
  deadLetter?: string | undefined;
}

/** What the backend says of a transaction. */
export type Result =
  | {
      status: 'success';
      leftOut: LeftOut[];
      deadLetter: string | undefined;
    }
  | { status: 'not_attempted' }
  | {
      status: 'retryable_error';
      message: string | undefined;
      retryAfterMs: number | undefined;
    }
  | {
      status: 'fatal_error';
      message: string | undefined;
      needsDecision: boolean;
      failedOperation: FailedOperation;
    };

/** Shapes a request; `client_id` and `op_id`, which together name an operation, are our addition. */
export function wireBody(batch: CrudTransaction[], clientId: string): object {
  return {
    client_id: clientId,
    transactions: batch.map((transaction) => ({
      transaction_id: transaction.transactionId ?? undefined,
      crud: transaction.crud.map(wireEntry),
    })),
  };
}

function wireEntry(entry: CrudEntry): object {
  return {
    op_id: entry.clientId,
    id: entry.id,
    op: entry.op,
    table: entry.table,
    transaction_id: entry.transactionId ?? undefined,
    op_data: entry.opData,
    previous_values: entry.previousValues,
    metadata: entry.metadata,
  };
}

/** Reads an answer; each of its results is still to be read. */
export function readResults(body: unknown, count: number): unknown[] {
  const { results } = fieldsOf(body);
  if (!Array.isArray(results) || results.length !== count) {
    throw new Error(
      `upload: the answer has no results of ${count} transactions`,
    );
  }
  return results;
}

export function readResult(value: unknown): Result {
  const fields = fieldsOf(value);
  const message = textOf(fields['message']);
  switch (fields['status']) {
    case 'success': {
      const leftOut = readLeftOut(fields['operations']);
      const deadLetter = textOf(fields['dead_letter']);
      return { status: 'success', leftOut, deadLetter };
    }
    case 'not_attempted':
      return { status: 'not_attempted' };
    case 'retryable_error': {
      const retryAfterMs = numberOf(fields['retry_after_ms']);
      return { status: 'retryable_error', message, retryAfterMs };
    }
    case 'fatal_error': {
      const needsDecision = fields['requires_client_handling'];
      const failedOperation = readFailed(fields['failed_operation']);
      if (typeof needsDecision !== 'boolean' || !failedOperation) break;
      return { status: 'fatal_error', message, needsDecision, failedOperation };
    }
  }
  throw new Error('upload: a result is malformed');
}

function readFailed(value: unknown): FailedOperation | undefined {
  const fields = fieldsOf(value);
  const errorCode = textOf(fields['error_code']);
  if (errorCode === undefined) return undefined;
  return {
    errorCode,
    message: textOf(fields['message']),
    details: fields['details'],
    operationIndex: numberOf(fields['operation_index']),
  };
}

/** Reads what was left out, which is our addition; what is none of it is passed over. */
function readLeftOut(value: unknown): LeftOut[] {
  const found: LeftOut[] = [];
  for (const each of Array.isArray(value) ? value : []) {
    const fields = fieldsOf(each);
    const operationIndex = numberOf(fields['operation_index']);
    const outcome = fields['outcome'];
    if (operationIndex === undefined) continue;
    if (outcome !== 'dropped' && outcome !== 'noop') continue;
    const errorCode = textOf(fields['error_code']);
    const message = textOf(fields['message']);
    found.push({ operationIndex, outcome, errorCode, message });
  }
  return found;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

export function fieldsOf(value: unknown): { [key: string]: unknown } {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // the page of a proxy, perhaps
  }
}

/** Reads when a JWT expires; undefined if it does not say, or is none. */
export function expiryOf(token: string): Date | undefined {
  const { exp } = fieldsOf(parsed(base64(token.split('.')[1] ?? '')));
  return typeof exp === 'number' ? new Date(exp * 1000) : undefined;
}

/** Decodes base64url to a character a byte; React Native has not always `atob`. */
function base64(text: string): string {
  const digits =
    'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  let [decoded, buffer, bits] = ['', 0, 0];
  for (const digit of text.replace(/=+$/, '')) {
    buffer = ((buffer << 6) | digits.indexOf(digit)) & 0xfff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    decoded += String.fromCharCode((buffer >> bits) & 0xff);
  }
  return decoded;
}
