// A client's database in Node, and values as JSON has them.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { column, PowerSyncDatabase, Schema, Table } from '@powersync/node';

export { column, Schema, Table };

export async function open(schema) {
  const dbLocation = mkdtempSync(join(tmpdir(), 'powersync-'));
  const database = new PowerSyncDatabase({
    schema,
    database: {
      dbFilename: 'client.db',
      dbLocation,
      implementation: { type: 'node:sqlite' },
      readWorkerCount: 1,
    },
  });
  await database.init();
  return database;
}

export async function insert(database, view, rows) {
  await database.writeTransaction(async (tx) => {
    for (const row of rows) {
      const names = Object.keys(row).map((name) => `"${name}"`).join();
      const marks = Object.keys(row).map(() => '?').join();
      await tx.execute(`INSERT INTO "${view}" (${names}) VALUES (${marks})`, Object.values(row));
    }
  });
}

export function shown(key, value) {
  const given = this[key];
  if (given instanceof Uint8Array) {
    return Buffer.from(given).toString('base64');
  }
  if (typeof value === 'symbol') {
    return 'JSON null';
  }
  return typeof value === 'bigint' ? String(value) : value;
}
