// A client of the connector's tests: it takes commands as lines of JSON, and answers each by one.
import { createInterface } from 'node:readline';
import { PowerSyncDatabase, Schema, Table, column } from '@powersync/node';
import { Connector, type Decision, type Dropped } from './connector.ts';

const AppSchema = new Schema({
  everything: new Table(
    { text: column.text, whole: column.integer, huge: column.text, ratio: column.real },
    { trackPrevious: { columns: ['text', 'whole'] }, trackMetadata: true },
  ),
  owners: new Table({ user_id: column.text }),
  unknown: new Table({ text: column.text }), // which the connector's schema does not have
});

let db: PowerSyncDatabase;
let connector: Connector;
let decisions: (Decision | 'throw' | null)[] = [];
let rejections: unknown[] = [];
let dropped: unknown[] = [];
let failures = 0;
const realNow = Date.now;

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

const commands: Record<string, (given: any) => unknown> = {
  async open({ file, options }) {
    db = new PowerSyncDatabase({
      schema: AppSchema,
      database: { dbFilename: file, implementation: { type: 'node:sqlite' }, readWorkerCount: 1 },
      logger: { log: () => {} },
    });
    await db.init();
    rejections = [];
    dropped = [];
    decisions = [];
    Date.now = realNow;
    const { session, listens, ...others } = options;
    connector = new Connector({
      ...others,
      ...(session && { headers: async () => ({ authorization: session }) }),
      ...(listens && {
        async onDropped({ operations, ...rest }: Dropped) {
          const queued = await db.getAll<{ id: number }>('SELECT id FROM ps_crud ORDER BY id');
          const ids = operations.map((entry) => entry.id);
          dropped.push({ ...rest, ids, queued: queued.map((row) => row.id) });
          if (failures-- > 0) throw new Error('the callback failed');
        },
      }),
      async onRejected(rejection) {
        const { operations, ...rest } = rejection;
        const queued = await db.getAll<{ id: number }>('SELECT id FROM ps_crud ORDER BY id');
        rejections.push({ ...rest, operations, queued: queued.map((row) => row.id) });
        const decision = decisions.shift();
        if (decision === 'throw') throw new Error('the callback failed');
        if (decision) return decision;
      },
    });
    return db.getClientId();
  },
  async write({ statements }) {
    await db.writeTransaction(async (tx) => {
      for (const [sql, parameters] of statements) await tx.execute(sql, parameters);
    });
  },
  async write_each({ statements }) {
    for (const [sql, parameters] of statements) await db.execute(sql, parameters);
  },
  async upload() {
    try {
      await connector.uploadData(db);
      return null;
    } catch (error) {
      return messageOf(error);
    }
  },
  async queue() {
    const rows = await db.getAll<{ data: string }>('SELECT data FROM ps_crud ORDER BY id');
    return rows.map((row) => JSON.parse(row.data).id);
  },
  async credentials() {
    try {
      return await connector.fetchCredentials();
    } catch (error) {
      return messageOf(error);
    }
  },
  set_clock: ({ aheadMs }) => void (Date.now = () => realNow() + aheadMs),
  decide: ({ answers }) => void (decisions = answers),
  rejections: () => rejections.splice(0),
  dropped: () => dropped.splice(0),
  fail: ({ times }) => void (failures = times),
  async forget_while_fetching() {
    const fetched = connector.fetchCredentials();
    connector.invalidateCredentials();
    await fetched;
  },
  forget: () => connector.invalidateCredentials(),
  connect: ({ options }) => void db.connect(connector, options),
  upload_error: () => db.currentStatus.uploadError?.message ?? null,
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
