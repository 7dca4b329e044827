import type {
  CrudEntry,
  CrudTransaction,
  PowerSyncBackendConnector,
  PowerSyncCredentials,
} from '@powersync/common';
import {
  type Dropped,
  type FailedOperation,
  type Result,
  MOST_TRANSACTIONS,
  expiryOf,
  fieldsOf,
  parsed,
  readResult,
  readResults,
  wireBody,
} from './write_api.ts';

/** The tables that are uploaded, each with those columns that hold floats. */
const TABLES = new Map<string, readonly string[]>();

const DATA_PATH = '/api/data';
const TOKEN_PATH = '/api/auth/token';

/** A token is fetched anew so long before it expires: it must live until it is checked. */
const LEEWAY_MS = 30_000;

/** However long the backend asks to wait, uploads go on after this. */
const LONGEST_PAUSE_MS = 3_600_000;

/** The SDK's database; what its type is called differs between the SDK's versions. */
type Database = Parameters<PowerSyncBackendConnector['uploadData']>[0];

/** What becomes of a refused transaction: it is forgotten, or it stays first in the queue. */
export type Decision = 'drop' | 'retry';

/** A transaction that will never be applied as it is. */
export interface Rejection {
  /** What the transaction did, in order. */
  operations: readonly CrudEntry[];
  failedOperation: FailedOperation;
  message?: string | undefined;
  /**
   * Whether the application decides. If not, the transaction is dropped after the callback, whatever
   * it returns.
   */
  needsDecision: boolean;
}

/** What the connector is told. */
export interface ConnectorOptions {
  /** Where the backend is: `https://api.example.com`, or `''` for the page's own origin. */
  baseUrl: string;
  /**
   * Is told of each refused transaction before it is dropped, and decides where
   * `needsDecision` says so; to answer nothing there means `'retry'`.
   *
   * A transaction that stays holds up those behind it, and the callback is asked again at each
   * retry. `disconnect()` waits for a callback: return `'retry'` rather than wait for a user long.
   * If it throws, the transaction stays.
   */
  onRejected: (
    rejection: Rejection,
  ) => Decision | void | Promise<Decision | void>;
  /**
   * Is told of each transaction that succeeded and was not applied as it was written: operations
   * were left out, or all of it was put aside. It cannot change that any more. If it throws, the
   * transaction stays in the queue, and the callback is called again.
   */
  onDropped?: (dropped: Dropped) => void | Promise<void>;
  /** Where PowerSync's service is; by default the token's answer says it. */
  powersyncUrl?: string;
  /** Where transactions are posted, below `baseUrl`. */
  dataPath?: string;
  /** Where tokens are got, below `baseUrl`. */
  tokenPath?: string;
  /** Sends the requests in place of the global `fetch`. */
  fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /**
   * Gives headers for each request, such as the session of the user, of which a token is made. The
   * `Authorization` of an upload is always the token.
   */
  headers?: () => Record<string, string> | Promise<Record<string, string>>;
  /** How many transactions are sent at once: 1 to 50, which is the default. */
  maxTransactions?: number;
  /** How many operations are sent at once, though never less than a transaction; 1000. */
  maxOperations?: number;
  /** How long a request may take, in milliseconds; 30,000. */
  timeoutMs?: number;
}

interface Answer {
  status: number;
  body: unknown;
  retryAfterMs: number | undefined;
}

/**
 * Gets PowerSync its tokens, and uploads what was written on this device.
 *
 * Each call of `uploadData` sends one batch of whole transactions, in their order, and completes
 * those that the backend has applied. It throws if any stays in the queue: PowerSync then calls it
 * again after its `retryDelayMs`.
 */
export class Connector implements PowerSyncBackendConnector {
  private readonly options: ConnectorOptions;
  private credentials: PowerSyncCredentials | null = null;
  private pending: Promise<PowerSyncCredentials | null> | null = null;
  private pause = { from: 0, until: 0 };

  constructor(options: ConnectorOptions) {
    this.options = options;
  }

  /**
   * Fetches a new token; null if nobody is signed in.
   *
   * @throws if the backend cannot be reached, or its answer is none.
   */
  async fetchCredentials(): Promise<PowerSyncCredentials | null> {
    return this.refresh();
  }

  /** Forgets the token that uploads use. Call it when the user signs out. */
  invalidateCredentials(): void {
    this.credentials = null;
    this.pending = null;
  }

