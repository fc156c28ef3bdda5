import type { WasmSource } from '../types.js';

/** Gives a module's bytes when they are needed. */
export type InlineWasm = () => Promise<WasmSource>;

/**
 * The WebAssembly modules as text inside JavaScript, for bundlers that emit no assets and for pages that may fetch nothing.
 * A third more bytes than the files; each is loaded, where the bundler splits, and decoded when it is needed and not before.
 *
 * @example
 * import { personalize } from 'homebody';
 * import { inline } from 'homebody/inline';
 *
 * const me = await personalize({ server: 'https://reco.shop.example', key: 'fNk2…', ...inline });
 */
export const inline: { readonly wasm: InlineWasm; readonly annexWasm: InlineWasm; readonly careWasm: InlineWasm } = {
  wasm: () => import('../wasm/rank.inline.js').then(decoded),
  annexWasm: () => import('../wasm/annex.inline.js').then(decoded),
  careWasm: () => import('../wasm/care.inline.js').then(decoded),
};

function decoded({ default: text }: { default: string }): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
}
