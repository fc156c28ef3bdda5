import type { SessionSettings } from './rank/context.js';
import type { PersonalizeOptions, WasmInput } from './types.js';

/** Beside `homebody.worker.js` and the folder `wasm`, as its bundled form is, too: every address here is literal. */

/** The modules that a worker is told the addresses of: where its script lies says nothing of where they are. */
export type WasmName = Extract<keyof SessionSettings, `${string}asm`>;

const MODULES: Readonly<Record<WasmName, () => URL>> = {
  wasm: () => new URL('./wasm/rank.wasm', import.meta.url),
  annexWasm: () => new URL('./wasm/annex.wasm', import.meta.url),
  careWasm: () => new URL('./wasm/care.wasm', import.meta.url),
  contributeWasm: () => new URL('./wasm/contribute.wasm', import.meta.url),
  judgeWasm: () => new URL('./wasm/judge.wasm', import.meta.url),
  splitWasm: () => new URL('./wasm/split.wasm', import.meta.url),
};

/** What makes addresses that a worker may be started from, under Trusted Types. */
interface Policy {
  createScriptURL(url: string): string;
}

interface TrustedTypes {
  createPolicy(name: string, rules: Policy): Policy;
}

let policy: Policy | null | undefined;

/** Starts the worker; throws where the browser or the page's policy has none. */
export async function startWorker(given: PersonalizeOptions['worker']): Promise<Worker> {
  if (typeof given === 'function') return given();
  // A plain asset to bundlers, and not their form of a worker: that would be bundled for pages that never start it.
  const url = given === true || !given ? new URL('./homebody.worker.js', import.meta.url) : given;
  return new Worker(trusted(new URL(url, document.baseURI).href));
}

/** What a module is made from, in a form that can be sent to a worker. */
export async function portable(settings: SessionSettings, name: WasmName): Promise<string | BufferSource | WebAssembly.Module> {
  const input: WasmInput = settings[name] ?? MODULES[name]();
  const source = await (typeof input === 'function' ? input() : input);
  // Of an answer a copy is read: it may be asked for again.
  if (source instanceof Response) return source.clone().arrayBuffer();
  return typeof source === 'string' || source instanceof URL ? new URL(source, document.baseURI).href : source;
}

function trusted(url: string): string {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  try {
    policy ??= trustedTypes?.createPolicy('homebody', { createScriptURL: (url) => url }) ?? null;
  } catch {
    policy = null; // Not allowed by the page; its default policy may still let the address pass.
  }
  return policy ? policy.createScriptURL(url) : url;
}
