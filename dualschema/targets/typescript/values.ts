/** A value that its column does not take, or that is none of its stored forms. */
export class ColumnError extends Error {
  /** The column: `timers.name`. */
  readonly column: string;

  constructor(column: string, reason: string) {
    super(`${column}: ${reason}`);
    this.name = 'ColumnError';
    this.column = column;
  }
}

/** JSON's own null in a column where `null` is SQL's NULL. */
export const JSON_NULL: unique symbol = Symbol.for('dualschema.JSON_NULL');

function present<T, R>(
  value: T | null | undefined,
  column: string,
  convert: (value: T, column: string) => R,
): R {
  if (value === null || value === undefined) {
    throw new ColumnError(column, 'it is NULL, but the column is not nullable');
  }
  return convert(value, column);
}

function orNull<T, R>(
  value: T | null | undefined,
  column: string,
  convert: (value: T, column: string) => R,
): R | null {
  return value === null || value === undefined ? null : convert(value, column);
}

function newId(): string {
  const { crypto } = globalThis as { crypto?: { randomUUID?: () => string } };
  if (crypto?.randomUUID === undefined) {
    throw new Error(
      'this engine has no crypto.randomUUID: name the id yourself',
    );
  }
  return crypto.randomUUID();
}

function readText(value: unknown, column: string): string {
  if (typeof value !== 'string') {
    throw new ColumnError(column, 'it is no text');
  }
  return value;
}

function writeText(value: string, column: string): string {
  if (typeof value !== 'string') {
    throw new ColumnError(column, 'it is no text');
  }
  if (/\0|\p{Surrogate}/u.test(value)) {
    throw new ColumnError(column, 'it holds NUL or a lone surrogate');
  }
  return value;
}

function readBoolean(value: unknown, column: string): boolean {
  if (value === 1 || value === true) {
    return true;
  }
  if (value === 0 || value === false) {
    return false;
  }
  throw new ColumnError(column, 'it is neither 0 nor 1');
}

function writeBoolean(value: boolean, column: string): number {
  if (typeof value !== 'boolean') {
    throw new ColumnError(column, 'it is neither true nor false');
  }
  return value ? 1 : 0;
}

function wholeNumber(value: unknown, column: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) {
    throw new ColumnError(column, 'it is no whole number within 53 bits');
  }
  return value;
}

function realNumber(value: unknown, column: string): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw new ColumnError(column, 'it is no finite number');
  }
  return value;
}

function readInt64(value: unknown, column: string): bigint {
  if (typeof value === 'string' && /^-?(?:0|[1-9][0-9]{0,18})$/.test(value)) {
    const number = BigInt(value);
    if (BigInt.asIntN(64, number) === number) {
      return number;
    }
  }
  throw new ColumnError(column, 'it is no whole number of 64 bits, as text');
}

function writeInt64(value: bigint, column: string): string {
  if (typeof value !== 'bigint' || BigInt.asIntN(64, value) !== value) {
    throw new ColumnError(column, 'it is no bigint of 64 bits');
  }
  return String(value);
}

function decimal(value: unknown, column: string): string {
  if (typeof value !== 'string' || !/^-?[0-9]+(?:\.[0-9]+)?$/.test(value)) {
    throw new ColumnError(column, 'it is no decimal number, as text');
  }
  return value;
}

function uuid(value: unknown, column: string): string {
  const form =
    /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
  if (typeof value !== 'string' || !form.test(value)) {
    throw new ColumnError(column, 'it is no UUID with hyphens');
  }
  return value.toLowerCase();
}

// What PowerSync sends: `2025-01-02T03:04:05.123456Z`, or with a space and fewer digits.
const INSTANT =
  /^([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]{1,9}))?(?:Z|\+00(?::?00)?)$/;

function instantText(value: unknown, column: string, digits: number): string {
  const found = typeof value === 'string' ? INSTANT.exec(value) : null;
  const second = found === null ? '' : `${found[1]}T${found[2]}`;
  if (
    found === null ||
    new Date(`${second}Z`).toJSON()?.slice(0, 19) !== second
  ) {
    throw new ColumnError(
      column,
      'it is no instant of the form YYYY-MM-DDTHH:MM:SS.mmmZ',
    );
  }
  const fraction = (found[3] ?? '').padEnd(digits, '0').slice(0, digits);
  return `${second}.${fraction}Z`;
}

function milliInstant(value: unknown, column: string): string {
  return instantText(value, column, 3);
}

function microInstant(value: unknown, column: string): string {
  return instantText(value, column, 6);
}

function readDate(value: unknown, column: string): Date {
  return new Date(instantText(value, column, 3));
}

function writeDate(value: Date, column: string): string {
  const text =
    value instanceof Date && !Number.isNaN(value.getTime())
      ? value.toISOString()
      : '';
  if (!/^[0-9]{4}-/.test(text) || text.startsWith('0000')) {
    throw new ColumnError(column, 'it is no Date of the years 1 to 9999');
  }
  return text;
}

function day(value: unknown, column: string): string {
  if (
    typeof value === 'string' &&
    /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(value) &&
    new Date(`${value}T00:00:00Z`).toJSON()?.startsWith(value)
  ) {
    return value;
  }
  throw new ColumnError(column, 'it is no day of the form YYYY-MM-DD');
}

