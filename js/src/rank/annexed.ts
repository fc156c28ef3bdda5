import { compiled, refused } from '../instantiate.js';
import type { WasmInput } from '../types.js';
import type { RankModule } from './wasm.js';

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
