import { HomebodyError } from './errors.js';
import type { WasmInput } from './types.js';

/** Hands a module to its glue, which makes it once; refusals by the page's policy get their own code. */
export async function instantiate(
  init: (compile: () => Promise<WebAssembly.Module>) => Promise<unknown>,
  input: WasmInput,
): Promise<void> {
  try {
    await init(() => compiled(input));
  } catch (cause) {
    throw refused(cause);
  }
}

/** Compiles a module: while it arrives, where the server says what it is. */
export async function compiled(input: WasmInput): Promise<WebAssembly.Module> {
  let source = await (typeof input === 'function' ? input() : input);
  if (typeof source === 'string' || source instanceof URL) source = await fetch(source);
  if (source instanceof Response) {
    if (!source.ok) throw new Error(`${source.status} for ${source.url}`);
    if (source.headers.get('Content-Type') === 'application/wasm') return WebAssembly.compileStreaming(source);
    source = await source.arrayBuffer();
  }
  return source instanceof WebAssembly.Module ? source : WebAssembly.compile(source);
}

/** Why a module could not be had. */
export function refused(cause: unknown): HomebodyError {
  const blocked = cause instanceof WebAssembly.CompileError && /unsafe-eval|Content Security/i.test(cause.message);
  return new HomebodyError(blocked ? 'wasm_blocked' : 'wasm_unavailable', (cause as Error).message, cause);
}
