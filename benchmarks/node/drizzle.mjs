// Drizzle over node-postgres: one command a line of JSON in, one answer a line out. It keeps the rows
// that it is sent, and times itself.
import { createInterface } from "node:readline";
import { eq, getTableColumns, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import { boolean, integer, jsonb, pgTable, text, timestamp } from "drizzle-orm/pg-core";
import pg from "pg";

const CHUNK = 1000; // 16 parameters a row: a statement holds 65,535

const instant = (name) => timestamp(name, { withTimezone: true, precision: 3, mode: "date" });
const timers = pgTable("timers", {
  id: text("id").primaryKey(),
  name: text("name").notNull(),
  timer_type: text("timer_type").notNull(),
  is_running: boolean("is_running").notNull(),
  elapsed_time: integer("elapsed_time").notNull(),
  duration: integer("duration"),
  laps: jsonb("laps").notNull(),
  user_id: text("user_id").notNull(),
  created_at: instant("created_at").notNull(),
  updated_at: instant("updated_at").notNull(),
  show_total: boolean("show_total").notNull(),
  first_start_time: instant("first_start_time"),
  start_time: instant("start_time"),
  pomodoro_settings: jsonb("pomodoro_settings"),
  pomodoro_phase: text("pomodoro_phase"),
  pomodoro_session_count: integer("pomodoro_session_count").notNull(),
});
const INSTANTS = ["created_at", "updated_at", "first_start_time", "start_time"];

const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
await client.connect();
const db = drizzle(client);

const { id: _, ...others } = getTableColumns(timers);
const excluded = Object.keys(others).map((name) => [name, sql.raw(`excluded.${name}`)]);
const onConflict = { target: timers.id, set: Object.fromEntries(excluded) };
const getting = db.select().from(timers).where(eq(timers.id, sql.placeholder("id"))).prepare("get");

function* chunks(rows) {
  for (let start = 0; start < rows.length; start += CHUNK) yield rows.slice(start, start + CHUNK);
}

const operations = {
  insert_bulk: (rows) =>
    db.transaction(async (tx) => {
      for (const some of chunks(rows)) await tx.insert(timers).values(some);
    }),
  upsert_bulk: (rows) =>
    db.transaction(async (tx) => {
      for (const some of chunks(rows)) await tx.insert(timers).values(some).onConflictDoUpdate(onConflict);
    }),
  select_all: () => db.select().from(timers),
  insert: (rows) =>
    db.transaction(async (tx) => {
      for (const row of rows) await tx.insert(timers).values(row);
    }),
  upsert: (rows) =>
    db.transaction(async (tx) => {
      for (const row of rows) await tx.insert(timers).values(row).onConflictDoUpdate(onConflict);
    }),
  get: async (keys) => {
    const found = [];
    await client.query("BEGIN");
    for (const id of keys) found.push((await getting.execute({ id }))[0]);
    await client.query("COMMIT");
    return found;
  },
  update: (changes) =>
    db.transaction(async (tx) => {
      for (const [id, values] of changes) await tx.update(timers).set(values).where(eq(timers.id, id));
    }),
  delete: (keys) =>
    db.transaction(async (tx) => {
      for (const id of keys) await tx.delete(timers).where(eq(timers.id, id));
    }),
};

// Instants come as text; this is no part of what is timed.
function revive(values) {
  for (const name of INSTANTS) if (values[name]) values[name] = new Date(values[name]);
  return values;
}

const kept = new Map();

async function obey({ keep, rows, changes, run, argument, answer }) {
  if (keep) {
    changes?.forEach(([, values]) => revive(values));
    kept.set(keep, rows?.map(revive) ?? changes);
    return {};
  }
  const work = typeof argument === "string" ? kept.get(argument) : argument;
  const start = process.hrtime.bigint();
  const found = await operations[run](work);
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  return { seconds, found: (answer && found) || null };
}

console.log(JSON.stringify({ ready: true }));
for await (const line of createInterface({ input: process.stdin })) {
  const answer = await obey(JSON.parse(line)).catch((error) => ({ error: String(error.cause ?? error) }));
  console.log(JSON.stringify(answer));
}
process.exit(0);
