import { HomebodyError } from '../errors.js';
import { instantiate } from '../instantiate.js';
import type { WasmInput } from '../types.js';

/** The glue of the ranking module, loaded. */
export type RankModule = typeof import('../wasm/rank.js');

/** Loads the ranking module once. */
export async function loadRankModule(input: WasmInput | undefined): Promise<RankModule> {
  const glue = await import('../wasm/rank.js').catch((cause: unknown) => {
    throw new HomebodyError('wasm_unavailable', 'its script could not be loaded', cause);
  });
  // The one literal form that bundlers understand and that needs no configuration.
  await instantiate(glue.default, input ?? new URL('../wasm/rank.wasm', import.meta.url));
  return glue;
}
