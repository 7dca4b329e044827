// Reads stored rows by the zod schemas, and writes them as TanStack DB's `serializeForSQLite` does.
import { readFileSync, writeFileSync } from 'node:fs';
import { shown } from './client.mjs';
import * as generated from './zod.ts';

function written(value, serialize) {
  if (value === null) {
    return null;
  }
  if (serialize !== undefined) {
    return serialize(value);
  }
  if (value instanceof Date) {
    return value.toISOString();
  }
  return typeof value === 'boolean' ? Number(value) : value;
}

const given = JSON.parse(readFileSync('rows.json', 'utf8'));
const answers = {};
for (const { name, view, rows } of given) {
  answers[view] = rows.map((row) => {
    const { data, error } = generated[`${name}Select`].safeParse(row);
    if (error !== undefined) {
      return { error: error.message };
    }
    generated[`${name}Row`].parse(data);
    const stored = Object.entries(data).map(([key, value]) => [
      key,
      written(value, generated[`${name}Serializer`][key]),
    ]);
    return { meant: data, stored: Object.fromEntries(stored) };
  });
}
writeFileSync('answers.json', JSON.stringify(answers, shown));
