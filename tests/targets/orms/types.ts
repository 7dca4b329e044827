// Type-checked, never run: what is inferred from the code of the timers app.
import type { Insertable, Selectable, Updateable } from '@powersync/kysely-driver';
import { wrapPowerSyncWithKysely } from '@powersync/kysely-driver';
import { wrapPowerSyncWithDrizzle } from '@powersync/drizzle-driver';
import type { AbstractPowerSyncDatabase } from '@powersync/common';
import type { z } from 'zod';
import type * as drizzle from './drizzle.ts';
import { drizzleSchema, timers } from './drizzle.ts';
import type { Database, NewTimerRow } from './kysely.ts';
import type * as postgres from './postgres.ts';
import type * as zod from './zod.ts';

type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type Expect<T extends true> = T;
type Kind = 'stopwatch' | 'countdown' | 'pomodoro';
type Phase = 'work' | 'short_break' | 'long_break';
type OptionalKeys<T> = { [K in keyof T]-?: undefined extends T[K] ? K : never }[keyof T];

interface Meant<Lap, Settings> {
  id: string;
  name: string;
  timerType: Kind;
  isRunning: boolean;
  elapsedTime: number;
  duration: number | null;
  laps: Lap[] | null;
  userId: string;
  createdAt: Date;
  updatedAt: Date;
  showTotal: boolean;
  firstStartTime: Date | null;
  startTime: Date | null;
  pomodoroSettings: Settings | null;
  pomodoroPhase: Phase | null;
  pomodoroSessionCount: number | null;
}
type Flat<T> = { [K in keyof T]: T[K] };

export type Cases = [
  Expect<
    Equal<
      typeof timers.$inferSelect,
      Flat<Meant<drizzle.Lap, drizzle.PomodoroSettings>>
    >
  >,
  Expect<
    Equal<
      (typeof postgres.timers)['$inferSelect'],
      Flat<Meant<postgres.Lap, postgres.PomodoroSettings>>
    >
  >,
  Expect<
    Equal<
      Exclude<keyof typeof timers.$inferInsert, OptionalKeys<typeof timers.$inferInsert>>,
      'name' | 'timerType' | 'userId'
    >
  >,
  Expect<Equal<Selectable<Database['timers']>['timer_type'], Kind>>,
  Expect<Equal<Selectable<Database['timers']>['is_running'], 0 | 1>>,
  Expect<Equal<Selectable<Database['timers']>['duration'], number | null>>,
  Expect<Equal<Flat<Insertable<Database['todos']>>, Flat<NewTodo>>>,
  Expect<Equal<'id' extends keyof Updateable<Database['timers']> ? true : false, false>>,
  Expect<Equal<z.input<typeof zod.timersSelect>['created_at'], string>>,
  Expect<Equal<z.input<typeof zod.timersSelect>['is_running'], 0 | 1>>,
  Expect<Equal<z.output<typeof zod.timersSelect>, zod.Timer>>,
  Expect<Equal<zod.Timer['created_at'], Date>>,
  Expect<Equal<zod.Timer['laps'], zod.Lap[] | null>>,
  Expect<Equal<zod.Timer['timer_type'], Kind>>,
  Expect<Equal<zod.NewTimer['name'], string>>,
  Expect<Equal<zod.NewTimer['is_running'], boolean | undefined>>,
  Expect<Equal<keyof zod.NewTodo, keyof zod.Todo>>,
];

interface NewTodo {
  id: string;
  text: string;
  completed: 0 | 1;
  user_id: string;
  created_at: string;
  updated_at: string;
}

export async function queries(database: AbstractPowerSyncDatabase): Promise<void> {
  const orm = wrapPowerSyncWithDrizzle(database, { schema: drizzleSchema });
  const [found] = await orm.query.timers.findMany();
  const at: Date | undefined = found?.createdAt;
  await orm.insert(timers).values({ name: 'tea', timerType: 'stopwatch', userId: 'u1' });
  // @ts-expect-error: no such kind of timer
  await orm.insert(timers).values({ name: 'tea', timerType: 'egg timer', userId: 'u1' });

  const kysely = wrapPowerSyncWithKysely<Database>(database);
  const rows = await kysely.selectFrom('timers').select(['id', 'laps']).execute();
  const laps: string | null | undefined = rows[0]?.laps;
  // @ts-expect-error: a boolean is stored as a number
  const wrong: NewTimerRow['is_running'] = true;
  // @ts-expect-error: the key does not change
  await kysely.updateTable('timers').set({ id: 'another' }).execute();
  console.log(at, laps, wrong);
}
