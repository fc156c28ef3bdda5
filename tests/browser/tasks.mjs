// What a page's main thread works, task by task, by the thread's own clock: what else the machine does is not in it. A "long
// task" of the browser's observer is long by the wall clock, and a busy machine makes any task that.
import assert from 'node:assert/strict';

/** A task longer than this keeps a visitor waiting; the same limit as the browser's for a "long task". */
export const LONG_MS = 50;

const MARK = 'homebody-tasks-end';
const TASK = 'ThreadControllerImpl::RunTask';

/**
 * Begins to write down the tasks of a page; the browser does so for one page at a time. `end()` gives the milliseconds that
 * each worked, on a processor `slower` times slower than this one: multiplied, not throttled, because the browser's throttle
 * stretches by the wall clock, also what the machine gave to others meanwhile.
 */
export async function watchTasks(page, slower) {
  const browser = page.context().browser();
  await browser.startTracing(page, { categories: ['toplevel', 'blink.user_timing'] });
  return {
    async end() {
      // The mark is made by the page's own thread: that is the one that is asked for, of all threads and pages.
      await page.evaluate((mark) => void performance.mark(mark), MARK);
      const { traceEvents } = JSON.parse((await browser.stopTracing()).toString());
      const { pid, tid } = traceEvents.find(({ name }) => name === MARK) ?? assert.fail('the trace does not reach its end');
      const tasks = traceEvents.filter((each) => each.name === TASK && each.pid === pid && each.tid === tid && each.ph === 'X');
      // A trace leaves out a time of 0 µs; without one at all the clock is not there, and nothing could ever be long.
      assert.ok(tasks.some(({ tdur }) => tdur > 0), 'tasks have a time by the clock of their thread');
      return tasks.map(({ tdur = 0 }) => (tdur * slower) / 1000);
    },
  };
}
