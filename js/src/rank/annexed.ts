import type { WasmInput } from '../types.js';
import { type RankModule, refused } from './wasm.js';

export { pageContext } from './page.js';

/** Compiles the annex of the ranking module. */
export async function compileAnnex(input: WasmInput | undefined): Promise<WebAssembly.Module> {
  try {
    return await compiled(input ?? new URL('../wasm/annex.wasm', import.meta.url));
  } catch (cause) {
    throw refused(cause);
  }
}

/** Gives the module its annex: both share memory and functions from here on. To be done again when it was made new. */
export function attach(glue: RankModule, annex: WebAssembly.Module): void {
  new WebAssembly.Instance(annex, { rank: glue.initSync() as WebAssembly.ModuleImports });
}

async function compiled(input: WasmInput): Promise<WebAssembly.Module> {
  if (input instanceof WebAssembly.Module) return input;
  const source = typeof input === 'string' || input instanceof URL ? await fetch(input) : input;
  if (!(source instanceof Response)) return WebAssembly.compile(source);
  if (!source.ok) throw new Error(`${source.status} for ${source.url}`);
  return WebAssembly.compile(await source.arrayBuffer());
}