  /**
   * Uploads the next transactions of the queue.
   *
   * @throws if a transaction stays in the queue, to be tried again.
   */
  async uploadData(database: Database): Promise<void> {
    this.checkPause();
    const batch = await this.nextTransactions(database);
    const first = batch[0];
    if (first === undefined) return;
    const unsendable = whyUnsendable(first);
    if (unsendable) return this.reject(first, unsendable, undefined, true);
    return this.upload(batch, await database.getClientId());
  }

  private async nextTransactions(
    database: Database,
  ): Promise<CrudTransaction[]> {
    const { maxTransactions = MOST_TRANSACTIONS, maxOperations = 1000 } =
      this.options;
    const most = Math.min(Math.max(maxTransactions, 1), MOST_TRANSACTIONS);
    const batch: CrudTransaction[] = [];
    let operations = 0;
    for await (const transaction of database.getCrudTransactions()) {
      operations += transaction.crud.length;
      if (batch.length > 0) {
        if (operations > maxOperations || whyUnsendable(transaction)) break;
      }
      batch.push(transaction);
      if (batch.length >= most) break;
    }
    return batch;
  }

  /** Posts a batch; one that the backend cannot read is halved until the cause stands alone. */
  private async upload(
    transactions: CrudTransaction[],
    clientId: string,
  ): Promise<void> {
    let batch = transactions;
    for (;;) {
      const answer = await this.post(batch, clientId);
      if (answer.status === 200) return this.settle(batch, answer.body);
      if (![400, 413, 422].includes(answer.status)) throw this.failure(answer);
      const [first, second] = batch;
      if (first !== undefined && second === undefined) {
        const message = messageOf(answer);
        const failed = { errorCode: 'INVALID_REQUEST', message };
        return this.reject(first, failed, message, true);
      }
      batch = batch.slice(0, Math.floor(batch.length / 2));
    }
  }

  /** Completes what was applied, up to the first transaction that was not. */
  private async settle(batch: CrudTransaction[], body: unknown): Promise<void> {
    const results = readResults(body, batch.length);
    let applied: CrudTransaction | undefined;
    try {
      for (const [index, transaction] of batch.entries()) {
        const result = readResult(results[index]);
        if (result.status === 'success') {
          await this.tell(transaction, result);
          applied = transaction; // to complete it completes those before it
          continue;
        }
        const before = applied;
        applied = undefined;
        await before?.complete();
        if (result.status === 'not_attempted' && index > 0) return;
        await this.settleOther(transaction, result);
      }
    } finally {
      await applied?.complete();
    }
  }

  /** Tells the application what was not applied of a transaction that succeeded. */
  private async tell(
    transaction: CrudTransaction,
    result: Extract<Result, { status: 'success' }>,
  ): Promise<void> {
    const { leftOut, deadLetter } = result;
    if (leftOut.length === 0 && deadLetter === undefined) return;
    const operations = transaction.crud;
    await this.options.onDropped?.({ operations, leftOut, deadLetter });
  }

  /** Heeds a result that is no success; throws if the transaction stays. */
  private async settleOther(
    transaction: CrudTransaction,
    result: Exclude<Result, { status: 'success' }>,
  ): Promise<void> {
    switch (result.status) {
      case 'fatal_error': {
        const { failedOperation, message, needsDecision } = result;
        return this.reject(
          transaction,
          failedOperation,
          message,
          needsDecision,
        );
      }
      case 'retryable_error':
        this.pauseFor(result.retryAfterMs);
        throw new Error(`upload: ${result.message ?? 'to be tried again'}`);
      case 'not_attempted':
        throw new Error('upload: nothing was attempted');
    }
  }

  /** Tells the application, then drops the transaction, or throws if it stays. */
  private async reject(
    transaction: CrudTransaction,
    failedOperation: FailedOperation,
    message: string | undefined,
    needsDecision: boolean,
  ): Promise<void> {
    const operations = transaction.crud;
    const decision = await this.options.onRejected({
      operations,
      failedOperation,
      message,
      needsDecision,
    });
    if (needsDecision && decision !== 'drop') {
      const { errorCode } = failedOperation;
      throw new Error(`upload: refused (${errorCode}), and kept`);
    }
    await transaction.complete();
  }

  private async post(
    batch: CrudTransaction[],
    clientId: string,
  ): Promise<Answer> {
    const body = JSON.stringify(wireBody(batch, clientId));
    const answer = await this.postAs(await this.token(false), body);
    if (answer.status !== 401) return answer;
    return this.postAs(await this.token(true), body);
  }

  private async postAs(token: string, body: string): Promise<Answer> {
    const headers = new Headers(await this.options.headers?.());
    headers.set('Authorization', `Bearer ${token}`);
    headers.set('Content-Type', 'application/json');
    const init = { method: 'POST', headers, body };
    return this.request(this.options.dataPath ?? DATA_PATH, init);
  }

