/** What takes and gives values of one type. */
type Exactly<T> = z.ZodType<T, T>;

/** JSON's own null in a column of any JSON, where `null` is SQL's NULL. */
export const JSON_NULL: unique symbol = Symbol.for('dualschema.JSON_NULL');

function newId(): string {
  const { crypto } = globalThis as { crypto?: { randomUUID?: () => string } };
  if (crypto?.randomUUID === undefined) {
    throw new Error(
      'this engine has no crypto.randomUUID: name the id yourself',
    );
  }
  return crypto.randomUUID();
}

const text = z
  .string()
  .refine(
    (value) => !/\0|\p{Surrogate}/u.test(value),
    'it holds NUL or a lone surrogate',
  );

const storedBoolean = z.literal([0, 1]).transform((value) => value === 1);

const int32 = z.int().gte(-2147483648).lte(2147483647);

const int64 = z.bigint().gte(-9223372036854775808n).lte(9223372036854775807n);

const storedInt64 = z
  .string()
  .regex(/^-?(?:0|[1-9][0-9]{0,18})$/)
  .transform((value) => BigInt(value))
  .pipe(int64);

const decimal = z.string().regex(/^-?[0-9]+(?:\.[0-9]+)?$/);

const uuid = z.guid().toLowerCase();

const day = z.iso.date();

const clockForm = /^(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})?$/;

function cutFraction(value: string, digits: number): string {
  const [whole = '', fraction = ''] = value.replace('Z', '').split('.');
  return `${whole}.${fraction.padEnd(digits, '0').slice(0, digits)}`;
}

const milliClock = z
  .string()
  .regex(clockForm)
  .transform((value) => cutFraction(value, 3));

const microClock = z
  .string()
  .regex(clockForm)
  .transform((value) => cutFraction(value, 6));

/** What PowerSync sends may have a space for the T, and any number of digits. */
const instantText = z
  .string()
  .transform((value) => value.replace(' ', 'T').replace(/\+00(?::?00)?$/, 'Z'))
  .pipe(z.iso.datetime());

const microInstant = instantText.transform(
  (value) => `${cutFraction(value, 6)}Z`,
);

const milliInstant = instantText.transform(
  (value) => `${cutFraction(value, 3)}Z`,
);

const storedDate = milliInstant.transform((value) => new Date(value));

const date = z
  .date()
  .refine(
    (value) =>
      /^[0-9]{4}-/.test(value.toISOString()) && value.getUTCFullYear() > 0,
    'it is no Date of the years 1 to 9999',
  );

const base64 = globalThis as unknown as {
  atob: (text: string) => string;
  btoa: (bytes: string) => string;
};

function bytesOf(value: string): Uint8Array {
  return Uint8Array.from(base64.atob(value), (each) => each.charCodeAt(0));
}

const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array);

const storedBytes = z.base64().transform(bytesOf);

function writeBytes(value: Uint8Array | null): string {
  let made = '';
  for (const byte of value ?? []) {
    made += String.fromCharCode(byte);
  }
  return base64.btoa(made);
}

const anyValue: Exactly<JsonValue> = z.json();

type AnyJson = Exclude<JsonValue, null> | typeof JSON_NULL;

const anyJson = z.custom<AnyJson>(
  (value) =>
    value === JSON_NULL ||
    (value !== null && anyValue.safeParse(value).success),
);

function isRounded(token: string): boolean {
  return /^-?[0-9]{16,}$/.test(token) && !Number.isSafeInteger(Number(token));
}

const JSON_TOKEN = /"(?:[^"\\]|\\.)*"|-?[0-9][0-9.eE+-]*/g;

const parsed = z.string().transform((value, context) => {
  try {
    // JSON.parse rounds whole numbers of more than 53 bits, and says nothing.
    if (!value.match(JSON_TOKEN)?.some(isRounded)) {
      return JSON.parse(value);
    }
  } catch {
    // It is told below.
  }
  context.addIssue({
    code: 'custom',
    message: 'it is no JSON, or holds a whole number of more than 53 bits',
  });
  return z.NEVER;
});

const storedAnyJson = parsed.transform((value): AnyJson =>
  value === null ? JSON_NULL : value,
);

function writeJson(value: unknown): string {
  const made = JSON.stringify(value === JSON_NULL ? null : value);
  // JSON.stringify writes such a number as a whole one, of which others keep every digit.
  return made.replace(JSON_TOKEN, (token) =>
    isRounded(token) ? Number(token).toExponential() : token,
  );
}

function codePoints<T extends z.ZodType<string>>(
  schema: T,
  least: number,
  most: number,
): T {
  return schema.refine((value) => {
    const size = [...value].length;
    return size >= least && size <= most;
  }, `it has not ${least} to ${most} characters`);
}

function matching<T extends z.ZodType<string>>(schema: T, form: RegExp): T {
  return schema.refine(
    (value) => form.test(value),
    'it does not match the pattern',
  );
}

function compareDecimals(one: string, other: string): number {
  const digits = (value: string) => (value.split('.')[1] ?? '').length;
  const scale = Math.max(digits(one), digits(other));
  const scaled = (value: string) => {
    const [whole = '', fraction = ''] = value.split('.');
    return BigInt(whole + fraction.padEnd(scale, '0'));
  };
  const [first, second] = [scaled(one), scaled(other)];
  return first < second ? -1 : first > second ? 1 : 0;
}

function decimalRule<T extends z.ZodType<string>>(
  schema: T,
  sign: '>=' | '>' | '<=' | '<',
  bound: string,
): T {
  return schema.refine((value) => {
    const order = compareDecimals(value, bound);
    return (
      (sign.includes('=') && order === 0) ||
      order === (sign.startsWith('>') ? 1 : -1)
    );
  }, `it is not ${sign} ${bound}`);
}

function decimalDigits<T extends z.ZodType<string>>(
  schema: T,
  whole: number,
  fraction: number,
): T {
  return schema.refine((value) => {
    const [before = '', after = ''] = value.replace('-', '').split('.');
    return (
      before.replace(/^0+/, '').length <= whole && after.length <= fraction
    );
  }, `it has more than ${whole} digits before the point, or ${fraction} behind it`);
}