function clockText(value: unknown, column: string, digits: number): string {
  const form =
    /^((?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9])(?:\.([0-9]{1,9}))?$/;
  const found = typeof value === 'string' ? form.exec(value) : null;
  if (found === null) {
    throw new ColumnError(column, 'it is no time of the form HH:MM:SS.mmm');
  }
  return `${found[1]}.${(found[2] ?? '').padEnd(digits, '0').slice(0, digits)}`;
}

function milliClock(value: unknown, column: string): string {
  return clockText(value, column, 3);
}

function microClock(value: unknown, column: string): string {
  return clockText(value, column, 6);
}

function oneOf<T extends string | number>(
  ...values: readonly T[]
): (value: unknown, column: string) => T {
  return (value, column) => {
    const found = values.find((each) => each === value);
    if (found === undefined) {
      throw new ColumnError(
        column,
        'it is none of the values that the column has',
      );
    }
    return found;
  };
}

const base64 = globalThis as unknown as {
  atob: (text: string) => string;
  btoa: (bytes: string) => string;
};

function readBytes(value: unknown, column: string): Uint8Array {
  if (
    typeof value === 'string' &&
    /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(
      value,
    )
  ) {
    return Uint8Array.from(base64.atob(value), (each) => each.charCodeAt(0));
  }
  throw new ColumnError(column, 'it is no base64');
}

function writeBytes(value: Uint8Array, column: string): string {
  if (!(value instanceof Uint8Array)) {
    throw new ColumnError(column, 'it is no Uint8Array');
  }
  let text = '';
  for (const byte of value) {
    text += String.fromCharCode(byte);
  }
  return base64.btoa(text);
}

const JSON_TOKEN =
  /"(?:[^"\\]|\\.)*"|-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/g;

function isRounded(token: string): boolean {
  return /^-?[0-9]{16,}$/.test(token) && !Number.isSafeInteger(Number(token));
}

function parseJson(value: unknown, column: string): JsonValue {
  if (typeof value !== 'string') {
    throw new ColumnError(column, 'it is no JSON, as text');
  }
  let parsed: JsonValue;
  try {
    parsed = JSON.parse(value) as JsonValue;
  } catch {
    throw new ColumnError(column, 'it is no JSON, as text');
  }
  // JSON.parse rounds whole numbers of more than 53 bits, and says nothing.
  if (value.match(JSON_TOKEN)?.some(isRounded)) {
    throw new ColumnError(
      column,
      'it holds a whole number of more than 53 bits',
    );
  }
  return parsed;
}

function readJson<T>(value: unknown, column: string): T {
  const parsed = parseJson(value, column);
  if (parsed === null) {
    throw new ColumnError(column, 'it is null, but the column is not nullable');
  }
  return parsed as T;
}

function readJsonOrNull<T>(value: unknown, column: string): T | null {
  return parseJson(value, column) as T | null;
}

function readAnyJson(
  value: unknown,
  column: string,
): Exclude<JsonValue, null> | typeof JSON_NULL {
  return parseJson(value, column) ?? JSON_NULL;
}

function storable(this: void, key: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new RangeError('NaN or infinity');
  }
  const text = typeof value === 'string' ? `${key} ${value}` : key;
  if (/\0|\p{Surrogate}/u.test(text)) {
    throw new RangeError('NUL or a lone surrogate');
  }
  return value;
}

function writeJson(value: unknown, column: string): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value, storable);
  } catch {
    text = undefined;
  }
  if (text === undefined) {
    throw new ColumnError(column, 'it is nothing that JSON holds');
  }
  // JSON.stringify writes such a number as a whole one, of which others keep every digit.
  return text.replace(JSON_TOKEN, (token) =>
    isRounded(token) ? Number(token).toExponential() : token,
  );
}

function writeAnyJson(value: unknown, column: string): string {
  return value === JSON_NULL ? 'null' : writeJson(value, column);
}

function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) {
    count += 1;
  }
  return count;
}

function compareDecimals(one: string, other: string): number {
  const digits = Math.max(
    ...[one, other].map((text) => (text.split('.')[1] ?? '').length),
  );
  const [a, b] = [one, other].map((text) => {
    const [whole, fraction = ''] = text.split('.');
    return BigInt(`${whole}${fraction.padEnd(digits, '0')}`);
  });
  return a! < b! ? -1 : a! > b! ? 1 : 0;
}

function decimalDigits(text: string): [whole: number, fraction: number] {
  const [whole, fraction = ''] = text.replace('-', '').split('.');
  return [whole!.replace(/^0+/, '').length, fraction.replace(/0+$/, '').length];
}

function attempt(problems: string[], convert: () => unknown): void {
  try {
    convert();
  } catch (error) {
    problems.push(error instanceof Error ? error.message : String(error));
  }
}

function rule<T>(
  problems: string[],
  column: string,
  value: T | null | undefined,
  holds: (value: T) => boolean,
  wrong: string,
): void {
  if (value !== null && value !== undefined && !holds(value)) {
    problems.push(`${column}: ${wrong}`);
  }
}
