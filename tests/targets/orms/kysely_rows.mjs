// Puts stored rows in through Kysely, and reads them back.
import { readFileSync, writeFileSync } from 'node:fs';
import { wrapPowerSyncWithKysely } from '@powersync/kysely-driver';
import { open } from './client.mjs';
import { AppSchema } from './drizzle.ts';

const given = JSON.parse(readFileSync('rows.json', 'utf8'));
const database = await open(AppSchema);
const db = wrapPowerSyncWithKysely(database);
const answers = {};
for (const { view, rows } of given) {
  for (const row of rows) {
    await db.insertInto(view).values(row).execute();
  }
  answers[view] = await db.selectFrom(view).selectAll().execute();
}
await database.close();
writeFileSync('answers.json', JSON.stringify(answers));
process.exit(0); // the workers of a closed database may linger
