// Reads rows through Drizzle, and puts what they mean into another database: it must store the same.
import { readFileSync, writeFileSync } from 'node:fs';
import { wrapPowerSyncWithDrizzle } from '@powersync/drizzle-driver';
import { getTableConfig } from 'drizzle-orm/sqlite-core';
import { insert, open, shown } from './client.mjs';
import { AppSchema, drizzleSchema } from './drizzle.ts';

const given = JSON.parse(readFileSync('rows.json', 'utf8'));
const [one, other] = [await open(AppSchema), await open(AppSchema)];
const [source, target] = [one, other].map((database) =>
  wrapPowerSyncWithDrizzle(database, { schema: drizzleSchema }),
);
const answers = {};
for (const { view, rows } of given) {
  const [name, table] = Object.entries(drizzleSchema).find(
    ([name, table]) => !name.endsWith('Relations') && getTableConfig(table).name === view,
  );
  await insert(one, view, rows);
  const meant = await source.query[name].findMany();
  for (let at = 0; at < meant.length; at += 100) {
    await target.insert(table).values(meant.slice(at, at + 100));
  }
  answers[view] = { meant, stored: await other.getAll(`SELECT * FROM "${view}"`) };
}
await one.close();
await other.close();
writeFileSync('answers.json', JSON.stringify({ schema: AppSchema.toJSON(), answers }, shown));
process.exit(0); // the workers of a closed database may linger
