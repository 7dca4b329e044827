// What PowerSync's demo of a backend does with an upload: a statement over json_populate_record for
// each operation, in one transaction, over node-postgres. See updateBatch in
// https://github.com/powersync-ja/powersync-nodejs-backend-todolist-demo,
// src/persistance/postgres/postgres-persistance.js. Here it also looks whose row it is, and unpacks
// documents, which come as JSON text. One command a line of JSON in, one answer a line out.
import { createInterface } from "node:readline";
import pg from "pg";

const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
await client.connect();

const quoted = (name) => pg.escapeIdentifier(name);
const source = (table) => `WITH data_row AS (SELECT (json_populate_record(null::${table}, $1::json)).*)`;

// Gives the row as JSON: documents as documents, with the key.
function row(entry, documents) {
  const values = { ...entry.op_data, id: entry.id };
  for (const name of documents) if (values[name] != null) values[name] = JSON.parse(values[name]);
  return JSON.stringify(values);
}

function statement(entry, user) {
  const table = quoted(entry.table);
  if (entry.op === "DELETE")
    return `${source(table)} DELETE FROM ${table} USING data_row
      WHERE ${table}.id = data_row.id AND ${table}.user_id = $2`;
  if ((entry.op_data.user_id ?? user) !== user) throw new Error("the row would belong to another user");
  const names = Object.keys(entry.op_data).map(quoted);
  if (entry.op === "PATCH")
    return `${source(table)} UPDATE ${table} SET ${names.map((name) => `${name} = data_row.${name}`).join(", ")}
      FROM data_row WHERE ${table}.id = data_row.id AND ${table}.user_id = $2`;
  const all = [...names, "id"].join(", ");
  return `${source(table)} INSERT INTO ${table} (${all}) SELECT ${all} FROM data_row
    ON CONFLICT(id) DO UPDATE SET ${names.map((name) => `${name} = EXCLUDED.${name}`).join(", ")}
    WHERE ${table}.user_id = $2`;
}

async function apply(body, user, documents) {
  await client.query("BEGIN");
  for (const { crud } of JSON.parse(body).transactions)
    for (const entry of crud) await client.query(statement(entry, user), [row(entry, documents[entry.table]), user]);
  await client.query("COMMIT");
}

let kept;

async function obey(command) {
  if (command.keep) {
    kept = command;
    return {};
  }
  const start = process.hrtime.bigint();
  for (const body of kept.keep) await apply(body, kept.user, kept.documents);
  return { seconds: Number(process.hrtime.bigint() - start) / 1e9 };
}

console.log(JSON.stringify({ ready: true }));
for await (const line of createInterface({ input: process.stdin })) {
  const answer = await obey(JSON.parse(line)).catch(async (error) => {
    await client.query("ROLLBACK");
    return { error: String(error) };
  });
  console.log(JSON.stringify(answer));
}
process.exit(0);
