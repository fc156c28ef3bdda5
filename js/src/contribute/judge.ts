import { instantiate } from '../instantiate.js';
import type { WasmInput } from '../types.js';
import type { Engine } from './engine.js';

/** The same module with the ranker: for tasks that are answered by ranking with tables. Loads it, once. */
export async function loadJudge(input: WasmInput | undefined): Promise<Engine> {
  const glue = await import('../wasm/judge.js');
  await instantiate(glue.default, input ?? new URL('../wasm/judge.wasm', import.meta.url));
  return glue;
}
