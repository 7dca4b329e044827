// Evaluates a sync config as PowerSync's service does, on rows as Postgres replicates them.
//
// In: {config, tables: [{name, types, rows: [[text or null]]}], users: [sub]}
// Out: {problems, parsed, rows: {sub: [{bucket, table, id, data}]}}; whole numbers are exact.
import { readFileSync } from 'node:fs';
import { JSONBig } from '@powersync/service-jsonbig';
import {
  DEFAULT_HYDRATION_STATE,
  DateTimeValue,
  HydratedSyncConfig,
  RequestParameters,
  SqlSyncRules,
  TimeValue,
  TimeValuePrecision,
} from '@powersync/service-sync-rules';
import { parse } from 'yaml';

const input = JSON.parse(readFileSync(0, 'utf8'));
const micro = {
  subSecondPrecision: TimeValuePrecision.microseconds,
  defaultSubSecondPrecision: TimeValuePrecision.microseconds,
};

// What the service makes of the text that Postgres's pgoutput sends (`pgwire_types.ts` in its
// package jpgwire, which npm does not have); measured for each type on service 1.25.
function replicated(type, text) {
  if (text === null) return null;
  switch (type) {
    case 'boolean':
      return text === 't' ? 1n : 0n;
    case 'integer':
    case 'bigint':
      return BigInt(text);
    case 'double precision':
      return Number(text);
    case 'bytea':
      return new Uint8Array(Buffer.from(text.slice(2), 'hex'));
    case 'timestamp with time zone':
      return new DateTimeValue(
        text.replace(' ', 'T').replace(/\+00$/, 'Z'),
        undefined,
        micro,
      );
    case 'time without time zone':
      return TimeValue.parse(text, micro);
    case 'text':
    case 'numeric':
    case 'uuid':
    case 'date':
    case 'jsonb':
      return text;
    default:
      throw new Error(`no such type here: ${type}`);
  }
}

const source = (name) => ({
  connectionTag: 'default',
  schema: 'public',
  name,
});

function evaluated(config) {
  const hydrated = new HydratedSyncConfig({
    definitions: [config],
    createParams: { hydrationState: DEFAULT_HYDRATION_STATE, sqlite: null },
  });
  const buckets = new Map();
  const lookups = new Map();
  for (const table of input.tables) {
    for (const cells of table.rows) {
      const pairs = table.types.map(([name, type], place) => [
        name,
        replicated(type, cells[place]),
      ]);
      const row = hydrated.applyRowContext(Object.fromEntries(pairs));
      const sourceTable = source(table.name);
      for (const found of hydrated.evaluateRow({ sourceTable, record: row })) {
        const { bucket, id, table: name, data } = found;
        if (!buckets.has(bucket)) buckets.set(bucket, []);
        buckets.get(bucket).push({ bucket, table: name, id, data });
      }
      for (const found of hydrated.evaluateParameterRow(sourceTable, row)) {
        const key = found.lookup.serializedRepresentation;
        if (!lookups.has(key)) lookups.set(key, []);
        lookups.get(key).push(...found.bucketParameters);
      }
    }
  }
  return { hydrated, buckets, lookups };
}

async function rowsOf(sub, { hydrated, buckets, lookups }) {
  const token = { parsedPayload: { sub }, parameters: {}, userIdJson: sub };
  const parameters = new RequestParameters(token, {});
  const { querier, errors } = hydrated.getBucketParameterQuerier({
    globalParameters: parameters,
    hasDefaultStreams: true,
    streams: {},
  });
  if (errors.length) throw new Error(JSON.stringify(errors));
  const dynamic = await querier.queryDynamicBucketDescriptions({
    getParameterSets: async (asked) =>
      asked.map((lookup) => ({
        lookup,
        rows: lookups.get(lookup.serializedRepresentation) ?? [],
      })),
  });
  const names = [...querier.staticBuckets, ...dynamic].map((b) => b.bucket);
  return [...new Set(names)].flatMap((name) => buckets.get(name) ?? []);
}

const { config, errors } = SqlSyncRules.fromYaml(input.config, {
  defaultSchema: 'public',
  throwOnError: false,
});
const out = {
  problems: errors.map((error) => `${error.type}: ${error.message}`),
  parsed: parse(input.config),
  rows: {},
};
if (!errors.length) {
  const state = evaluated(config);
  for (const sub of input.users) out.rows[sub] = await rowsOf(sub, state);
}
process.stdout.write(JSONBig.stringify(out));
