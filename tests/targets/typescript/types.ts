// Type-checked, never run: what the generated types of the timers app are.
import type {
  Database,
  JsonValue,
  Lap,
  NewTimer,
  NewTodo,
  PomodoroSettings,
  Timer,
  TimerPatch,
  TimerRow,
  Todo,
} from './timers.ts';
import { decodeTimer, encodeTimer, encodeTimerPatch, newTimer } from './timers.ts';

type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type Expect<T extends true> = T;

export type Cases = [
  Expect<Equal<Timer['timerType'], 'stopwatch' | 'countdown' | 'pomodoro'>>,
  Expect<Equal<Timer['isRunning'], boolean>>,
  Expect<Equal<Timer['duration'], number | null>>,
  Expect<Equal<Timer['laps'], Lap[] | null>>,
  Expect<Equal<Timer['createdAt'], Date>>,
  Expect<Equal<Timer['startTime'], Date | null>>,
  Expect<Equal<Timer['pomodoroSettings'], PomodoroSettings | null>>,
  Expect<Equal<Lap['timestamp'], string>>,
  Expect<Equal<TimerRow, Database['timers']>>,
  Expect<Equal<TimerRow['is_running'], number | null>>,
  Expect<Equal<TimerRow['id'], string>>,
  Expect<Equal<NewTimer['name'], string>>,
  Expect<Equal<NewTimer['isRunning'], boolean | undefined>>,
  Expect<Equal<TimerPatch['name'], string | undefined>>,
  Expect<Equal<'id' extends keyof TimerPatch ? true : false, false>>,
  Expect<Equal<keyof Todo, 'id' | 'text' | 'completed' | 'userId' | 'createdAt' | 'updatedAt'>>,
  Expect<Equal<ReturnType<typeof decodeTimer>, Timer>>,
  Expect<Equal<ReturnType<typeof encodeTimer>, TimerRow>>,
  Expect<Equal<JsonValue extends string ? true : false, false>>,
];

export const todo: NewTodo = { text: 'tea', userId: 'u1' };

// @ts-expect-error: a timer needs a name
newTimer({ timerType: 'stopwatch', userId: 'u1' });
// @ts-expect-error: no such kind of timer
newTimer({ name: 'tea', timerType: 'egg timer', userId: 'u1' });
// @ts-expect-error: text is no Date
newTimer({ name: 'tea', timerType: 'stopwatch', userId: 'u1', createdAt: 'today' });
// @ts-expect-error: the key does not change
encodeTimerPatch({ id: 'another' });
// @ts-expect-error: a number is no boolean
encodeTimerPatch({ isRunning: 1 });
