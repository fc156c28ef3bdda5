import { HomebodyError } from '../errors.js';
import type { WasmInput } from '../types.js';

/** The glue of the ranking module, loaded. */
export type RankModule = typeof import('../wasm/rank.js');

/** Loads the ranking module once. */
export async function loadRankModule(input: WasmInput | undefined): Promise<RankModule> {
  const glue = await import('../wasm/rank.js').catch((cause: unknown) => {
    throw new HomebodyError('wasm_unavailable', 'the glue of the ranking module could not be loaded', cause);
  });
  // The one literal form that bundlers understand and that needs no configuration.
  await instantiate(glue.default, input ?? new URL('../wasm/rank.wasm', import.meta.url));
  return glue;
}

/** Hands a module to its glue; refusals by the page's policy get their own code. */
export async function instantiate(
  init: (options: { module_or_path: WasmInput }) => Promise<unknown>,
  input: WasmInput,
): Promise<void> {
  try {
    await init({ module_or_path: input });
  } catch (cause) {
    throw refused(cause);
  }
}

/** Why a module could not be had. */
export function refused(cause: unknown): HomebodyError {
  const blocked = cause instanceof WebAssembly.CompileError && /unsafe-eval|Content Security/i.test(cause.message);
  return new HomebodyError(blocked ? 'wasm_blocked' : 'wasm_unavailable', (cause as Error).message, cause);
}