  private async token(fresh: boolean): Promise<string> {
    let credentials = fresh ? null : this.credentials;
    const expiry = credentials?.expiresAt?.getTime();
    if (expiry !== undefined && expiry - LEEWAY_MS < Date.now()) {
      credentials = null;
    }
    credentials ??= await this.refresh();
    if (credentials === null) throw new Error('upload: nobody is signed in');
    return credentials.token;
  }

  /** Fetches credentials, once for all who ask meanwhile. */
  private refresh(): Promise<PowerSyncCredentials | null> {
    if (this.pending !== null) return this.pending;
    const pending = this.requestCredentials()
      .then((credentials) => {
        // Those of a user who has signed out meanwhile are not kept.
        if (this.pending === pending) this.credentials = credentials;
        return credentials;
      })
      .finally(() => {
        if (this.pending === pending) this.pending = null;
      });
    this.pending = pending;
    return pending;
  }

  private async requestCredentials(): Promise<PowerSyncCredentials | null> {
    const headers = new Headers(await this.options.headers?.());
    const path = this.options.tokenPath ?? TOKEN_PATH;
    const answer = await this.request(path, { method: 'GET', headers });
    if (answer.status === 401) return null;
    if (answer.status !== 200) throw this.failure(answer);
    const { token, powersync_url } = fieldsOf(answer.body);
    const endpoint = this.options.powersyncUrl ?? powersync_url;
    if (typeof token !== 'string' || typeof endpoint !== 'string') {
      throw new Error('token: the answer has no token, or no powersync_url');
    }
    const expiresAt = expiryOf(token);
    return {
      endpoint: endpoint.replace(/\/+$/, ''), // the SDK refuses a slash there
      token,
      ...(expiresAt && { expiresAt }),
    };
  }

  private async request(path: string, init: RequestInit): Promise<Answer> {
    const { baseUrl, timeoutMs = 30_000 } = this.options;
    const send = this.options.fetch ?? ((url, init) => fetch(url, init));
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), timeoutMs);
    try {
      const url = baseUrl.replace(/\/+$/, '') + path;
      const response = await send(url, { ...init, signal: controller.signal });
      const seconds = Number(response.headers.get('Retry-After') ?? NaN);
      const body = parsed(await response.text());
      return { status: response.status, body, retryAfterMs: seconds * 1000 };
    } catch (error) {
      if (!controller.signal.aborted) throw error;
      throw new Error(`${path}: no answer within ${timeoutMs} ms`);
    } finally {
      clearTimeout(timer);
    }
  }

  private failure(answer: Answer): Error {
    this.pauseFor(answer.retryAfterMs);
    return new Error(`the backend answered ${messageOf(answer)}`);
  }

  private pauseFor(milliseconds: number | undefined): void {
    const from = Date.now();
    const length = Math.min(milliseconds || 0, LONGEST_PAUSE_MS);
    this.pause = { from, until: from + length };
  }

  /** Throws rather than waits: `disconnect()` waits for an upload. */
  private checkPause(): void {
    const now = Date.now();
    const { from, until } = this.pause;
    if (from <= now && now < until) {
      throw new Error(`upload: the backend asks for ${until - now} ms more`);
    }
  }
}

/** Returns why a transaction cannot be sent as it was meant. */
function whyUnsendable(
  transaction: CrudTransaction,
): FailedOperation | undefined {
  for (const [operationIndex, entry] of transaction.crud.entries()) {
    const floats = TABLES.get(entry.table);
    if (floats === undefined) {
      const message = `the schema has no table ${entry.table} to upload`;
      return { errorCode: 'UNKNOWN_TABLE', message, operationIndex };
    }
    // The SDK reads the queue by JSON.parse, which rounds integers beyond 2^53 - 1. The schema's
    // columns of such integers hold texts, which stay exact; a number here has lost digits.
    const inexact = Object.entries(entry.opData ?? {}).find(
      ([column, value]) =>
        Number.isInteger(value) &&
        !Number.isSafeInteger(value) &&
        !floats.includes(column),
    );
    if (inexact) {
      const message = `${entry.table}.${inexact[0]} holds an integer beyond 2^53 - 1 as a number`;
      return { errorCode: 'INEXACT_INTEGER', message, operationIndex };
    }
  }
  return undefined;
}

function messageOf(answer: Answer): string {
  const { message } = fieldsOf(answer.body);
  const { status } = answer;
  return typeof message === 'string' ? `${status}: ${message}` : `${status}`;
}
