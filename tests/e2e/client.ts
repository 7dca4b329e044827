// A client of the app: it takes commands as lines of JSON, and answers each by one.
import { createInterface } from 'readline';
import { PowerSyncDatabase } from '@powersync/node';
import { Connector, type Decision, type Rejection } from './connector.ts';
import { AppSchema } from './schema.ts';

type Statement = [sql: string, parameters: unknown[]];

let db: PowerSyncDatabase;
let connector: Connector;
let decisions: Decision[] = [];
let rejections: Rejection[] = [];
const realNow = Date.now;

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

const commands: Record<string, (given: any) => unknown> = {
  async open({ file, user, clockOffsetMs, options }) {
    Date.now = () => realNow() + clockOffsetMs;
    db = new PowerSyncDatabase({
      schema: AppSchema,
      database: { dbFilename: file, implementation: { type: 'node:sqlite' }, readWorkerCount: 1 },
      logger: { log: () => {} },
    });
    await db.init();
    rejections = [];
    decisions = [];
    connector = new Connector({
      ...options,
      headers: () => ({ 'X-User-Id': user }),
      onRejected(rejection) {
        rejections.push(rejection);
        return decisions.shift();
      },
    });
    return db.getClientId();
  },
  // Each a transaction of one or more statements.
  async write({ transactions }: { transactions: Statement[][] }) {
    for (const statements of transactions) {
      await db.writeTransaction(async (tx) => {
        for (const [sql, parameters] of statements) await tx.execute(sql, parameters);
      });
    }
  },
  // Uploads until the queue is empty; returns what was thrown, which ends it.
  async upload() {
    try {
      for (let posts = 0; ; posts++) {
        if ((await db.getNextCrudTransaction()) === null) return { posts, thrown: null };
        await connector.uploadData(db);
      }
    } catch (error) {
      return { posts: null, thrown: messageOf(error) };
    }
  },
  async queue() {
    const rows = await db.getAll<{ id: number }>('SELECT id FROM ps_crud ORDER BY id');
    return rows.map((row) => row.id);
  },
  rows: ({ sql }) => db.getAll(sql),
  decide: ({ answers }) => void (decisions = answers),
  rejections: () => rejections.splice(0),
  forget: () => connector.invalidateCredentials(),
  connect: ({ options }) => void db.connect(connector, options),
  async close() {
    await db.disconnect();
    await db.close();
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { command, ...given } = JSON.parse(line);
  let answer;
  try {
    answer = { result: (await commands[command]!(given)) ?? null };
  } catch (error) {
    answer = { error: messageOf(error) };
  }
  process.stdout.write(JSON.stringify(answer) + '\n');
}
process.exit();
