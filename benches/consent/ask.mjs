// One probe, asked of one manager: a fresh visitor, a limit of time, and an answer in any case.
import { notRun } from './probes/answers.mjs';

const LIMIT_MS = 60_000;

/** The answer of `row` for `manager`; a probe that fails has not been run, and says why to `report`. */
export async function ask(site, manager, row, report = () => {}) {
  const contexts = [];
  let timer;
  const limit = new Promise((resolve) => {
    timer = setTimeout(() => resolve(notRun('over the time limit')), LIMIT_MS);
  });
  try {
    const { [row.number]: declared } = manager.declared ?? {};
    if (declared) return { ...declared, declared: true };
    return await Promise.race([row.probe({ site, manager, contexts }), limit]);
  } catch (error) {
    report(error);
    return notRun('the probe did not get to its end');
  } finally {
    clearTimeout(timer);
    await Promise.all(contexts.map((context) => context.close().catch(() => undefined)));
  }
}
