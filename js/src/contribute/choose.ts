import type { WasmInput } from '../types.js';
import { type Engine, loadEngine } from './engine.js';
import type { TaskPayload } from './tasks.js';

/** Measurements that the larger module answers: those that rank with tables, and metrics and decisions, which the small one has no room for. */
const RANKING = ['blend', 'diversity', 'gate', 'votes', 'evaluation', 'metric', 'off_policy'];

/** Loads the module that answers a task, once: the one that ranks only where it has to. */
export async function engineFor(
  { measurement }: TaskPayload,
  { contribute, judge }: { contribute: WasmInput | undefined; judge: WasmInput | undefined },
): Promise<Engine> {
  if (!RANKING.some((word) => word in measurement)) return loadEngine(contribute);
  const glue = await import(/* webpackChunkName: "homebody.judge" */ './judge.js');
  return glue.loadJudge(judge);
}
